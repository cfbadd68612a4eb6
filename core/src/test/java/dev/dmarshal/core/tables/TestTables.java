package dev.dmarshal.core.tables;

import dev.dmarshal.core.image.MappedBytes;
import dev.dmarshal.core.image.RawLayout;
import dev.dmarshal.core.memory.MemoryImage;
import dev.dmarshal.core.memory.SegmentMemory;
import dev.dmarshal.core.vtd.AddressWidth;
import dev.dmarshal.core.vtd.ContextEntry;
import dev.dmarshal.core.vtd.ContextEntry.TranslationType;
import dev.dmarshal.core.vtd.Irte;
import dev.dmarshal.core.vtd.SecondStageTree;
import dev.dmarshal.core.vtd.TableBuilder;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Memory of a few MiB in which tables are built, and the image of it. */
final class TestTables {
    static final int RW = SecondStageTree.READ | SecondStageTree.WRITE;

    record Run(long input, long output, long sizeBytes, int rights) {
    }

    record Hole(long input, long sizeBytes, MappingSink.Gap gap) {
    }

    /** Keeps what a lister says. */
    static final class Kept implements MappingSink {
        final List<Run> runs = new ArrayList<>();
        final List<Hole> gaps = new ArrayList<>();

        @Override
        public void run(long input, long output, long sizeBytes, int rights) {
            runs.add(new Run(input, output, sizeBytes, rights));
        }

        @Override
        public void gap(long input, long sizeBytes, Gap gap, long entryAddress, long entry, MemoryImage.Presence presence) {
            gaps.add(new Hole(input, sizeBytes, gap));
        }
    }

    final SegmentMemory memory;
    final MemoryImage image;
    final TableBuilder builder;
    final long root;

    TestTables(int megabytes, long firstPage) {
        MemorySegment segment = MemorySegment.ofArray(new long[megabytes << 17]);
        memory = new SegmentMemory(segment);
        image = new RawLayout.From(0).read(new MappedBytes(segment)).memory();
        builder = new TableBuilder(memory, firstPage);
        root = builder.page();
    }

    TestTables() {
        this(8, 0x10_0000);
    }

    UnitTables legacy() {
        return new UnitTables("test", OptionalLong.of(root), OptionalLong.empty(), UnitTables.anyUnit(), false, "the test", UnitTables.Confidence.TOLD);
    }

    UnitTables scalable() {
        return new UnitTables("test", OptionalLong.of(root | 1 << 10), OptionalLong.empty(), UnitTables.anyUnit(), false, "the test",
                UnitTables.Confidence.TOLD);
    }

    SecondStageTree tree() {
        return builder.secondStage(AddressWidth.BITS_48);
    }

    long attach(int device, int domain, SecondStageTree tree) {
        return builder.context(root, device, ContextEntry.builder().present(true).translationType(TranslationType.UNTRANSLATED_ONLY)
                .secondStage(tree.root()).addressWidth(AddressWidth.ofLevels(tree.levels())).domain(domain).build());
    }

    long passThrough(int device, int domain) {
        return builder.context(root, device, ContextEntry.builder().present(true).translationType(TranslationType.PASS_THROUGH)
                .addressWidth(AddressWidth.BITS_48).domain(domain).build());
    }

    /** An interrupt-remapping table at a multiple of 1 MiB with some entries that check their source. */
    void interrupts(long base, int entries) {
        for (int i = 0; i < entries; i++) {
            Irte entry = Irte.xapic(0x30 + i, 1).from(1, 0, 0x100 + i);
            memory.write64(base + i * 16L, entry.low());
            memory.write64(base + i * 16L + 8, entry.high());
        }
    }

    Kept list(PageTree tree) {
        Kept kept = new Kept();
        new TreeLister(image, UnitTables.anyUnit()).list(tree, false, kept);
        return kept;
    }
}
