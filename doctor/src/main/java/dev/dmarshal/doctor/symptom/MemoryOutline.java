package dev.dmarshal.doctor.symptom;

import java.util.List;
import java.util.Optional;

/**
 * Memory regions that bear on faults.
 *
 * @param rmrrs RMRRs of the DMAR table
 * @param map   the firmware's memory map
 */
public record MemoryOutline(List<Region> rmrrs, List<Region> map) {

    /**
     * A region.
     *
     * @param first first byte
     * @param last  last byte
     * @param type  what it is
     */
    public record Region(long first, long last, String type) {

        /** Whether {@code address} lies in it. */
        public boolean contains(long address) {
            return Long.compareUnsigned(address, first) >= 0 && Long.compareUnsigned(address, last) <= 0;
        }
    }

    /** The RMRR that {@code address} lies in. */
    public Optional<Region> rmrr(long address) {
        return rmrrs.stream().filter(region -> region.contains(address)).findFirst();
    }

    /** The region of the memory map that {@code address} lies in. */
    public Optional<Region> mapped(long address) {
        return map.stream().filter(region -> region.contains(address)).findFirst();
    }
}
