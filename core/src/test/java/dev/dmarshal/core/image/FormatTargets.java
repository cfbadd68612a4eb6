package dev.dmarshal.core.image;

import dev.dmarshal.core.memory.MemoryImage;
import dev.dmarshal.core.memory.MemoryImage.Presence;
import dev.dmarshal.core.memory.MemoryImage.Span;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a fuzzer calls for each format of images: bytes as a file, or orders that spoil a well-formed one, and what comes of it is read and compared with what
 * must be equal. {@link dev.dmarshal.core.tables.CoreFuzz} has their names.
 */
public final class FormatTargets {
    private static final int PAGE = MemoryImage.PAGE_BYTES;
    private static final int MOST_SPANS = 8;
    private static final int FLATTENED_BYTES = 1 << 16;
    private static final long[] ANYWHERE = {0, PAGE, 1 << 20, 1L << 32, 1L << 51, Long.MAX_VALUE, Long.MIN_VALUE, -1};
    private static final byte[] ONE = new byte[PAGE];
    private static final byte[] OTHER = new byte[PAGE];
    private static final byte[] RAMP = ramp();

    private FormatTargets() {
    }

    private static byte[] ramp() {
        byte[] ramp = new byte[PAGE + 256];
        for (int i = 0; i < ramp.length; i++) {
            ramp[i] = (byte) i;
        }
        return ramp;
    }

    /** Bytes that are not mapped, as those of {@code /proc/kcore}. */
    private record Unmapped(ByteSource bytes) implements ByteSource {
        @Override
        public long sizeBytes() {
            return bytes.sizeBytes();
        }

        @Override
        public int read(long offset, byte[] into, int from, int length) {
            return bytes.read(offset, into, from, length);
        }

        @Override
        public Optional<MemorySegment> segment() {
            return Optional.empty();
        }
    }

    /** A source of any size of which every byte is that of its offset. */
    private record Endless(long sizeBytes) implements ByteSource {
        @Override
        public int read(long offset, byte[] into, int from, int length) {
            int count = offset < 0 ? 0 : Math.clamp(sizeBytes - offset, 0, Math.min(length, PAGE));
            System.arraycopy(RAMP, (int) offset & 0xFF, into, from, count);
            return count;
        }

        @Override
        public Optional<MemorySegment> segment() {
            return Optional.empty();
        }
    }

    /** An ELF core, mapped and not. */
    public static void elf(byte[] bytes) {
        MappedBytes source = new MappedBytes(MemorySegment.ofArray(bytes));
        ElfCore.recognises(source);
        same(ElfCore.read(source), ElfCore.read(new Unmapped(source)));
    }

    /** A LiME file, mapped and not. */
    public static void lime(byte[] bytes) {
        MappedBytes source = new MappedBytes(MemorySegment.ofArray(bytes));
        Lime.recognises(source);
        same(Lime.read(source), Lime.read(new Unmapped(source)));
    }

    /** The first byte says how the file is laid out, two give the logarithm of its size and of the base, the rest is a listing of memory. */
    public static void raw(byte[] bytes) {
        if (bytes.length < 3) {
            return;
        }
        String listing = new String(bytes, 3, bytes.length - 3, StandardCharsets.ISO_8859_1);
        Endless source = new Endless((1L << (bytes[1] & 63)) - 1 & Long.MAX_VALUE);
        RawLayout layout = switch (bytes[0] & 3) {
            case 0 -> new RawLayout.From(1L << (bytes[2] & 63));
            case 1 -> new RawLayout.Qemu((bytes[2] & 1) != 0);
            default -> new RawLayout.Listed(RawLayout.ranges(listing), (bytes[2] & 1) != 0);
        };
        probe(layout.read(source));
    }

    /** Pieces of a flattened file, and what putting them one after the other into a buffer gives. */
    public static void flattened(byte[] bytes) {
        byte[] file = new byte[PAGE + bytes.length];
        System.arraycopy("makedumpfile".getBytes(StandardCharsets.US_ASCII), 0, file, 0, 12);
        System.arraycopy(bytes, 0, file, PAGE, bytes.length);
        MappedBytes source = new MappedBytes(MemorySegment.ofArray(file));
        check(FlattenedBytes.recognises(source), "not recognised");
        FlattenedBytes flat = FlattenedBytes.of(source, new ArrayList<>());
        if (flat.sizeBytes() > FLATTENED_BYTES) {
            flat.read(flat.sizeBytes() - 16, ONE, 0, 16);
            flat.read(0, ONE, 0, PAGE);
            return;
        }
        byte[] naive = new byte[FLATTENED_BYTES];
        boolean[] there = new boolean[FLATTENED_BYTES];
        put(file, naive, there);
        byte[] read = new byte[FLATTENED_BYTES];
        for (int at = 0; at < flat.sizeBytes();) {
            int count = flat.read(at, read, at, (int) flat.sizeBytes() - at);
            for (int i = at; i < at + count; i++) {
                check(there[i] && read[i] == naive[i], "another byte at " + i);
            }
            check(at + count == flat.sizeBytes() || !there[at + count], "no byte at " + (at + count));
            at += count + 1;
        }
    }

    private static void put(byte[] file, byte[] into, boolean[] there) {
        ByteBuffer pieces = ByteBuffer.wrap(file).order(ByteOrder.BIG_ENDIAN);
        for (int at = PAGE; at + 16 <= file.length;) {
            long offset = pieces.getLong(at);
            long length = pieces.getLong(at + 8);
            if (offset < 0 || length <= 0 || offset > into.length - length) {
                return;
            }
            int count = (int) Math.min(length, file.length - at - 16);
            // What the file lacks of a piece nobody can read, whatever was there before.
            Arrays.fill(there, (int) offset, (int) (offset + length), false);
            Arrays.fill(there, (int) offset, (int) offset + count, true);
            System.arraycopy(file, at + 16, into, (int) offset, count);
            at += 16 + (int) length;
        }
    }

    /** A page packed by LZO. */
    public static void lzo(byte[] bytes) {
        packed(bytes, Lzo::decompress);
    }

    /** A page packed by Snappy. */
    public static void snappy(byte[] bytes) {
        packed(bytes, Snappy::decompress);
    }

    /** What comes out is a matter of what goes in alone; what is behind the packed bytes does not count. */
    private static void packed(byte[] bytes, PageCodec codec) {
        Arrays.fill(ONE, (byte) 0);
        Arrays.fill(OTHER, (byte) -1);
        boolean first = codec.decompress(bytes, bytes.length, ONE);
        boolean second = codec.decompress(Arrays.copyOf(bytes, bytes.length + 8), bytes.length, OTHER);
        check(first == second && (!first || Arrays.equals(ONE, OTHER)), "a page that is not all written, or bytes beyond the end that count");
    }

    /** Reads what the headers promise, here and there. */
    public static void probe(SavedMachine machine) {
        machine.coreInfoValues();
        MemoryImage memory = machine.memory();
        long[] words = new long[MemoryImage.PAGE_WORDS];
        long next = 0;
        List<Span> spans = memory.spans();
        for (int i = 0; i < Math.min(spans.size(), MOST_SPANS); i++) {
            Span span = spans.get(i);
            check(span.sizeBytes() > 0 && span.base() >= next, "spans out of order");
            next = span.base() + span.sizeBytes();
            look(memory, span.base(), words);
            look(memory, next - 1, words);
            look(memory, next, words);
        }
        for (long address : ANYWHERE) {
            look(memory, address, words);
        }
    }

    private static void look(MemoryImage memory, long address, long[] words) {
        Presence presence = memory.presence(address);
        check(memory.contains(address, 1) == (presence == Presence.READABLE), "a byte that is " + presence + " is contained, or the reverse");
        for (long at : new long[] {address, address & -8, (address & -PAGE) + PAGE - 8, address - 3}) {
            if (memory.contains(at, 8)) {
                long word = memory.read64(at);
                check((int) word == memory.read32(at), "half a word is another one");
            }
        }
        long page = address & -PAGE;
        boolean whole = memory.readPage(page, words);
        check(!whole || memory.contains(page, PAGE) && words[0] == memory.read64(page) && words[511] == memory.read64(page + PAGE - 8), "another page");
    }

    /** What can be read of a source that is not mapped (whole pages) is what can be read of one that is. */
    private static void same(SavedMachine mapped, SavedMachine unmapped) {
        probe(mapped);
        probe(unmapped);
        long[] one = new long[MemoryImage.PAGE_WORDS];
        long[] other = new long[MemoryImage.PAGE_WORDS];
        List<Span> spans = mapped.memory().spans();
        check(spans.equals(unmapped.memory().spans()), "other spans");
        for (int i = 0; i < Math.min(spans.size(), MOST_SPANS); i++) {
            long page = spans.get(i).base() + PAGE - 1 & -PAGE;
            boolean there = mapped.memory().readPage(page, one);
            check(there == unmapped.memory().readPage(page, other) && (!there || Arrays.equals(one, other)), "another page where nothing is mapped");
        }
    }

    static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
