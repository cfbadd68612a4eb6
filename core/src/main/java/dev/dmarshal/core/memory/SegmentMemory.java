package dev.dmarshal.core.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Physical memory that is one memory segment: byte 0 of the segment lies at a base address, nothing lies outside.
 *
 * <p>Every access is one aligned access of a 64-bit machine, so it is all or nothing and several threads may use one instance if the segment may be
 * used by them.
 * The segment must be 8-byte aligned (native memory, or a {@code long[]}; a {@code byte[]} is not).
 */
public final class SegmentMemory implements PhysicalMemory {
    private static final VarHandle WORD32 = LittleEndian.WORD32.varHandle();
    private static final VarHandle WORD64 = LittleEndian.WORD64.varHandle();
    /** Spares the check of an alignment that base, segment and caller have seen to; a read at a multiple of 8 is one access all the same. */
    private static final ValueLayout.OfLong ALIGNED_BY_US = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment segment;
    private final long base;
    private final long sizeBytes;
    /** First offset at which no whole word begins. */
    private final long wordsEnd;

    /**
     * Maps a segment.
     *
     * @param segment the bytes, 8-byte aligned
     * @param base    physical address of its first byte, a multiple of 8; base plus size must not wrap around
     */
    public SegmentMemory(MemorySegment segment, long base) {
        if (segment.maxByteAlignment() < 8 || segment.address() % 8 != 0) {
            throw new IllegalArgumentException("the segment is not aligned to 8 bytes");
        }
        if (base % 8 != 0 || base != 0 && Long.compareUnsigned(base + segment.byteSize() - 1, base) < 0) {
            throw new IllegalArgumentException("no such base address: 0x" + Long.toHexString(base));
        }
        this.segment = segment;
        this.base = base;
        this.sizeBytes = segment.byteSize();
        this.wordsEnd = Math.max(0, sizeBytes - 7);
    }

    /** Maps a segment at address 0. */
    public SegmentMemory(MemorySegment segment) {
        this(segment, 0);
    }

    @Override
    public boolean contains(long address, long bytes) {
        long offset = address - base;
        return offset >= 0 && bytes >= 0 && offset <= sizeBytes - bytes;
    }

    /**
     * The 64-bit word {@code bytes} into a table, or 0 where this memory has none: {@link #contains} and {@link #read64} with one comparison.
     *
     * @param table address of the table; what a walk waits for, so it is added last
     * @param bytes where in the table; together a multiple of 8
     */
    public long readOrZero(long table, long bytes) {
        long offset = table + (bytes - base);
        return Long.compareUnsigned(offset, wordsEnd) < 0 ? segment.get(ALIGNED_BY_US, offset) : 0;
    }

    @Override
    public int read32(long address) {
        return segment.get(LittleEndian.WORD32, address - base);
    }

    @Override
    public long read64(long address) {
        return segment.get(LittleEndian.WORD64, address - base);
    }

    @Override
    public void write32(long address, int value) {
        WORD32.setRelease(segment, address - base, value);
    }

    @Override
    public void write64(long address, long value) {
        WORD64.setRelease(segment, address - base, value);
    }

    @Override
    public boolean compareAndSet64(long address, long expected, long value) {
        return WORD64.compareAndSet(segment, address - base, expected, value);
    }
}
