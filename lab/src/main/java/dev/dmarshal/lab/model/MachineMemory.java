package dev.dmarshal.lab.model;

import dev.dmarshal.core.memory.PhysicalMemory;
import dev.dmarshal.core.memory.SparseMemory;
import dev.dmarshal.lab.scenario.Scenario;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The test machine's memory, with its holes, and what each word has held: a cache that was not invalidated may answer from any of that.
 * Not thread-safe.
 */
final class MachineMemory implements PhysicalMemory {

    /** A value that a word took at a step. */
    private record Version(int step, long value) {
    }

    private final SparseMemory words = new SparseMemory(Scenario.HIGH_MEMORY_END);
    private final Map<Long, List<Version>> versions = new HashMap<>();
    private int step;

    /** Writes from now on belong to this step of the scenario. */
    void at(int now) {
        step = now;
    }

    /** What the word has held since that step, that step's beginning included; what it holds now comes first. */
    List<Long> held(long address, int since) {
        List<Long> values = new ArrayList<>();
        values.add(read64(address));
        List<Version> all = versions.getOrDefault(address, List.of());
        long before = 0;
        for (int i = all.size() - 1; i >= 0; i--) {
            if (!values.contains(all.get(i).value)) {
                values.add(all.get(i).value);
            }
            if (all.get(i).step < since) {
                return values;
            }
        }
        if (!values.contains(before)) {
            values.add(before);
        }
        return values;
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
        long aligned = address & ~7L;
        int shift = (int) (address & 4) * 8;
        write64(aligned, read64(aligned) & ~(0xffff_ffffL << shift) | Integer.toUnsignedLong(value) << shift);
    }

    @Override
    public void write64(long address, long value) {
        if (read64(address) != value) {
            versions.computeIfAbsent(address, key -> new ArrayList<>()).add(new Version(step, value));
            words.write64(address, value);
        }
    }

    @Override
    public boolean compareAndSet64(long address, long expected, long value) {
        if (read64(address) != expected) {
            return false;
        }
        write64(address, value);
        return true;
    }
}
