package dev.dmarshal.core.pci;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Address of a PCI function: segment (Linux says domain), bus, device, function.
 *
 * <p>The segment is 16 bits in ACPI, but Linux numbers segments of its own above that (Intel VMD starts at {@code 10000}), so up to 32 bits
 * are taken here and at least four hexadecimal digits are printed.
 *
 * @param segment  0 to 0x7fffffff
 * @param bus      0 to 255
 * @param device   0 to 31
 * @param function 0 to 7
 */
public record Sbdf(int segment, int bus, int device, int function) implements Comparable<Sbdf> {

    private static final int SHORTEST = "0000:00:00.0".length();
    private static final int LONGEST = "00000000:00:00.0".length();

    /** Refuses parts out of range. */
    public Sbdf {
        if (segment < 0 || bus >>> 8 != 0 || device >>> 5 != 0 || function >>> 3 != 0) {
            throw new IllegalArgumentException("no such function: " + segment + ":" + bus + ":" + device + "." + function);
        }
    }

    /** Reads {@code dddd:bb:dd.f} as sysfs and the kernel write it; empty for anything else. What people write {@link DeviceNotation} reads. */
    public static Optional<Sbdf> parse(String text) {
        int length = text.length();
        if (length < SHORTEST || length > LONGEST || text.charAt(length - 2) != '.' || text.charAt(length - 5) != ':' || text.charAt(length - 8) != ':') {
            return Optional.empty();
        }
        long segment = hex(text, 0, length - 8);
        long bus = hex(text, length - 7, length - 5);
        long device = hex(text, length - 4, length - 2);
        long function = hex(text, length - 1, length);
        return segment < 0 || segment > Integer.MAX_VALUE || bus < 0 || device < 0 || device > 31 || function < 0 || function > 7 ? Optional.empty()
                : Optional.of(new Sbdf((int) segment, (int) bus, (int) device, (int) function));
    }

    /** Negative if it is none. */
    private static long hex(String text, int from, int to) {
        long value = 0;
        for (int at = from; at < to; at++) {
            int digit = text.charAt(at) < 128 ? Character.digit(text.charAt(at), 16) : -1;
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    /** The requester id that this function signs its own requests with. */
    public SourceId sourceId() {
        return SourceId.of(bus, device, function);
    }

    /** The same slot's other function. */
    public Sbdf withFunction(int other) {
        return new Sbdf(segment, bus, device, other);
    }

    @Override
    public int compareTo(Sbdf other) {
        int bySegment = Integer.compare(segment, other.segment);
        return bySegment != 0 ? bySegment : Integer.compare(inSegment(), other.inSegment());
    }

    /** The value of {@link #sourceId}, without making one: hosts have ten thousand functions in sorted maps. */
    private int inSegment() {
        return bus << 8 | device << 3 | function;
    }

    @Override
    public int hashCode() {
        return 31 * segment + inSegment();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Sbdf same && same.segment == segment && same.inSegment() == inSegment();
    }

    /** Canonical form: {@code dddd:bb:dd.f}, lower case, segment always there and five digits or more where needed. */
    @Override
    public String toString() {
        if (segment > 0xffff) {
            return hex(segment, 4) + ":" + hex(bus, 2) + ":" + hex(device, 2) + "." + function;
        }
        // Printed a dozen times for each function that is judged, so that joining seven texts shows in a survey of thousands.
        byte[] text = new byte[SHORTEST];
        digits(text, 0, segment, 4);
        text[4] = ':';
        digits(text, 5, bus, 2);
        text[7] = ':';
        digits(text, 8, device, 2);
        text[10] = '.';
        digits(text, 11, function, 1);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    private static void digits(byte[] text, int at, int value, int digits) {
        int rest = value;
        for (int i = at + digits - 1; i >= at; i--) {
            text[i] = (byte) Character.forDigit(rest & 0xf, 16);
            rest >>>= 4;
        }
    }

    static String hex(int value, int digits) {
        String text = Integer.toHexString(value);
        return text.length() >= digits ? text : "0".repeat(digits - text.length()) + text;
    }
}
