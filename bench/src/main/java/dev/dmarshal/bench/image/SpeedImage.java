package dev.dmarshal.bench.image;

import dev.dmarshal.core.memory.SegmentMemory;
import dev.dmarshal.core.tables.UnitTables;
import dev.dmarshal.core.tables.UnitTables.Confidence;
import dev.dmarshal.core.vtd.AddressWidth;
import dev.dmarshal.core.vtd.ContextEntry;
import dev.dmarshal.core.vtd.ContextEntry.TranslationType;
import dev.dmarshal.core.vtd.SecondStageTree;
import dev.dmarshal.core.vtd.TableBuilder;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import java.util.Random;

/** The image whose speed is measured: tables of eight devices, and around them memory as kernels have it. */
final class SpeedImage {
    private static final int TREES = 8;
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private SpeedImage() {
    }

    /** Where an image of this size has its root table. */
    static long root(long size) {
        return size / 4 * 3;
    }

    /** The unit of an image. */
    static UnitTables unit(long root) {
        return new UnitTables("bench", OptionalLong.of(root), OptionalLong.empty(), UnitTables.anyUnit(), false, "bench", Confidence.TOLD);
    }

    /** Half of the memory is zero, a quarter noise, a quarter what looks like pointers and small numbers; the tables lie in the last. */
    static void make(Path file, long size, int pages) throws IOException {
        try (Arena arena = Arena.ofConfined();
                FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MemorySegment bytes = channel.map(MapMode.READ_WRITE, 0, size, arena);
            Random random = new Random(1);
            for (long page = 0; page < root(size); page += 4096) {
                int kind = (int) (page >>> 16) % 4;
                long seed = random.nextLong();
                for (long at = page; at < page + 4096; at += 8) {
                    seed = seed * 6364136223846793005L + 1442695040888963407L;
                    bytes.set(WORD, at, kind < 2 ? 0 : kind == 2 ? seed : (seed & 8) == 0 ? 0xFFFF_8880_0000_0000L | seed >>> 30 : seed >>> 56);
                }
            }
            TableBuilder builder = new TableBuilder(new SegmentMemory(bytes), root(size));
            long root = builder.page();
            for (int i = 0; i < TREES; i++) {
                SecondStageTree tree = builder.secondStage(AddressWidth.BITS_48);
                long iova = 1L << 32;
                // Runs of one to 63 pages, so that a million pages make some 33,000 runs.
                for (int left = pages / TREES; left > 0;) {
                    int run = Math.min(left, 1 + random.nextInt(63));
                    tree.map(iova, random.nextLong(0, size >>> 12) << 12, run * 4096L, SecondStageTree.READ | SecondStageTree.WRITE);
                    iova += run * 4096L;
                    left -= run;
                }
                builder.context(root, 0x100 + i * 8, ContextEntry.builder().present(true).translationType(TranslationType.UNTRANSLATED_ONLY)
                        .secondStage(tree.root()).addressWidth(AddressWidth.BITS_48).domain(i + 1).build());
            }
        }
    }
}
