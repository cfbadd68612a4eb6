package dev.dmarshal.bench.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;

/**
 * Makes a sparse image whose page tables are larger than the memory that looking at them may take: one device with so many tables of the last level, each with
 * 512 pages that follow none another. Arguments: the file, the tables' MiB.
 */
public final class LargeTables {
    /** Where the root table is. */
    static final long ROOT = 0x10_0000;
    private static final long CONTEXT = ROOT + 0x1000;
    private static final long TOP = ROOT + 0x2000;
    private static final int ENTRIES = 512;
    private static final int PAGE = 4096;

    private LargeTables() {
    }

    /** Makes the file. */
    public static void main(String[] arguments) throws IOException {
        long leaves = Long.parseLong(arguments[1]) * (1 << 20) / PAGE;
        long directories = (leaves + ENTRIES - 1) / ENTRIES;
        long third = TOP + PAGE;
        long second = third + (directories + ENTRIES - 1) / ENTRIES * PAGE;
        long first = second + directories * PAGE;
        try (FileChannel file = FileChannel.open(Path.of(arguments[0]), StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            words(file, ROOT + 16, CONTEXT | 1);
            // Four levels, domain 1.
            words(file, CONTEXT, TOP | 1, 2 | 1 << 8);
            pointers(file, TOP, third, (directories + ENTRIES - 1) / ENTRIES);
            pointers(file, third, second, directories);
            pointers(file, second, first, leaves);
            leaves(file, first, leaves);
        }
    }

    private static void words(FileChannel file, long at, long... words) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(words.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(words);
        file.write(bytes, at);
    }

    private static void pointers(FileChannel file, long at, long to, long count) throws IOException {
        long[] words = new long[(int) count];
        for (int i = 0; i < count; i++) {
            words[i] = to + (long) i * PAGE | 3;
        }
        words(file, at, words);
    }

    private static void leaves(FileChannel file, long at, long count) throws IOException {
        Random random = new Random(1);
        long[] words = new long[ENTRIES];
        for (long leaf = 0; leaf < count; leaf++) {
            long base = random.nextLong(0, 1L << 24) << 12;
            for (int i = 0; i < ENTRIES; i++) {
                words[i] = base + (i & 1) * 0x4000_0000L + i * (long) PAGE | 3;
            }
            words(file, at + leaf * PAGE, words);
        }
    }
}
