package dev.dmarshal.core.unit;

/** Memory in which software changes a word just when hardware is about to, or whose words hardware may not change at all. */
final class MeddlingMemory extends WatchedMemory {
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
    public boolean compareAndSet64(long address, long expected, long value) {
        if (readOnly) {
            throw new UnsupportedOperationException("read-only");
        }
        if (address == place) {
            place = -1;
            words.write64(address, next);
        }
        return super.compareAndSet64(address, expected, value);
    }
}
