package dev.dmarshal.core.tables;

import dev.dmarshal.core.image.ImageWriters;
import dev.dmarshal.core.image.ImageWriters.Part;
import dev.dmarshal.core.image.KdumpWriter;
import dev.dmarshal.core.image.KdumpWriter.Codec;
import dev.dmarshal.core.tables.CoreFuzz.Target;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What the fuzzer starts from: for each target inputs that are in order, so that it need not find a magic number first. */
public final class FuzzSeeds {

    private FuzzSeeds() {
    }

    /** Writes the seeds of a target: its name, and the folder. */
    public static void main(String[] arguments) throws IOException {
        Target target = Target.valueOf(arguments[0].toUpperCase(java.util.Locale.ROOT));
        int count = 0;
        for (byte[] seed : of(target)) {
            Files.write(Path.of(arguments[1], "seed-" + count++), seed);
        }
    }

    static List<byte[]> of(Target target) {
        byte[] page = KdumpWriter.repeating(new Random(1));
        return switch (target) {
            case ELF -> List.of(ImageWriters.elf(List.of(Part.of(0x1000, page), new Part(0x4000, 0x3000, new byte[100])), "A=B\n", 1, true),
                    ImageWriters.elf(List.of(Part.of(0x1008, new byte[40]), Part.of(0x1010, new byte[40])), "OSRELEASE=6\n", 1, false));
            case LIME -> List.of(ImageWriters.lime(List.of(Part.of(0, new byte[8]), Part.of(0x1000, page), Part.of(0x1800, new byte[16]))),
                    ImageWriters.lime(List.of(new Part(0x1000, 0x9000, new byte[16]))));
            case RAW -> texts();
            case KDUMP -> kdumps(page);
            case FLATTENED -> List.of(pieces(0, 8, 4, 8, 8, 4), pieces(0, 16, 4, 4), pieces(4, 4, 0, 16, 20, 2), pieces(1L << 40, 3));
            case LZO -> List.of(KdumpWriter.pack(page, Codec.LZO), KdumpWriter.pack(new byte[page.length], Codec.LZO));
            case SNAPPY -> List.of(KdumpWriter.pack(page, Codec.SNAPPY), KdumpWriter.pack(new byte[page.length], Codec.SNAPPY));
            case WALK, MAPPINGS, SEARCH, AUDIT -> orders();
            case FILES -> files();
        };
    }

    private static List<byte[]> texts() {
        List<byte[]> texts = new ArrayList<>();
        for (String text : new String[] {"\2\20\0" + "00001000-0009fbff : System RAM\n  00002000-00003fff : Kernel code\n100000-1fffff : Reserved\n",
            "\2\40\1[    0.0] BIOS-e820: [mem 0x0000000000001000-0x000000000009fbff] usable\n", "\3\50\10-fff\n0x2000 - 0x5fff, (usable)\n", "\0\30\14", "\1\50\1",
            "\1\37\0"}) {
            texts.add(text.getBytes(StandardCharsets.ISO_8859_1));
        }
        return texts;
    }

    /** No order and a packed page; as two parts; some fields changed. */
    private static List<byte[]> kdumps(byte[] page) {
        List<byte[]> seeds = new ArrayList<>();
        for (Codec codec : List.of(Codec.ZLIB, Codec.LZO, Codec.SNAPPY)) {
            byte[] packed = KdumpWriter.pack(page, codec);
            seeds.add(ByteBuffer.allocate(1 + packed.length).put((byte) 0).put(packed).array());
        }
        seeds.add(new byte[] {0x12, 6, 0, 1, 14, 0, 4});
        seeds.add(new byte[] {3, 1, 0, 5, 9, 0, 0, 11, 1, 64, 4});
        return seeds;
    }

    private static byte[] pieces(long... offsetsAndLengths) {
        ByteBuffer file = ByteBuffer.allocate(1024);
        for (int i = 0; i < offsetsAndLengths.length; i += 2) {
            byte[] content = new byte[(int) offsetsAndLengths[i + 1]];
            Arrays.fill(content, (byte) ('a' + i));
            file.putLong(offsetsAndLengths[i]).putLong(content.length).put(content);
        }
        file.putLong(-1).putLong(-1);
        return Arrays.copyOf(file.array(), file.position());
    }

    /** A root table in page 0, a context table, three levels and a page, in legacy mode; the same in scalable mode with a first stage. */
    private static List<byte[]> orders() {
        ByteBuffer legacy = ByteBuffer.allocate(256).order(java.nio.ByteOrder.LITTLE_ENDIAN).put((byte) 0);
        pointer(legacy, 0, 0, 1, 0);
        pointer(legacy, 1, 0, 2, 0);
        word(legacy, 1, 1, 0x102);
        for (int page = 2; page < 6; page++) {
            pointer(legacy, page, 0, page + 1, 1);
        }
        ByteBuffer scalable = ByteBuffer.allocate(256).order(java.nio.ByteOrder.LITTLE_ENDIAN).put((byte) 0x10);
        pointer(scalable, 0, 0, 1, 0);
        pointer(scalable, 1, 0, 2, 0);
        pointer(scalable, 2, 0, 3, 0);
        word(scalable, 3, 0, 0x41);
        word(scalable, 3, 1, 5);
        word(scalable, 3, 2, 0x4000);
        for (int page = 4; page < 8; page++) {
            pointer(scalable, page, 0, page + 1, 2);
        }
        return List.of(Arrays.copyOf(legacy.array(), legacy.position()), Arrays.copyOf(scalable.array(), scalable.position()), kernels());
    }

    /** Two devices whose trees lead to one page, and copies of the root and the context table, as a crash kernel makes them. */
    private static byte[] kernels() {
        ByteBuffer orders = ByteBuffer.allocate(256).order(java.nio.ByteOrder.LITTLE_ENDIAN).put((byte) 0);
        for (int root : new int[] {0, 11}) {
            pointer(orders, root, 0, root + 1, 0);
            pointer(orders, root + 1, 0, 2, 0);
            word(orders, root + 1, 1, 0x102);
            pointer(orders, root + 1, 16, 6, 0);
            word(orders, root + 1, 17, 0x202);
        }
        for (int top : new int[] {2, 6}) {
            for (int page = top; page < top + 3; page++) {
                pointer(orders, page, 0, page + 1, 1);
            }
            pointer(orders, top + 3, 1, 10, 1);
        }
        return Arrays.copyOf(orders.array(), orders.position());
    }

    private static void pointer(ByteBuffer to, int page, int place, int target, int flags) {
        to.putShort((short) (place << 7 | page << 3)).put((byte) (flags << 4 | target));
    }

    private static void word(ByteBuffer to, int page, int place, long value) {
        to.putShort((short) (place << 7 | page << 3 | 1)).putLong(value);
    }

    /** One well-formed image of each format, with tables in it. */
    static List<byte[]> files() {
        byte[] memory = new byte[8 * 4096];
        word(memory, 0, 0x1001);
        word(memory, 0x1000 + 0x10 * 16, 0x2001);
        word(memory, 0x1008 + 0x10 * 16, 0x502);
        for (int level = 0; level < 3; level++) {
            word(memory, 0x2000 + level * 0x1000, 0x3003 + level * 0x1000);
        }
        word(memory, 0x5000, 0x7003);
        Map<Long, byte[]> pages = new HashMap<>();
        for (long page = 0; page < 8; page++) {
            pages.put(page, Arrays.copyOfRange(memory, (int) page * 4096, (int) page * 4096 + 4096));
        }
        byte[] kdump = KdumpWriter.write(pages, Codec.ZLIB, "OSRELEASE=1\n", false, 0, 0);
        return List.of(memory, ImageWriters.elf(List.of(Part.of(0, memory)), "A=B\n", 1, true), ImageWriters.lime(List.of(Part.of(0, memory))), kdump,
                KdumpWriter.flatten(kdump));
    }

    static void word(byte[] memory, int at, long value) {
        for (int i = 0; i < 8; i++) {
            memory[at + i] = (byte) (value >>> 8 * i);
        }
    }
}
