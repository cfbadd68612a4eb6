package dev.dmarshal.core.image;

import dev.dmarshal.core.memory.MemoryImage;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * An image whose ranges of memory lie as they are in a file: raw, ELF core, LiME. Of a mapped file nothing is copied; of another one a bounded number of pages
 * is kept.
 */
public final class ExtentImage implements MemoryImage {

    /**
     * A range of memory in the file.
     *
     * @param base        first physical address
     * @param sizeBytes   length in memory, positive
     * @param offset      where its bytes lie in the file
     * @param storedBytes how many of them the file promises; those beyond were left out
     */
    public record Extent(long base, long sizeBytes, long offset, long storedBytes) {

        private long last() {
            return base + sizeBytes - 1;
        }

        private boolean sound() {
            // An offset so large that the end of the range has none is cut off by no later comparison.
            return sizeBytes > 0 && storedBytes >= 0 && offset >= 0 && base >= 0 && base <= (1L << 52) - sizeBytes && offset <= Long.MAX_VALUE - sizeBytes;
        }
    }

    /** Most ranges that are read of one file. */
    public static final int MOST_EXTENTS = 1 << 18;

    private static final ValueLayout.OfLong WORD64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt WORD32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final ByteSource source;
    private final Optional<MemorySegment> mapped;
    private final PageCache cache;
    private final long[] bases;
    private final long[] sizes;
    private final long[] offsets;
    /** Bytes of the extent that the file really has. */
    private final long[] readable;
    /** Bytes of the extent that the file promises. */
    private final long[] promised;

    private ExtentImage(ByteSource source, List<Extent> extents) {
        this.source = source;
        this.mapped = source.segment();
        this.cache = new PageCache(this::fill);
        int count = extents.size();
        bases = new long[count];
        sizes = new long[count];
        offsets = new long[count];
        readable = new long[count];
        promised = new long[count];
        for (int i = 0; i < count; i++) {
            Extent extent = extents.get(i);
            bases[i] = extent.base;
            sizes[i] = extent.sizeBytes;
            offsets[i] = extent.offset;
            promised[i] = Math.min(extent.storedBytes, extent.sizeBytes);
            readable[i] = Math.clamp(source.sizeBytes() - extent.offset, 0, promised[i]);
        }
    }

    /**
     * Puts ranges together. Those that cannot be are left out; where two overlap (as the kernel's text and the memory around
     * it do in a vmcore), the one with the lower base address counts; of what the file does not have the image says so.
     *
     * @param findings receives what is wrong
     */
    public static ExtentImage of(ByteSource source, List<Extent> extents, List<ImageFinding> findings) {
        List<Extent> sorted = new ArrayList<>();
        for (Extent extent : extents) {
            if (extent.sound()) {
                sorted.add(extent);
            } else {
                findings.add(new ImageFinding(ImageFinding.HEADER, "no such range: " + extent));
            }
        }
        sorted.sort(Comparator.comparingLong(Extent::base).thenComparingLong(Extent::sizeBytes));
        List<Extent> kept = new ArrayList<>();
        long next = 0;
        for (Extent extent : sorted) {
            long cut = next - extent.base;
            if (cut < extent.sizeBytes) {
                Extent part = cut <= 0 ? extent
                        : new Extent(next, extent.sizeBytes - cut, extent.offset + cut, Math.max(0, extent.storedBytes - cut));
                kept.add(part);
                next = part.last() + 1;
            }
        }
        ExtentImage image = new ExtentImage(source, kept);
        image.report(findings);
        return image;
    }

    private void report(List<ImageFinding> findings) {
        long lost = 0;
        for (int i = 0; i < bases.length; i++) {
            lost += promised[i] - readable[i];
        }
        if (lost > 0) {
            findings.add(new ImageFinding(ImageFinding.TRUNCATED, "the file ends " + lost + " bytes before the memory that its headers promise"));
        }
    }

    @Override
    public boolean contains(long address, long sizeBytes) {
        int at = find(address);
        return at >= 0 && sizeBytes >= 0 && address - bases[at] <= readable[at] - sizeBytes && (mapped.isPresent() || fetched(address, sizeBytes));
    }

    /** Of a source that is not mapped, reading may fail where the headers promised bytes. */
    private boolean fetched(long address, long sizeBytes) {
        for (long frame = address >>> 12; frame <= address + Math.max(sizeBytes, 1) - 1 >>> 12; frame++) {
            if (!cache.readable(frame)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int read32(long address) {
        return mapped.isPresent() ? mapped.get().get(WORD32, offset(address, 4)) : (int) cached(address, 4);
    }

    @Override
    public long read64(long address) {
        return mapped.isPresent() ? mapped.get().get(WORD64, offset(address, 8)) : cached(address, 8);
    }

    private long cached(long address, int bytes) {
        if (!contains(address, bytes)) {
            throw missing(address);
        }
        if ((address & 0xFFF) <= PAGE_BYTES - 8) {
            return cache.word(address);
        }
        byte[] word = new byte[8];
        source.read(offset(address, bytes), word, 0, bytes);
        return ByteBuffer.wrap(word).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    private long offset(long address, int bytes) {
        int at = find(address);
        if (at < 0 || address - bases[at] > readable[at] - bytes) {
            throw missing(address);
        }
        return offsets[at] + (address - bases[at]);
    }

    private static IndexOutOfBoundsException missing(long address) {
        return new IndexOutOfBoundsException("no memory at " + ImageFinding.hex(address));
    }

    @Override
    public boolean readPage(long address, long[] words) {
        if (mapped.isEmpty()) {
            return find(address) >= 0 && cache.read(address >>> 12, words);
        }
        int at = find(address);
        return at >= 0 && address - bases[at] <= readable[at] - PAGE_BYTES && source.words(offsets[at] + (address - bases[at]), words);
    }

    /** Fetches a page of a source that is not mapped; a page that an extent covers only in part is not read. */
    private boolean fill(long frame, long[] words) {
        long address = frame << 12;
        int at = find(address);
        if (at < 0) {
            return false;
        }
        int length = (int) Math.min(PAGE_BYTES, readable[at] - (address - bases[at]));
        byte[] page = new byte[PAGE_BYTES];
        if (length < PAGE_BYTES || source.read(offsets[at] + (address - bases[at]), page, 0, length) != length) {
            return false;
        }
        ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(words);
        return true;
    }

    @Override
    public Presence presence(long address) {
        int at = find(address);
        if (at < 0) {
            return Presence.NO_MEMORY;
        }
        long into = address - bases[at];
        if (into >= promised[at]) {
            return Presence.EXCLUDED;
        }
        if (into >= readable[at]) {
            return Presence.TRUNCATED;
        }
        return contains(address, 1) ? Presence.READABLE : Presence.DAMAGED;
    }

    @Override
    public List<Span> spans() {
        List<Span> spans = new ArrayList<>();
        for (int i = 0; i < bases.length; i++) {
            if (readable[i] > 0) {
                spans.add(new Span(bases[i], readable[i]));
            }
        }
        return spans;
    }

    @Override
    public Optional<MemorySegment> slice(long address, long sizeBytes) {
        int at = find(address);
        if (mapped.isEmpty() || at < 0 || sizeBytes < 0 || address - bases[at] > readable[at] - sizeBytes) {
            return Optional.empty();
        }
        return Optional.of(mapped.get().asSlice(offsets[at] + (address - bases[at]), sizeBytes));
    }

    @Override
    public Optional<MemorySegment> window(long address, long sizeBytes, Arena arena) {
        int at = find(address);
        if (mapped.isEmpty() || at < 0 || sizeBytes < 0 || address - bases[at] > readable[at] - sizeBytes) {
            return Optional.empty();
        }
        return source.window(offsets[at] + (address - bases[at]), sizeBytes, arena);
    }

    private int find(long address) {
        int low = 0;
        int high = bases.length - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            long into = address - bases[middle];
            if (into < 0) {
                high = middle - 1;
            } else if (into >= sizes[middle]) {
                low = middle + 1;
            } else {
                return middle;
            }
        }
        return -1;
    }
}
