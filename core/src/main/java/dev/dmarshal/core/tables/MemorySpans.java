package dev.dmarshal.core.tables;

import dev.dmarshal.core.memory.MemoryImage;
import dev.dmarshal.core.memory.MemoryImage.Presence;
import dev.dmarshal.core.memory.MemoryImage.Span;
import java.util.List;

/** The ranges of an image's memory, to be asked of many other ranges how much of them is none. */
final class MemorySpans {
    private final MemoryImage image;
    private final List<Span> spans;
    private final long sizeBytes;

    MemorySpans(MemoryImage image) {
        this.image = image;
        this.spans = image.spans();
        this.sizeBytes = spans.stream().mapToLong(Span::sizeBytes).sum();
    }

    /** All of the memory, in bytes. */
    long sizeBytes() {
        return sizeBytes;
    }

    /**
     * How many bytes of a range are not memory. A part of it that lies within a span (of a dump that knows each page), or between two, is taken for what its first
     * page is.
     */
    long missing(long first, long size) {
        long end = first + size;
        long missing = 0;
        int next = after(first);
        for (long at = first; at < end;) {
            boolean inside = next < spans.size() && spans.get(next).base() <= at;
            long border = next == spans.size() ? end : inside ? spans.get(next).base() + spans.get(next).sizeBytes() : spans.get(next).base();
            long to = Math.min(end, border);
            missing += image.presence(at) == Presence.NO_MEMORY ? to - at : 0;
            next += inside ? 1 : 0;
            at = to;
        }
        return missing;
    }

    /** The first span that ends behind an address. */
    private int after(long address) {
        int low = 0;
        int high = spans.size();
        while (low < high) {
            int middle = low + high >>> 1;
            if (spans.get(middle).base() + spans.get(middle).sizeBytes() <= address) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
