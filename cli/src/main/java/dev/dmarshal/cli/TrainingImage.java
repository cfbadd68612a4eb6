package dev.dmarshal.cli;

import dev.dmarshal.core.memory.SegmentMemory;
import dev.dmarshal.core.vtd.AddressWidth;
import dev.dmarshal.core.vtd.ContextEntry.TranslationType;
import dev.dmarshal.core.vtd.ContextEntry;
import dev.dmarshal.core.vtd.Irte;
import dev.dmarshal.core.vtd.SecondStageTree;
import dev.dmarshal.core.vtd.TableBuilder;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A small memory image with tables of a few devices, for the commands that read images to be trained on. */
public final class TrainingImage {

    private static final long SIZE = 16 << 20;
    private static final long TABLES = 8 << 20;
    private static final long INTERRUPTS = 4 << 20;
    private static final int DEVICES = 4;
    private static final int PAGES = 4096;
    private static final int RW = SecondStageTree.READ | SecondStageTree.WRITE;

    private TrainingImage() {
    }

    /**
     * Writes an image.
     *
     * @param step how far the pages that follow each other in device addresses lie apart in memory
     */
    static void write(Path file, int step) throws IOException {
        try (Arena arena = Arena.ofConfined();
                FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MemorySegment bytes = channel.map(MapMode.READ_WRITE, 0, SIZE, arena);
            SegmentMemory memory = new SegmentMemory(bytes);
            TableBuilder builder = new TableBuilder(memory, TABLES);
            long root = builder.page();
            for (int i = 0; i < DEVICES; i++) {
                SecondStageTree tree = builder.secondStage(AddressWidth.BITS_48);
                for (int page = 0; page < PAGES; page++) {
                    tree.map(0xF000_0000L + page * 4096L, (long) page * step % PAGES << 12, 4096, page % 512 == 0 ? SecondStageTree.READ : RW);
                }
                builder.context(root, 0x100 + i * 8, ContextEntry.builder().present(true).translationType(TranslationType.UNTRANSLATED_ONLY)
                        .secondStage(tree.root()).addressWidth(AddressWidth.BITS_48).domain(i + 1).build());
                Irte entry = Irte.xapic(0x30 + i, 1).from(1, 0, 0x100 + i * 8);
                memory.write64(INTERRUPTS + i * 16L, entry.low());
                memory.write64(INTERRUPTS + i * 16L + 8, entry.high());
            }
        }
    }
}
