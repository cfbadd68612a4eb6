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
    private static final long PAGE = 0xFFF;

    /**
     * The range that ADDR and S of a descriptor's second word name: without S one page; with S the bits from 12 up to the lowest zero bit tell the size.
     *
     * @param address page address, low 12 bits 0
     * @param several the S flag
     */
    static DeviceTlbInvalidation of(int sourceId, OptionalInt pasid, boolean allPasids, long address, boolean several) {
        long page = address >>> PAGE_BITS;
        long inside = several ? (page ^ page + 1) << PAGE_BITS | PAGE : PAGE;
        return new DeviceTlbInvalidation(sourceId, pasid, allPasids, address & ~inside, address | inside);
    }
}
