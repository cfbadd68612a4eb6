package dev.dmarshal.core.tables;

import dev.dmarshal.core.memory.MemoryImage;
import dev.dmarshal.core.memory.MemoryImage.Span;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the pages of an image that hold certain words: a table of which somebody has seen some entries. */
public final class PageMatch {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long PIECE = 64L << 20;
    private static final int PAGE = MemoryImage.PAGE_BYTES;

    private final MemoryImage image;
    private final int[] places;
    private final long[] values;
    private final int most;
    private final List<Long> found = new ArrayList<>();

    private PageMatch(MemoryImage image, Map<Integer, Long> words, int most) {
        this.image = image;
        this.places = words.keySet().stream().mapToInt(Integer::intValue).toArray();
        this.values = words.values().stream().mapToLong(Long::longValue).toArray();
        this.most = most;
    }

    /**
     * The addresses of the first pages that hold all of some words, ascending.
     *
     * @param words what each place of a page holds, 0 to 511; at least one
     * @param most  how many pages are wanted
     */
    public static List<Long> find(MemoryImage image, Map<Integer, Long> words, int most) {
        if (words.isEmpty()) {
            return List.of();
        }
        PageMatch match = new PageMatch(image, words, most);
        for (Span span : image.spans()) {
            match.look(span.base() + PAGE - 1 & -PAGE, span.base() + span.sizeBytes() & -PAGE);
        }
        return match.found;
    }

    private void look(long first, long end) {
        long[] words = new long[MemoryImage.PAGE_WORDS];
        MemorySegment copy = MemorySegment.ofArray(words);
        for (long at = first; at < end && found.size() < most;) {
            long length = Math.min(PIECE, end - at);
            try (Arena arena = Arena.ofConfined()) {
                Optional<MemorySegment> mapped = image.window(at, length, arena);
                for (long page = at; page < at + length && found.size() < most; page += PAGE) {
                    if (mapped.isPresent() ? holds(mapped.get(), page - at) : image.readPage(page, words) && holds(copy, 0)) {
                        found.add(page);
                    }
                }
            }
            at += length;
        }
    }

    private boolean holds(MemorySegment bytes, long offset) {
        for (int i = 0; i < places.length; i++) {
            if (bytes.get(WORD, offset + places[i] * 8L) != values[i]) {
                return false;
            }
        }
        return true;
    }
}
