package dev.dmarshal.core.unit;

import dev.dmarshal.core.memory.PhysicalMemory;
import dev.dmarshal.core.memory.SparseMemory;

/** Four GiB of memory; a test overrides the access that it wants to see, or to spoil. */
abstract class WatchedMemory implements PhysicalMemory {

    /** What it holds; accesses here are not seen. */
    final SparseMemory words = new SparseMemory(1L << 32);

    @Override
    public boolean contains(long address, long sizeBytes) {
        return words.contains(address, sizeBytes);
    }

    @Override
    public int read32(long address) {
        return words.read32(address);
    }

    @Override
    public long read64(long address) {
        return words.read64(address);
    }

    @Override
    public void write32(long address, int value) {
        words.write32(address, value);
    }

    @Override
    public void write64(long address, long value) {
        words.write64(address, value);
    }

    @Override
    public boolean compareAndSet64(long address, long expected, long value) {
        return words.compareAndSet64(address, expected, value);
    }
}
