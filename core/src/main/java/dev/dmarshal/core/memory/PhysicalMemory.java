package dev.dmarshal.core.memory;

/**
 * Physical memory as remapping hardware sees it: little-endian words at byte addresses, any of which may be missing.
 *
 * <p>Unreadable memory is a value, not an exception: ask {@link #contains} first; the other methods may throw for addresses it denies, or that
 * are not aligned. Addresses are unsigned. Implementations say whether they may be used by several threads at once; a single aligned access is
 * always all or nothing.
 */
public interface PhysicalMemory {

    /** Whether all of {@code sizeBytes} bytes from {@code address} on can be read; false if the range wraps around. */
    boolean contains(long address, long sizeBytes);

    /** The word at {@code address}, which is a multiple of 4. */
    int read32(long address);

    /** The word at {@code address}, which is a multiple of 8. */
    long read64(long address);

    /** Stores a word; {@code address} is a multiple of 4. */
    void write32(long address, int value);

    /** Stores a word; {@code address} is a multiple of 8. */
    void write64(long address, long value);

    /** Replaces the word at {@code address} (a multiple of 8) if it holds {@code expected}, atomically; tells whether it did. */
    boolean compareAndSet64(long address, long expected, long value);
}
