package dev.dmarshal.core.unit;

import dev.dmarshal.core.memory.PhysicalMemory;
import dev.dmarshal.core.memory.SparseMemory;

/** Memory in which software changes a word just when hardware is about to, or whose words hardware may not change at all. */
final class MeddlingMemory implements PhysicalMemory {
    private final SparseMemory words = new SparseMemory(1L << 32);
    private long place = -1;
    private long next;
    private boolean readOnly;

    /** The next compare-and-set of the word at {@code address} comes too late: software has stored {@code value} there. */
    void storeInBetween(long address, long value) {
        place = address;
        next = value;
    }

    /** From now on nothing can be compared and set. */
    void refuse() {
        readOnly = true;
    }

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
        if (readOnly) {
            throw new UnsupportedOperationException("read-only");
        }
        if (address == place) {
            place = -1;
            words.write64(address, next);
        }
        return words.compareAndSet64(address, expected, value);
    }
}
