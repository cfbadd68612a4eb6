package dev.dmarshal.core.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.memory.SegmentMemory;
import dev.dmarshal.core.vtd.AddressWidth;
import dev.dmarshal.core.vtd.FirstStageTree;
import dev.dmarshal.core.vtd.PasidEntry;
import dev.dmarshal.core.vtd.SecondStageTree;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** What the trace of a walk in scalable mode says: every structure on the way, where it lies, and how it ended. */
class TraceTest {
    private final Rig rig = Rig.scalable(CacheSizes.NONE);

    @Test
    void everyStructureOfAFirstStageWalk() {
        FirstStageTree tree = rig.tables.firstStage(4);
        tree.map(0x1000, 0x7000, 0x1000, FirstStageTree.WRITE | FirstStageTree.USER);
        PasidEntry entry = PasidEntry.builder().present(true).translationType(PasidEntry.TranslationType.FIRST_STAGE).firstStage(tree.root()).domain(5)
                .walkSnoop(true).noExecute(true).build();
        long at = rig.pasid(3, entry);
        WalkTrace trace = rig.unit.trace(Rig.DEVICE, 0x1234, Request.READ | Request.PASID, 3);
        assertThat(trace.steps()).extracting(WalkTrace.Step::structure).startsWith("ScalableRootEntry", "ScalableContextEntry", "PasidDirectoryEntry",
                "PasidEntry").hasSize(8);
        assertThat(trace.steps()).extracting(WalkTrace.Step::level).containsExactly(0, 0, 0, 0, 4, 3, 2, 1);
        assertThat(trace.steps().get(3).address()).isEqualTo(at);
        assertThat(trace.steps().get(3).words()).hasSize(8);
        assertThat(trace.steps().get(3).words().getFirst()).isEqualTo("0x%016x".formatted(entry.words()[0]));
        assertThat(trace.steps().getLast().address()).isEqualTo(tree.entryAddress(0x1000, 1));
        assertThat(trace.outcome().address()).isEqualTo(0x7234);
        String[] lines = trace.toString().split("\n");
        assertThat(lines).hasSize(9);
        assertThat(lines[3]).startsWith("0x%x ".formatted(at)).contains("PGTT=1").doesNotContain("level");
        assertThat(lines[7]).startsWith("0x%x level 1 ".formatted(tree.entryAddress(0x1000, 1))).contains("P=1");
        assertThat(lines[8]).isEqualTo("0x1234 -> 0x7234 R--");
    }

    @Test
    void wordsOfAPasidEntry() {
        long at = rig.pasid(3, PasidEntry.builder().present(true).translationType(PasidEntry.TranslationType.PASS_THROUGH).domain(5).build());
        for (int word = 3; word < 8; word++) {
            rig.memory.write64(at + 8L * word, 0x100L + word);
        }
        WalkTrace trace = rig.unit.trace(Rig.DEVICE, 0x1234, Request.READ | Request.PASID, 3);
        assertThat(trace.steps().getLast().words().subList(3, 8)).containsExactly("0x0000000000000103", "0x0000000000000104", "0x0000000000000105",
                "0x0000000000000106", "0x0000000000000107");
        assertThat(trace.outcome().reason()).map(reason -> reason.code()).contains(0x5A);
    }

    /** Where there is a short way that looks at no entry by itself, a trace does not take it. */
    @Test
    void everyEntryWhereThereIsAShortWay() {
        for (CacheSizes sizes : new CacheSizes[] {CacheSizes.NONE, new CacheSizes(4, 4, 4, 0), CacheSizes.DEFAULT}) {
            Rig segment = new Rig(Rig.scalableCapabilities().build(), sizes, new SegmentMemory(MemorySegment.ofArray(new long[1 << 19]), Rig.TABLES));
            SecondStageTree tree = segment.tables.secondStage(AddressWidth.BITS_48);
            tree.map(0x1000, 0x7000, 0x1000, Rig.RW);
            segment.pasid(0, PasidEntry.builder().present(true).translationType(PasidEntry.TranslationType.SECOND_STAGE)
                    .addressWidth(AddressWidth.BITS_48).secondStage(tree.root()).domain(5).build());
            segment.reads(0x1000, 0x7000);
            WalkTrace trace = segment.unit.trace(Rig.DEVICE, 0x1000, Request.READ, 0);
            assertThat(trace.steps()).extracting(WalkTrace.Step::level).containsExactly(0, 0, 0, 0, 4, 3, 2, 1);
        }
    }
}
