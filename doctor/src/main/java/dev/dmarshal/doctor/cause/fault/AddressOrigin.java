package dev.dmarshal.doctor.cause.fault;

import java.util.Arrays;
import java.util.OptionalInt;

/**
 * Where an I/O address probably comes from, judged by its value alone.
 *
 * <p>Linux allocates I/O addresses downward from the top of what the device reaches, below 4 GiB first (drivers/iommu/iova.c, alloc_iova_fast;
 * drivers/iommu/dma-iommu.c,
 * iommu_dma_alloc_iova). On x86 no memory is mapped from 0xE000_0000 to 4 GiB, so an address there was allocated, or is a window of a device.
 */
enum AddressOrigin {
    /** Page 0. */
    ZERO,
    /** Below 1 MiB: firmware. */
    LOW,
    /** The interrupt window. */
    INTERRUPT,
    /** From 1 MiB to 0xDFFF_FFFF: memory as a rule; an allocated address only after much use. */
    MEMORY_BELOW_4G,
    /** Near the top of the first 4 GiB or of a usual DMA mask: an address that Linux gave out. */
    ALLOCATED,
    /** Right below a power of two that is no usual DMA mask. */
    ODD_TOP,
    /** Where processes on x86-64 have programs, heaps, mappings and stacks. */
    USER_SPACE,
    /** The kernel's half of virtual addresses. */
    KERNEL_VIRTUAL,
    /** Elsewhere above 4 GiB: memory as a rule. */
    HIGH;

    private static final long ALLOCATED_FROM = 0xE000_0000L;
    private static final int[] USUAL_MASKS = {32, 36, 39, 40, 42, 44, 46, 47, 48, 52, 56, 57, 63};
    private static final int SMALLEST_ODD = 38;

    /** Judges an address. */
    static AddressOrigin of(long address) {
        if (address >>> 12 == 0) {
            return ZERO;
        }
        if (address >>> 20 == 0) {
            return LOW;
        }
        if (address >>> 20 == 0xFEE) {
            return INTERRUPT;
        }
        if (address >>> 32 == 0) {
            return address >= ALLOCATED_FROM ? ALLOCATED : MEMORY_BELOW_4G;
        }
        return high(address);
    }

    private static AddressOrigin high(long address) {
        if (address >>> 47 == 0x1FFFF) {
            return KERNEL_VIRTUAL;
        }
        OptionalInt top = topOf(address);
        if (top.isPresent() && Arrays.binarySearch(USUAL_MASKS, top.getAsInt()) >= 0) {
            return ALLOCATED;
        }
        // x86-64 Linux puts position-independent programs at 2/3 of the 47-bit half (0x5555…, moved by up to 0x1_0000_0000_00) and mappings below its top.
        if (address >>> 40 == 0x55 || address >>> 40 == 0x56 || address >>> 40 == 0x7F) {
            return USER_SPACE;
        }
        return top.isPresent() && top.getAsInt() >= SMALLEST_ODD ? ODD_TOP : HIGH;
    }

    /** The power of two that the address lies right below (within a sixteenth of it and within 4 GiB), as its exponent. */
    static OptionalInt topOf(long address) {
        int bits = 64 - Long.numberOfLeadingZeros(address);
        if (bits <= 32 || bits >= 64) {
            return OptionalInt.empty();
        }
        long below = (1L << bits) - address;
        return below <= 1L << Math.min(32, bits - 4) ? OptionalInt.of(bits) : OptionalInt.empty();
    }
}
