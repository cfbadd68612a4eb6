package dev.dmarshal.core.acpi;

/**
 * A range of the machine's memory map, as firmware gave it to the system (E820 or UEFI).
 *
 * @param first first address
 * @param last  last address, inclusive, not below {@code first}
 * @param use   what it is for
 */
public record MemoryRange(long first, long last, Use use) {

    /** What a range of memory is for. */
    public enum Use {
        /** For the system. */
        RAM,
        /** Kept from the system. */
        RESERVED,
        /** ACPI non-volatile storage. */
        NVS,
        /** ACPI tables, free after they were read. */
        ACPI,
        /** Not usable. */
        UNUSABLE,
        /** Anything else. */
        OTHER
    }

    /** Refuses inverted ranges. */
    public MemoryRange {
        if (Long.compareUnsigned(last, first) < 0) {
            throw new IllegalArgumentException("inverted range: 0x" + Long.toHexString(first) + " to 0x" + Long.toHexString(last));
        }
    }

    /** Whether all of {@code first} to {@code last} is in this range. */
    public boolean covers(long from, long to) {
        return Long.compareUnsigned(first, from) <= 0 && Long.compareUnsigned(to, last) <= 0;
    }

    /** Whether any address of {@code from} to {@code to} is in this range. */
    public boolean touches(long from, long to) {
        return Long.compareUnsigned(first, to) <= 0 && Long.compareUnsigned(from, last) <= 0;
    }
}
