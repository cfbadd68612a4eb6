package dev.dmarshal.doctor.kdump;

/**
 * A range of physical addresses.
 *
 * @param first first address
 * @param last  last address, inclusive
 */
public record Span(long first, long last) {

    /** Refuses a range that ends before it begins. */
    public Span {
        if (Long.compareUnsigned(last, first) < 0) {
            throw new IllegalArgumentException("ends before it begins: 0x" + Long.toHexString(first) + " to 0x" + Long.toHexString(last));
        }
    }

    /** Whether an address lies in it. */
    public boolean contains(long address) {
        return Long.compareUnsigned(address, first) >= 0 && Long.compareUnsigned(address, last) <= 0;
    }

    /** Length in bytes. */
    public long sizeBytes() {
        return last - first + 1;
    }

    /** {@code 0x6f000000-0x7effffff}. */
    @Override
    public String toString() {
        return "0x" + Long.toHexString(first) + "-0x" + Long.toHexString(last);
    }
}
