package dev.dmarshal.core.image;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** The bytes of a file, wherever they come from. Several threads may use one source. */
public interface ByteSource {

    /** How many bytes there are. Reading beyond them gives nothing. */
    long sizeBytes();

    /**
     * Copies bytes.
     *
     * @param offset where they start, in bytes, any number
     * @param into   receives them
     * @param from   first index in {@code into}
     * @param length how many are wanted
     * @return how many were copied: less than {@code length} where the source ends or cannot be read
     */
    int read(long offset, byte[] into, int from, int length);

    /** All bytes as memory, if they are mapped. */
    Optional<MemorySegment> segment();

    /**
     * Some of the bytes as memory of their own for as long as the arena lasts, if they are mapped: what is looked at there is not added to what the process
     * holds, however much is looked at in turn.
     *
     * @param offset    where they start, within the source
     * @param sizeBytes how many, not beyond its end
     * @param arena     how long they are wanted
     */
    default Optional<MemorySegment> window(long offset, long sizeBytes, Arena arena) {
        return segment().map(all -> all.asSlice(offset, sizeBytes));
    }

    /**
     * Copies little-endian words: for what is looked at once. Unlike a look at {@link #segment} it need not leave traces in what the process holds.
     *
     * @param offset where they start, in bytes, any number
     * @param words  receives as many as it has room for
     * @return whether all of them were there
     */
    default boolean words(long offset, long[] words) {
        return bytes(offset, words.length * Long.BYTES).map(all -> ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(words)).isPresent();
    }

    /** This many bytes at an offset; empty unless all of them are there. */
    default Optional<byte[]> bytes(long offset, int length) {
        if (length < 0 || offset < 0 || offset > sizeBytes() - length) {
            return Optional.empty();
        }
        byte[] all = new byte[length];
        return read(offset, all, 0, length) == length ? Optional.of(all) : Optional.empty();
    }
}
