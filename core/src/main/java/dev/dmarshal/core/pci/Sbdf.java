package dev.dmarshal.core.pci;

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

    /** Refuses parts out of range. */
    public Sbdf {
        if (segment < 0 || bus >>> 8 != 0 || device >>> 5 != 0 || function >>> 3 != 0) {
            throw new IllegalArgumentException("no such function: " + segment + ":" + bus + ":" + device + "." + function);
        }
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
        return bySegment != 0 ? bySegment : Integer.compare(sourceId().value(), other.sourceId().value());
    }

    /** Canonical form: {@code dddd:bb:dd.f}, lower case, segment always there and five digits or more where needed. */
    @Override
    public String toString() {
        return hex(segment, 4) + ":" + hex(bus, 2) + ":" + hex(device, 2) + "." + function;
    }

    static String hex(int value, int digits) {
        String text = Integer.toHexString(value);
        return text.length() >= digits ? text : "0".repeat(digits - text.length()) + text;
    }
}
