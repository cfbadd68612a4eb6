package dev.dmarshal.core.tables;

import dev.dmarshal.core.memory.MemoryImage;
import dev.dmarshal.core.memory.MemoryImage.Span;
import dev.dmarshal.core.tables.Candidate.InterruptTable;
import dev.dmarshal.core.tables.Candidate.RootTable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * Searches an image for root tables and interrupt-remapping tables, knowing nothing: every page is looked at once, by the bits that such tables never have set;
 * what is left is followed to the tables below it. Several threads may search parts of one image, each with a search of its own, and
 * {@linkplain #merge put} the results together.
 */
public final class TableSearch {
    /** Most tables of each kind that are kept; those of which there is most evidence. */
    public static final int MOST_FOUND = 4096;

    private static final int PAGE = MemoryImage.PAGE_BYTES;
    /** Mapped memory is looked at in pieces of this size. */
    private static final long PIECE = 64L << 20;

    private final MemoryImage image;
    private final RootCheck roots;
    private final InterruptCheck interrupts;
    private final List<RootTable> foundRoots = new ArrayList<>();
    private final TreeMap<Long, InterruptTable> foundInterrupts = new TreeMap<>();
    private final long[] words = new long[MemoryImage.PAGE_WORDS];
    private final MemorySegment copy = MemorySegment.ofArray(words);
    private long pages;
    private long unreadable;

    /** Searches an image. */
    public TableSearch(MemoryImage image) {
        this.image = image;
        this.roots = new RootCheck(image);
        this.interrupts = new InterruptCheck(image);
    }

    /**
     * What was found.
     *
     * @param roots      root tables, those of which there is most evidence first
     * @param interrupts interrupt-remapping tables, likewise
     * @param pages      pages looked at
     * @param unreadable pages that could not be read
     */
    public record Result(List<RootTable> roots, List<InterruptTable> interrupts, long pages, long unreadable) {
    }

    /** Searches the whole image. */
    public static Result all(MemoryImage image) {
        TableSearch search = new TableSearch(image);
        for (Span span : image.spans()) {
            search.search(span.base(), span.sizeBytes());
        }
        return search.result();
    }

    /** Searches the whole pages of a range. */
    public void search(long base, long sizeBytes) {
        long first = base + PAGE - 1 & -PAGE;
        long end = base + sizeBytes & -PAGE;
        for (long at = first; at < end;) {
            long length = Math.min(PIECE, end - at);
            long start = at;
            try (Arena arena = Arena.ofConfined()) {
                image.window(at, length, arena).ifPresentOrElse(bytes -> mapped(bytes, start), () -> copied(start, length));
            }
            at += length;
        }
    }

    private void mapped(MemorySegment bytes, long base) {
        long size = bytes.byteSize();
        for (long offset = 0; offset < size; offset += PAGE) {
            int shape = PageShape.of(bytes, offset);
            if (shape != PageShape.NOTHING) {
                consider(shape, base + offset);
            }
        }
        pages += size / PAGE;
    }

    private void copied(long base, long sizeBytes) {
        for (long address = base; address < base + sizeBytes; address += PAGE) {
            if (!image.readPage(address, words)) {
                unreadable++;
                continue;
            }
            pages++;
            int shape = PageShape.of(copy, 0);
            if (shape != PageShape.NOTHING) {
                consider(shape, address);
            }
        }
    }

    private void consider(int shape, long address) {
        if ((shape & PageShape.ROOT) != 0) {
            roots.check(address).ifPresent(found -> {
                foundRoots.add(found);
                if (foundRoots.size() >= 2 * MOST_FOUND) {
                    trim();
                }
            });
        }
        if ((shape & PageShape.INTERRUPTS) != 0 && !covered(address) && foundInterrupts.size() < MOST_FOUND && interrupts.plausible(address)) {
            interrupts.table(address).ifPresent(found -> foundInterrupts.put(found.address(), found));
        }
    }

    private boolean covered(long address) {
        var below = foundInterrupts.floorEntry(address);
        return below != null && address < below.getKey() + (long) below.getValue().entries() * 16;
    }

    private void trim() {
        foundRoots.sort(BEST_ROOTS);
        foundRoots.subList(MOST_FOUND, foundRoots.size()).clear();
    }

    private static final Comparator<RootTable> BEST_ROOTS = Comparator.comparing(RootTable::confidence)
            .thenComparing(Comparator.comparingInt(RootTable::trees).reversed()).thenComparing(Comparator.comparingInt(RootTable::devices).reversed())
            .thenComparingLong(RootTable::address);
    private static final Comparator<InterruptTable> BEST_INTERRUPTS = Comparator.comparing(InterruptTable::confidence)
            .thenComparing(Comparator.comparingInt(InterruptTable::validated).reversed()).thenComparingLong(InterruptTable::address);

    /** What this search has found so far. */
    public Result result() {
        return merge(List.of(new Result(foundRoots, List.copyOf(foundInterrupts.values()), pages, unreadable)));
    }

    /** Puts the results of several parts together. */
    public static Result merge(List<Result> parts) {
        List<RootTable> roots = parts.stream().flatMap(part -> part.roots.stream()).sorted(BEST_ROOTS).limit(MOST_FOUND).toList();
        List<InterruptTable> interrupts = new ArrayList<>();
        parts.stream().flatMap(part -> part.interrupts.stream()).sorted(BEST_INTERRUPTS).forEach(found -> {
            boolean known = interrupts.stream().anyMatch(other -> found.address() >= other.address()
                    && found.address() < other.address() + other.entries() * 16L);
            if (!known) {
                interrupts.add(found);
            }
        });
        return new Result(roots, interrupts, parts.stream().mapToLong(Result::pages).sum(), parts.stream().mapToLong(Result::unreadable).sum());
    }
}
