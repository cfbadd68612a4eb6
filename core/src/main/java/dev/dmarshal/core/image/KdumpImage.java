package dev.dmarshal.core.image;

import dev.dmarshal.core.memory.MemoryImage;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** The memory of a kdump-compressed dump: pages are decompressed when they are asked for, and a bounded number of them is kept. */
final class KdumpImage implements MemoryImage {
    private static final int ZLIB = 1;
    private static final int LZO = 2;
    private static final int SNAPPY = 4;
    private static final int ZSTD = 0x20;
    private static final int CODECS = ZLIB | LZO | SNAPPY | ZSTD;
    /** Most bytes of a compressed page: what does not get smaller is stored as it is, but older versions did not look. */
    private static final int MOST_PACKED = 2 * PAGE_BYTES;

    private final List<KdumpPart> parts;
    private final PageCodec zstd;
    private final PageCache cache = new PageCache(this::fill);
    private final AtomicLong damaged = new AtomicLong();

    KdumpImage(List<KdumpPart> parts, PageCodec zstd) {
        this.parts = parts.stream().sorted(Comparator.comparingLong(KdumpPart::firstPage)).toList();
        this.zstd = zstd;
    }

    @Override
    public boolean contains(long address, long sizeBytes) {
        long end = address + Math.max(sizeBytes, 1) - 1;
        // No structure of a size worth asking for is longer than a few pages; longer ranges are looked at page by page all the same, until one is missing.
        if (address < 0 || sizeBytes < 0 || end < address) {
            return false;
        }
        for (long frame = address >>> 12; frame <= end >>> 12; frame++) {
            if (!cache.readable(frame)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int read32(long address) {
        check(address, 4);
        int shift = (int) (address & 7) * 8;
        long low = cache.word(address & ~7L) >>> shift;
        return shift <= 32 ? (int) low : (int) (low | cache.word((address & ~7L) + 8) << 64 - shift);
    }

    @Override
    public long read64(long address) {
        check(address, 8);
        if ((address & 0xFFF) <= PAGE_BYTES - 8) {
            return cache.word(address);
        }
        int shift = (int) (address & 7) * 8;
        return cache.word(address & ~7L) >>> shift | cache.word((address & ~7L) + 8) << 64 - shift;
    }

    private void check(long address, int bytes) {
        if (!contains(address, bytes)) {
            throw new IndexOutOfBoundsException("no memory at " + ImageFinding.hex(address));
        }
    }

    @Override
    public boolean readPage(long address, long[] words) {
        return address >= 0 && cache.read(address >>> 12, words);
    }

    @Override
    public Presence presence(long address) {
        long page = address >>> 12;
        Optional<KdumpPart> part = part(page);
        if (part.isEmpty()) {
            return Presence.NO_MEMORY;
        }
        // What was dumped is memory, whatever the bitmap of memory says.
        if (!part.get().isDumped(page)) {
            return part.get().isMemory(page) ? Presence.EXCLUDED : Presence.NO_MEMORY;
        }
        if (cache.readable(page)) {
            return Presence.READABLE;
        }
        return descriptor(part.get(), page).isEmpty() ? Presence.TRUNCATED : Presence.DAMAGED;
    }

    private Optional<KdumpPart> part(long page) {
        return parts.stream().filter(part -> part.covers(page)).findFirst();
    }

    private static Optional<FileFields> descriptor(KdumpPart part, long page) {
        return FileFields.at(part.source(), part.descriptors() + part.rank(page) * KdumpPart.DESCRIPTOR_BYTES, KdumpPart.DESCRIPTOR_BYTES)
                .filter(fields -> part.source().sizeBytes() - fields.word32(8) >= fields.word64(0));
    }

    private boolean fill(long page, long[] words) {
        Optional<KdumpPart> part = part(page);
        if (part.isEmpty() || !part.get().isDumped(page)) {
            return false;
        }
        Optional<FileFields> descriptor = descriptor(part.get(), page);
        if (descriptor.isEmpty()) {
            return false;
        }
        byte[] bytes = new byte[PAGE_BYTES];
        if (!decode(part.get().source(), descriptor.get(), bytes)) {
            damaged.incrementAndGet();
            return false;
        }
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(words);
        return true;
    }

    private boolean decode(ByteSource source, FileFields descriptor, byte[] page) {
        long size = descriptor.word32(8);
        if (size > MOST_PACKED) {
            return false;
        }
        Optional<byte[]> packed = source.bytes(descriptor.word64(0), (int) size);
        if (packed.isEmpty()) {
            return false;
        }
        return switch ((int) descriptor.word32(12) & CODECS) {
            case 0 -> stored(packed.get(), page);
            case ZLIB -> inflate(packed.get(), page);
            case LZO -> Lzo.decompress(packed.get(), (int) size, page);
            case SNAPPY -> Snappy.decompress(packed.get(), (int) size, page);
            case ZSTD -> zstd.decompress(packed.get(), (int) size, page);
            default -> false;
        };
    }

    private static boolean stored(byte[] packed, byte[] page) {
        if (packed.length != page.length) {
            return false;
        }
        System.arraycopy(packed, 0, page, 0, page.length);
        return true;
    }

    private static boolean inflate(byte[] packed, byte[] page) {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(packed);
            return inflater.inflate(page) == page.length;
        } catch (DataFormatException damagedPage) {
            return false;
        } finally {
            inflater.end();
        }
    }

    @Override
    public long damagedPages() {
        return damaged.get();
    }

    @Override
    public List<Span> spans() {
        List<Span> spans = new ArrayList<>();
        for (KdumpPart part : parts) {
            if (part.endPage() > part.firstPage()) {
                spans.add(new Span(part.firstPage() << 12, part.endPage() - part.firstPage() << 12));
            }
        }
        return spans;
    }

    @Override
    public Optional<MemorySegment> slice(long address, long sizeBytes) {
        return Optional.empty();
    }
}
