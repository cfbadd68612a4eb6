package dev.dmarshal.core.unit;

import dev.dmarshal.core.memory.PhysicalMemory;
import java.util.concurrent.atomic.AtomicLongArray;

/** A few MiB of memory from address 0, of which one range can be made unreadable. Thread-safe as {@link PhysicalMemory} asks. */
final class WordMemory implements PhysicalMemory {

    private final AtomicLongArray words;
    private volatile long holeFirst = 1;
    private volatile long holeLast;
    private volatile long place = -1;
    private volatile long next;

    WordMemory(int sizeBytes) {
        words = new AtomicLongArray(sizeBytes / 8);
    }

    void hole(long first, long last) {
        holeFirst = first;
        holeLast = last;
    }

    @Override
    public boolean contains(long address, long sizeBytes) {
        long limit = words.length() * 8L;
        boolean inside = Long.compareUnsigned(address, limit) < 0 && Long.compareUnsigned(sizeBytes, limit - address) <= 0;
        return inside && !(address <= holeLast && address + sizeBytes - 1 >= holeFirst);
    }

    @Override
    public int read32(long address) {
        return (int) (read64(address & ~7) >>> (address & 4) * 8);
    }

    @Override
    public long read64(long address) {
        check(address, 8);
        return words.get((int) (address / 8));
    }

    @Override
    public void write32(long address, int value) {
        check(address & ~7, 8);
        int shift = (int) (address & 4) * 8;
        long mask = 0xffff_ffffL << shift;
        words.accumulateAndGet((int) (address / 8), Integer.toUnsignedLong(value) << shift, (old, v) -> old & ~mask | v);
    }

    @Override
    public void write64(long address, long value) {
        check(address, 8);
        words.set((int) (address / 8), value);
    }

    /** The next compare-and-set of the word at {@code address} comes too late: software has stored {@code value} there. */
    void storeInBetween(long address, long value) {
        place = address;
        next = value;
    }

    @Override
    public boolean compareAndSet64(long address, long expected, long value) {
        check(address, 8);
        if (address == place) {
            place = -1;
            words.set((int) (address / 8), next);
        }
        return words.compareAndSet((int) (address / 8), expected, value);
    }

    private void check(long address, int size) {
        if (!contains(address, size) || address % size != 0) {
            throw new IllegalArgumentException("no such word: 0x" + Long.toHexString(address));
        }
    }
}
