package dev.dmarshal.lab.model;

import dev.dmarshal.core.memory.PhysicalMemory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Memory in which each word that is read holds one of the values that it had since some step; {@link #next} goes on to the next combination.
 * What is written stays until the next combination. Not thread-safe.
 */
final class ChosenMemory implements PhysicalMemory {

    /** More combinations than any request of a scenario needs: a few words on its way have changed a few times. */
    private static final int MOST = 20_000;

    private final MachineMemory machine;
    private final Map<Long, Long> seen = new HashMap<>();
    private final List<Integer> choices = new ArrayList<>();
    private final List<Integer> bounds = new ArrayList<>();
    private int since;
    private int depth;
    private int combinations;

    ChosenMemory(MachineMemory machine) {
        this.machine = machine;
    }

    /** Starts with what memory holds now; older values count from that step on. */
    void start(int from) {
        since = from;
        choices.clear();
        combinations = 0;
        rewind();
    }

    /** The next combination; false if there is none. */
    boolean next() {
        int last = bounds.size() - 1;
        while (last >= 0 && choices.get(last) + 1 == bounds.get(last)) {
            last--;
        }
        if (last < 0) {
            return false;
        }
        if (++combinations > MOST) {
            throw new IllegalStateException("too many combinations of old entries");
        }
        choices.set(last, choices.get(last) + 1);
        choices.subList(last + 1, choices.size()).clear();
        rewind();
        return true;
    }

    private void rewind() {
        seen.clear();
        bounds.clear();
        depth = 0;
    }

    private long choose(long address) {
        List<Long> values = machine.held(address, since);
        if (values.size() == 1) {
            return values.getFirst();
        }
        if (depth == choices.size()) {
            choices.add(0);
        }
        bounds.add(values.size());
        return values.get(choices.get(depth++));
    }

    @Override
    public boolean contains(long address, long sizeBytes) {
        return machine.contains(address, sizeBytes);
    }

    @Override
    public int read32(long address) {
        return (int) (read64(address & ~7L) >>> (int) (address & 4) * 8);
    }

    @Override
    public long read64(long address) {
        Long known = seen.get(address);
        if (known == null) {
            known = choose(address);
            seen.put(address, known);
        }
        return known;
    }

    @Override
    public void write32(long address, int value) {
        throw new UnsupportedOperationException("nothing writes 32 bits here");
    }

    @Override
    public void write64(long address, long value) {
        seen.put(address, value);
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
