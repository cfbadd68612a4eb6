package dev.dmarshal.doctor.twin;

import dev.dmarshal.doctor.symptom.MemoryOutline;
import java.util.ArrayList;
import java.util.List;

/**
 * Where an HVM guest of xl has its memory: from 0 to at most 0xf0000000 (HVM_BELOW_4G_RAM_END, xen/include/public/hvm/e820.h), the rest from 4 GiB on, the
 * low end moved down below a reserved region that lies above the boundary of 2 GiB (rdm_mem_boundary; tools/libs/light/libxl_dm.c,
 * libxl__domain_device_construct_rdm).
 *
 * @param lowEnd    end of the memory below 4 GiB
 * @param highEnd   end of the memory above; 4 GiB if there is none
 * @param conflicts regions that memory lies over all the same
 */
record GuestLayout(long lowEnd, long highEnd, List<MemoryOutline.Region> conflicts) {

    private static final long FOUR_GIB = 1L << 32;
    private static final long LOW_END = 0xF000_0000L;
    private static final long BOUNDARY = 1L << 31;
    private static final long LARGE_PAGE = 1L << 21;
    private static final long VGA = 0xA_0000L;
    private static final long VGA_END = 0xC_0000L;
    /** Where the guest's memory lies in the machine is not known; this stands for it. */
    private static final long MACHINE = 0x4_0000_0000L;

    static GuestLayout of(long megabytes, List<MemoryOutline.Region> regions) {
        long bytes = Math.min(megabytes, 1L << 22) << 20;
        long low = Math.min(bytes, LOW_END);
        for (MemoryOutline.Region region : regions) {
            if (overlaps(region, 0, low) && region.first() > BOUNDARY) {
                low = region.first() & -LARGE_PAGE;
            }
        }
        long high = FOUR_GIB + bytes - low;
        List<MemoryOutline.Region> conflicts = new ArrayList<>();
        for (MemoryOutline.Region region : regions) {
            if (overlaps(region, 0, low) || overlaps(region, FOUR_GIB, high)) {
                conflicts.add(region);
            }
        }
        return new GuestLayout(low, high, List.copyOf(conflicts));
    }

    private static boolean overlaps(MemoryOutline.Region region, long from, long end) {
        return Long.compareUnsigned(region.first(), end) < 0 && Long.compareUnsigned(region.last(), from) >= 0;
    }

    /** Whether the guest has memory at this address. */
    boolean memory(long address) {
        boolean low = Long.compareUnsigned(address, lowEnd) < 0 && (address < VGA || address >= VGA_END);
        return low || Long.compareUnsigned(address, FOUR_GIB) >= 0 && Long.compareUnsigned(address, highEnd) < 0;
    }

    /** Where in the machine. */
    long machine(long address) {
        return MACHINE + address;
    }

    String inWords() {
        return "0-0x" + Long.toHexString(lowEnd - 1) + (highEnd > FOUR_GIB ? " and 0x" + Long.toHexString(FOUR_GIB) + "-0x" + Long.toHexString(highEnd - 1)
                : "");
    }
}
