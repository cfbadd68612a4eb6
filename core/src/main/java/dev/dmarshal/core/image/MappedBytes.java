package dev.dmarshal.core.image;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * The bytes of a memory segment, such as a mapped file.
 *
 * @param memory the segment
 */
public record MappedBytes(MemorySegment memory) implements ByteSource {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    @Override
    public long sizeBytes() {
        return memory.byteSize();
    }

    @Override
    public int read(long offset, byte[] into, int from, int length) {
        if (offset < 0 || offset >= memory.byteSize() || length <= 0) {
            return 0;
        }
        int count = (int) Math.min(length, memory.byteSize() - offset);
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, offset, into, from, count);
        return count;
    }

    @Override
    public boolean words(long offset, long[] words) {
        if (offset < 0 || offset > memory.byteSize() - (long) words.length * Long.BYTES) {
            return false;
        }
        MemorySegment.copy(memory, WORD, offset, words, 0, words.length);
        return true;
    }

    @Override
    public Optional<MemorySegment> segment() {
        return Optional.of(memory);
    }
}
