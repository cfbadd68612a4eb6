package dev.dmarshal.core.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Physical memory of a given size whose 4 KiB pages come into being when they are first written; before that they read as zero.
 * Made for tables that lie far apart in a large address space.
 *
 * <p>Several threads may use one instance: an aligned access is all or nothing, and what one thread has written is seen by another that reads later.
 * A page is never given back. Reading allocates nothing.
 */
public final class SparseMemory implements PhysicalMemory {
    private static final int PAGE_BITS = 12;
    private static final int PAGE_LONGS = 512;
    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle PAGES = MethodHandles.arrayElementVarHandle(long[][].class);

    private final long sizeBytes;
    private volatile Directory directory = new Directory(new long[64], new long[64][]);
    private int used;

    /** Open-addressing table from page frame to page; a null page is a free slot. Filled slots never change, so readers need no lock. */
    private record Directory(long[] frames, long[][] pages) {
        long[] find(long frame) {
            int mask = frames.length - 1;
            for (int at = slot(frame, mask);; at = at + 1 & mask) {
                long[] page = (long[]) PAGES.getAcquire(pages, at);
                if (page == null || frames[at] == frame) {
                    return page;
                }
            }
        }

        static int slot(long frame, int mask) {
            return (int) (frame * 0x9E3779B97F4A7C15L >>> 40) & mask;
        }

        void put(long frame, long[] page) {
            int mask = frames.length - 1;
            int at = slot(frame, mask);
            while (pages[at] != null) {
                at = at + 1 & mask;
            }
            frames[at] = frame;
            PAGES.setRelease(pages, at, page);
        }

        /** A table of twice the size with the same pages. */
        Directory grown() {
            Directory next = new Directory(new long[frames.length * 2], new long[frames.length * 2][]);
            for (int at = 0; at < frames.length; at++) {
                if (pages[at] != null) {
                    next.put(frames[at], pages[at]);
                }
            }
            return next;
        }
    }

    /** Memory from address 0 to {@code sizeBytes} (exclusive), a positive multiple of 4 KiB. */
    public SparseMemory(long sizeBytes) {
        if (sizeBytes <= 0 || (sizeBytes & (1L << PAGE_BITS) - 1) != 0) {
            throw new IllegalArgumentException("not a positive multiple of 4 KiB: " + sizeBytes);
        }
        this.sizeBytes = sizeBytes;
    }

    /** Number of pages that were written so far. */
    public synchronized int pagesInUse() {
        return used;
    }

    /** Addresses of the pages that were written so far, in ascending order. */
    public synchronized long[] pageAddresses() {
        Directory now = directory;
        long[] found = new long[used];
        int count = 0;
        for (int at = 0; at < now.frames.length; at++) {
            if (now.pages[at] != null) {
                found[count++] = now.frames[at] << PAGE_BITS;
            }
        }
        Arrays.sort(found);
        return found;
    }

    @Override
    public boolean contains(long address, long bytes) {
        return address >= 0 && bytes >= 0 && address <= sizeBytes - bytes;
    }

    @Override
    public int read32(long address) {
        checkAligned(address, 4);
        long word = read64(address & ~7L);
        return (int) (word >>> (address & 4) * 8);
    }

    @Override
    public long read64(long address) {
        checkAligned(address, 8);
        long[] page = directory.find(address >>> PAGE_BITS);
        return page == null ? 0 : (long) LONGS.getAcquire(page, index(address));
    }

    @Override
    public void write32(long address, int value) {
        checkAligned(address, 4);
        int shift = (int) (address & 4) * 8;
        long aligned = address & ~7L;
        long old;
        do {
            old = read64(aligned);
        } while (!compareAndSet64(aligned, old, old & ~(0xFFFF_FFFFL << shift) | Integer.toUnsignedLong(value) << shift));
    }

    @Override
    public void write64(long address, long value) {
        checkAligned(address, 8);
        LONGS.setRelease(page(address), index(address), value);
    }

    @Override
    public boolean compareAndSet64(long address, long expected, long value) {
        checkAligned(address, 8);
        return LONGS.compareAndSet(page(address), index(address), expected, value);
    }

    private long[] page(long address) {
        long frame = address >>> PAGE_BITS;
        long[] page = directory.find(frame);
        return page != null ? page : addPage(frame);
    }

    private synchronized long[] addPage(long frame) {
        long[] page = directory.find(frame);
        if (page == null) {
            page = new long[PAGE_LONGS];
            if ((used + 1) * 2 > directory.frames.length) {
                directory = directory.grown();
            }
            directory.put(frame, page);
            used++;
        }
        return page;
    }

    private void checkAligned(long address, int bytes) {
        if ((address & bytes - 1) != 0 || !contains(address, bytes)) {
            throw new IndexOutOfBoundsException("no aligned word of " + bytes + " bytes at 0x" + Long.toHexString(address));
        }
    }

    private static int index(long address) {
        return (int) (address >>> 3) & PAGE_LONGS - 1;
    }
}
