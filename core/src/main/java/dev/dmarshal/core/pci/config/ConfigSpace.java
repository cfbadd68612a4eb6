package dev.dmarshal.core.pci.config;

import dev.dmarshal.core.memory.BitField;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The configuration space of one PCI function as it was dumped: up to 4096 bytes, each measured or not. Immutable.
 *
 * <p>Ordinary dumps have 64 bytes (what a user who is not root may read, and {@code lspci -x}), 256 ({@code -xxx}, conventional PCI) or 4096
 * ({@code -xxxx}); dumps with holes are taken as well. What was not measured reads as empty.
 */
public final class ConfigSpace {
    /** Size of the header, which anybody may read. */
    public static final int HEADER_BYTES = 64;
    /** Size of conventional configuration space. */
    public static final int CONVENTIONAL_BYTES = 256;
    /** Size of PCI Express configuration space. */
    public static final int EXTENDED_BYTES = 4096;

    private static final byte[] ZEROS = new byte[64];
    /** Shared by all spaces that were read in full, and never changed. */
    private static final BitSet ALL_MEASURED = firstMeasured(EXTENDED_BYTES);

    /** Without the zeros at the end, which are most of a space: a large host has ten thousand of them. */
    private final byte[] bytes;
    private final int length;
    private final BitSet measured;
    private final int fromStart;
    /** Made when first asked for; two threads that ask at once make equal ones. */
    private CapabilityList capabilities;

    private ConfigSpace(byte[] bytes, BitSet measured) {
        int end = bytes.length;
        while (end >= ZEROS.length && Arrays.equals(bytes, end - ZEROS.length, end, ZEROS, 0, ZEROS.length)) {
            end -= ZEROS.length;
        }
        while (end > 0 && bytes[end - 1] == 0) {
            end--;
        }
        this.bytes = Arrays.copyOf(bytes, end);
        this.length = bytes.length;
        this.measured = measured;
        this.fromStart = measured.nextClearBit(0);
    }

    /** The space whose first bytes are these, and whose others were not measured; at most {@link #EXTENDED_BYTES}. */
    public static ConfigSpace of(byte[] bytes) {
        if (bytes.length > EXTENDED_BYTES) {
            throw new IllegalArgumentException("configuration space has at most " + EXTENDED_BYTES + " bytes: " + bytes.length);
        }
        return new ConfigSpace(bytes, bytes.length == EXTENDED_BYTES ? ALL_MEASURED : firstMeasured(bytes.length));
    }

    private static BitSet firstMeasured(int length) {
        BitSet first = new BitSet(length);
        first.set(0, length);
        return first;
    }

    /** The space of which those bytes were measured whose bits are set; at most {@link #EXTENDED_BYTES}. */
    public static ConfigSpace of(byte[] bytes, BitSet measured) {
        if (bytes.length > EXTENDED_BYTES || measured.length() > bytes.length) {
            throw new IllegalArgumentException("configuration space has at most " + EXTENDED_BYTES + " bytes: " + bytes.length);
        }
        return new ConfigSpace(bytes, (BitSet) measured.clone());
    }

    /** Starts a space of a size in bytes, all zero, with a header of type 0. */
    public static ConfigSpaceBuilder builder(int sizeBytes) {
        return new ConfigSpaceBuilder(sizeBytes);
    }

    /** Whether all of these bytes were measured. */
    public boolean measured(int offset, int length) {
        return offset >= 0 && length >= 0 && offset <= EXTENDED_BYTES - length
                && (offset + length <= fromStart || measured.nextClearBit(offset) >= offset + length);
    }

    /** How many bytes from the start were measured without a hole. */
    public int measuredBytes() {
        return fromStart;
    }

    /** One past the last byte that was measured. */
    public int end() {
        return measured.length();
    }

    /** A little-endian number of 1 to 8 bytes, if all of it was measured. */
    public OptionalLong read(int offset, int sizeBytes) {
        if (sizeBytes < 1 || sizeBytes > Long.BYTES || !measured(offset, sizeBytes)) {
            return OptionalLong.empty();
        }
        long value = 0;
        for (int i = sizeBytes - 1; i >= 0; i--) {
            value = value << 8 | at(offset + i) & 0xff;
        }
        return OptionalLong.of(value);
    }

    private byte at(int offset) {
        return offset < bytes.length ? bytes[offset] : 0;
    }

    /** A register of the header. */
    public OptionalLong read(ConfigRegister register) {
        return read(register.offset(), register.sizeBytes());
    }

    /** A field of a register of the header; a field wider than 31 bits must be read with {@link #read(ConfigRegister)}. */
    public OptionalInt read(ConfigRegister register, BitField field) {
        return narrow(read(register), field);
    }

    /** Whether any bit of a field of a register of the header is set; empty if that was not measured. */
    public Optional<Boolean> isSet(ConfigRegister register, BitField field) {
        OptionalLong value = read(register);
        return value.isPresent() ? Optional.of(field.isSet(value.getAsLong())) : Optional.empty();
    }

    static OptionalInt narrow(OptionalLong value, BitField field) {
        return value.isPresent() ? OptionalInt.of(Math.toIntExact(field.get(value.getAsLong()))) : OptionalInt.empty();
    }

    /** The header. */
    public ConfigHeader header() {
        return new ConfigHeader(this);
    }

    /** The capabilities of both lists. */
    public CapabilityList capabilities() {
        CapabilityList list = capabilities;
        if (list == null) {
            list = CapabilityList.of(this);
            capabilities = list;
        }
        return list;
    }

    /** A copy of the bytes; those that were not measured are 0 in it. */
    public byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    /** Which bytes were measured. */
    public BitSet measuredSet() {
        return (BitSet) measured.clone();
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof ConfigSpace that) || !measured.equals(that.measured)) {
            return false;
        }
        return measured.stream().allMatch(i -> at(i) == that.at(i));
    }

    @Override
    public int hashCode() {
        return measured.stream().reduce(1, (hash, i) -> 31 * hash + at(i));
    }
}
