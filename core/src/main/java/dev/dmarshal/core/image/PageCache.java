package dev.dmarshal.core.image;

import dev.dmarshal.core.memory.MemoryImage;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** Pages that had to be fetched or decompressed: a direct-mapped cache of a fixed number of pages. Several threads may use it. */
final class PageCache {

    /** Fills a page; says whether it could. */
    @FunctionalInterface
    interface Filler {
        boolean fill(long frame, long[] words);
    }

    private record Page(long frame, boolean readable, long[] words) {
    }

    private static final int PAGES = 2048;

    private final AtomicReferenceArray<Page> pages = new AtomicReferenceArray<>(PAGES);
    private final Filler filler;

    /** A cache of 2,048 pages, 8 MiB. */
    PageCache(Filler filler) {
        this.filler = filler;
    }

    /** Copies the page of a frame number, unless it cannot be read. */
    boolean read(long frame, long[] words) {
        Page page = page(frame);
        if (page.readable) {
            System.arraycopy(page.words, 0, words, 0, MemoryImage.PAGE_WORDS);
        }
        return page.readable;
    }

    /** Whether the page can be read. */
    boolean readable(long frame) {
        return page(frame).readable;
    }

    /** The word at an address within a readable page; it need not be aligned, but must not cross the page. */
    long word(long address) {
        long[] words = page(address >>> 12).words;
        int at = (int) (address & 0xFFF);
        int shift = (at & 7) * 8;
        long low = words[at >>> 3] >>> shift;
        return shift == 0 ? low : low | words[(at >>> 3) + 1 & MemoryImage.PAGE_WORDS - 1] << 64 - shift;
    }

    private Page page(long frame) {
        int slot = (int) (frame ^ frame >>> 11) & PAGES - 1;
        Page page = pages.get(slot);
        if (page == null || page.frame != frame) {
            long[] words = new long[MemoryImage.PAGE_WORDS];
            boolean readable = filler.fill(frame, words);
            page = new Page(frame, readable, readable ? words : new long[0]);
            pages.set(slot, page);
        }
        return page;
    }
}
