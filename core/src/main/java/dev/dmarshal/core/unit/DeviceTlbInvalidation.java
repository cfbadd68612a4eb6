package dev.dmarshal.core.unit;

import java.util.OptionalInt;

/**
 * An ATS invalidation request.
 *
 * @param sourceId    16-bit source-id of the device
 * @param pasid       PASID; empty for translations without PASID, and where {@code allPasids}
 * @param allPasids   whether translations of every PASID are meant
 * @param first       first byte of the range
 * @param last        last byte of the range, unsigned; 0 to -1 is everything
 */
public record DeviceTlbInvalidation(int sourceId, OptionalInt pasid, boolean allPasids, long first, long last) {

    private static final int PAGE_BITS = 12;

    /**
     * The range that ADDR and S of a descriptor's second word name: without S one page; with S the bits from 12 up to the lowest zero bit tell the size.
     *
     * @param address page address, low 12 bits 0
     * @param several the S flag
     */
    static DeviceTlbInvalidation of(int sourceId, OptionalInt pasid, boolean allPasids, long address, boolean several) {
        if (!several) {
            return new DeviceTlbInvalidation(sourceId, pasid, allPasids, address, address | 0xfff);
        }
        int lowestZero = PAGE_BITS + Long.numberOfTrailingZeros(~(address >>> PAGE_BITS));
        if (lowestZero >= 63) {
            return new DeviceTlbInvalidation(sourceId, pasid, allPasids, 0, -1);
        }
        long inside = (2L << lowestZero) - 1;
        return new DeviceTlbInvalidation(sourceId, pasid, allPasids, address & ~inside, address | inside);
    }
}
