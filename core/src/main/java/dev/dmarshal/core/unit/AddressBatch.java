package dev.dmarshal.core.unit;

/**
 * Addresses that one requester asks for together, as a device does with the pieces of a scatter list: a flyweight that its owner fills and reuses, so that
 * {@link RemappingUnit#translateAll} allocates nothing. Not thread-safe: one per thread.
 */
public final class AddressBatch {
    final long[] inputs;
    final long[] outputs;
    /** Of a walk under way, by place from 0: the last entry read, and what is wrong or missing in the entries above. */
    final long[] entries;
    final long[] found;
    private int size;

    /**
     * An empty batch.
     *
     * @param capacity how many addresses it can take
     */
    public AddressBatch(int capacity) {
        inputs = new long[capacity];
        outputs = new long[capacity];
        entries = new long[capacity];
        found = new long[capacity];
    }

    /** Forgets all addresses. */
    public void clear() {
        size = 0;
    }

    /**
     * Adds an address to be translated, any 64 bits.
     *
     * @throws ArrayIndexOutOfBoundsException if the batch is full
     */
    public void add(long input) {
        inputs[size] = input;
        size++;
    }

    /** How many addresses there are. */
    public int size() {
        return size;
    }

    /** The address that was added as number {@code index}, from 0. */
    public long input(int index) {
        return inputs[index];
    }

    /** Its physical address, if {@link RemappingUnit#translateAll} got so far. */
    public long output(int index) {
        return outputs[index];
    }
}
