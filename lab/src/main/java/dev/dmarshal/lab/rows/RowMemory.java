package dev.dmarshal.lab.rows;

import dev.dmarshal.core.memory.PhysicalMemory;
import dev.dmarshal.core.memory.SparseMemory;
import dev.dmarshal.lab.scenario.Scenario;
import java.util.HashSet;
import java.util.Set;

/** The memory of QEMU's machine, as {@link Scenario} describes it; pages can be made to refuse writes. Not thread-safe. */
final class RowMemory implements PhysicalMemory {

    private final SparseMemory words = new SparseMemory(Scenario.HIGH_MEMORY_END);
    private final Set<Long> protectedPages = new HashSet<>();

    void protect(long address) {
        protectedPages.add(address >>> 12);
    }

    @Override
    public boolean contains(long address, long sizeBytes) {
        return Scenario.hasMemory(address, sizeBytes);
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
        refuse(address);
        words.write32(address, value);
    }

    @Override
    public void write64(long address, long value) {
        refuse(address);
        words.write64(address, value);
    }

    @Override
    public boolean compareAndSet64(long address, long expected, long value) {
        refuse(address);
        return words.compareAndSet64(address, expected, value);
    }

    private void refuse(long address) {
        if (protectedPages.contains(address >>> 12)) {
            throw new UnsupportedOperationException("read-only: 0x" + Long.toHexString(address));
        }
    }
}
