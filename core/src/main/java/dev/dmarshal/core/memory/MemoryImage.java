package dev.dmarshal.core.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * Physical memory that was saved, or that another machine is using: it can be read and never written. Addresses need not be aligned for {@link #read64} and
 * {@link #read32}; the writing methods throw {@link UnsupportedOperationException}.
 *
 * <p>Several threads may use one image. What a running machine does to its memory meanwhile shows: a page is read word by word.
 */
public interface MemoryImage extends PhysicalMemory {

    /** Bytes of a page. */
    int PAGE_BYTES = 4096;
    /** 64-bit words of a page. */
    int PAGE_WORDS = PAGE_BYTES / Long.BYTES;

    /**
     * A range of addresses that the image speaks of.
     *
     * @param base      first address
     * @param sizeBytes length, positive
     */
    record Span(long base, long sizeBytes) {
    }

    /** Whether an address can be read, and if not, why. */
    enum Presence {
        /** It can. */
        READABLE("readable"),
        /** The image has no memory there. */
        NO_MEMORY("no memory there"),
        /** There is memory, but whoever made the image left it out. */
        EXCLUDED("left out when the image was made"),
        /** The file ends before it. */
        TRUNCATED("the file ends before it"),
        /** What is stored for it cannot be decoded. */
        DAMAGED("stored but not decodable");

        private final String words;

        Presence(String words) {
            this.words = words;
        }

        /** For people. */
        @Override
        public String toString() {
            return words;
        }
    }

    /**
     * Copies a page, unless any of it cannot be read.
     *
     * @param address a multiple of {@link #PAGE_BYTES}
     * @param words   receives {@link #PAGE_WORDS} words
     * @return whether it was copied
     */
    boolean readPage(long address, long[] words);

    /** Whether the byte at an address can be read. */
    Presence presence(long address);

    /** The ranges in which readable pages lie, ascending; not every page of them need be readable. */
    List<Span> spans();

    /** The bytes themselves where they lie in one piece in mapped memory; empty if they do not or are not all readable. */
    Optional<MemorySegment> slice(long address, long sizeBytes);

    /**
     * As {@link #slice}, for looking at a large part once: where the image can, it maps the part anew for as long as the arena lasts, so that the process does
     * not come to hold all that it has looked at.
     */
    default Optional<MemorySegment> window(long address, long sizeBytes, Arena arena) {
        return slice(address, sizeBytes);
    }

    /** How many pages could not be decoded so far. */
    default long damagedPages() {
        return 0;
    }

    @Override
    default void write32(long address, int value) {
        throw new UnsupportedOperationException("an image is not written");
    }

    @Override
    default void write64(long address, long value) {
        throw new UnsupportedOperationException("an image is not written");
    }

    @Override
    default boolean compareAndSet64(long address, long expected, long value) {
        throw new UnsupportedOperationException("an image is not written");
    }
}
