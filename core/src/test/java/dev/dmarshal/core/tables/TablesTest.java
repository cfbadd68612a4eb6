package dev.dmarshal.core.tables;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.memory.ScratchMemory;
import dev.dmarshal.core.pci.SourceId;
import dev.dmarshal.core.tables.Attachment.Kind;
import dev.dmarshal.core.tables.MappingSink.Gap;
import dev.dmarshal.core.tables.TestTables.Hole;
import dev.dmarshal.core.tables.TestTables.Kept;
import dev.dmarshal.core.tables.TestTables.Run;
import dev.dmarshal.core.unit.RemappingUnit;
import dev.dmarshal.core.unit.Request;
import dev.dmarshal.core.unit.Translation;
import dev.dmarshal.core.vtd.FirstStageTree;
import dev.dmarshal.core.vtd.PasidEntry;
import dev.dmarshal.core.vtd.ScalableContextEntry;
import dev.dmarshal.core.vtd.SecondStageTree;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Devices, mappings and search on tables that were built here. */
class TablesTest {
    private static final int RW = TestTables.RW;

    @Test
    void runsAreMergedAcrossTablesAndPageSizes() {
        TestTables t = new TestTables();
        SecondStageTree tree = t.tree();
        tree.map(0x1000, 0x5000_1000, 0x20_0000, RW);
        tree.largePages(2).map(0x8000_0000L, 0x1_0000_0000L, 0x60_0000, RW);
        tree.map(0x8060_0000L, 0x1_0060_0000L, 0x3000, RW);
        tree.map(0x8060_3000L, 0x1_0060_3000L, 0x1000, SecondStageTree.READ);
        Kept kept = t.list(new PageTree(tree.root(), 4, false));
        assertThat(kept.runs).containsExactly(new Run(0x1000, 0x5000_1000, 0x20_0000, 3), new Run(0x8000_0000L, 0x1_0000_0000L, 0x60_3000, 3),
                new Run(0x8060_3000L, 0x1_0060_3000L, 0x1000, 1));
        assertThat(kept.gaps).isEmpty();
    }

    @Test
    void legacyDevicesAreFoundWithTheirDomains() {
        TestTables t = new TestTables();
        SecondStageTree tree = t.tree();
        t.attach(0x0010, 5, tree);
        t.attach(0x0311, 5, tree);
        t.passThrough(0x0018, 2);
        t.builder.context(t.root, 0x0020, new dev.dmarshal.core.vtd.ContextEntry(1 | 3 << 2, 0));
        var contents = DeviceScan.scan(t.image, t.legacy());
        assertThat(contents.attachments()).extracting(a -> a.device().value()).containsExactly(0x10, 0x18, 0x20, 0x311);
        assertThat(contents.attachments()).extracting(Attachment::kind).containsExactly(Kind.TRANSLATED, Kind.PASS_THROUGH, Kind.BROKEN, Kind.TRANSLATED);
        assertThat(contents.attachments().getFirst().tree()).contains(new PageTree(tree.root(), 4, false));
        assertThat(contents.attachments().get(2).fault()).isPresent();
        assertThat(contents.contextTables()).hasSize(3);
    }

    @Test
    void scalableDevicesAreFoundWithTheirPasids() {
        TestTables t = new TestTables();
        SecondStageTree second = t.tree();
        FirstStageTree first = t.builder.firstStage(4);
        first.map(0x40_0000, 0x123_4000, 0x2000, FirstStageTree.WRITE | FirstStageTree.USER);
        long directory = t.builder.pasidDirectory(0);
        t.builder.context(t.root, 0x0190, ScalableContextEntry.builder().present(true).pasidEnabled(true).directory(directory).build());
        t.builder.pasid(directory, 0, PasidEntry.builder().present(true).translationType(PasidEntry.TranslationType.SECOND_STAGE)
                .addressWidth(dev.dmarshal.core.vtd.AddressWidth.BITS_48).secondStage(second.root()).domain(9).build());
        t.builder.pasid(directory, 70, PasidEntry.builder().present(true).translationType(PasidEntry.TranslationType.FIRST_STAGE)
                .firstStageLevels(4).firstStage(first.root()).domain(9).build());
        var contents = DeviceScan.scan(t.image, t.scalable());
        assertThat(contents.attachments()).hasSize(2);
        assertThat(contents.attachments().getFirst().ownPasid()).isTrue();
        assertThat(contents.attachments().getLast().pasid()).hasValue(70);
        Kept kept = t.list(contents.attachments().getLast().tree().orElseThrow());
        assertThat(kept.runs).hasSize(1).first().satisfies(run -> assertThat(run.input()).isEqualTo(0x40_0000));
        assertThat(TableSearch.all(t.image).roots()).anySatisfy(found -> assertThat(found.address()).isEqualTo(t.root));
    }

    @Test
    void loopsAndTwoUsesOfATableAreSaidOnce() {
        TestTables t = new TestTables();
        SecondStageTree tree = t.tree();
        tree.map(0, 0x1000, 0x1000, RW);
        for (int i = 0; i < 512; i++) {
            t.memory.write64(tree.root() + i * 8, tree.root() | 3);
        }
        Kept kept = t.list(new PageTree(tree.root(), 4, false));
        assertThat(kept.gaps).hasSize(512).allMatch(hole -> hole.gap() == Gap.REPEATED_TABLE);
        assertThat(kept.runs).isEmpty();
    }

    @Test
    void reservedBitsAndMissingTablesAreHoles() {
        TestTables t = new TestTables();
        SecondStageTree tree = t.tree();
        tree.map(0, 0x1000, 0x1000, RW);
        t.memory.write64(tree.entryAddress(0x1000, 1), 0x2003 | 1L << 62);
        t.memory.write64(tree.entryAddress(0x4000_0000L, 3), 0x7_0000_0003L);
        t.memory.write64(tree.entryAddress(0x8000_0000L, 3), 0x1000_0000 | 0x1000 | 0x83);
        Kept kept = t.list(new PageTree(tree.root(), 4, false));
        assertThat(kept.runs).containsExactly(new Run(0, 0x1000, 0x2000, 3));
        assertThat(kept.gaps).containsExactly(new Hole(0x4000_0000L, 0x4000_0000L, Gap.UNREADABLE_TABLE), new Hole(0x8000_0000L, 0x4000_0000L,
                Gap.RESERVED_BITS));
    }

    @Test
    void whatIsListedIsWhatTheUnitTranslates() {
        for (int round = 0; round < 200; round++) {
            Random random = new Random(round);
            TestTables t = new TestTables();
            SecondStageTree tree = t.tree();
            for (int i = 0; i < 20; i++) {
                tree.largePages(1).map(random.nextLong(0, 1L << 20) << 12, random.nextLong(0, 1L << 24) << 12, (1 + random.nextInt(20)) * 0x1000L,
                        random.nextInt(4));
            }
            long[] spoiled = new long[6];
            for (int i = 0; i < spoiled.length; i++) {
                spoiled[i] = tree.entryAddress(random.nextLong(0, 1L << 32) & -4096, 1 + random.nextInt(3));
            }
            for (long at : spoiled) {
                t.memory.write64(at, t.memory.read64(at) ^ 1L << random.nextInt(64));
            }
            t.attach(0x10, 1, tree);
            Kept kept = t.list(new PageTree(tree.root(), 4, false));
            RemappingUnit unit = t.legacy().unit(new ScratchMemory(t.image));
            Translation out = new Translation();
            for (Run run : kept.runs) {
                for (long page : new long[] {0, run.sizeBytes() - 0x1000}) {
                    int request = (run.rights() & MappingSink.READ) != 0 ? Request.READ : Request.WRITE;
                    boolean interrupt = run.input() + page >>> 20 == 0xFEE || run.output() + page >>> 20 == 0xFEE;
                    assertThat(interrupt || unit.translate(0x10, run.input() + page, request, 0, out)).as("round %d %s", round, out).isTrue();
                    assertThat(interrupt || out.address() == run.output() + page).isTrue();
                }
            }
            for (int i = 0; i < 300; i++) {
                long address = random.nextLong(0, 1L << 32) & -4096;
                boolean listed = kept.runs.stream().anyMatch(run -> address - run.input() >= 0 && address - run.input() < run.sizeBytes()
                        && (run.rights() & MappingSink.READ) != 0);
                if (address >>> 20 != 0xFEE) {
                    assertThat(unit.translate(0x10, address, Request.READ, 0, out) || out.reasonCode() == 0x0E).as("round %d %x", round, address)
                            .isEqualTo(listed);
                }
            }
        }
    }

    @Test
    void theSearchFindsBothKindsAmongNoise() {
        TestTables t = new TestTables(16, 0x80_0000);
        SecondStageTree one = t.tree();
        one.map(0x10_0000, 0x20_0000, 0x10_0000, RW);
        SecondStageTree two = t.tree();
        two.map(0, 0x30_0000, 0x1000, RW);
        t.attach(0x0010, 5, one);
        t.attach(0x0100, 6, two);
        t.interrupts(0x10_0000, 20);
        Random noise = new Random(4);
        for (long at = 0x20_0000; at < 0x40_0000; at += 8) {
            t.memory.write64(at, at % 0x4000 < 0x2000 ? noise.nextLong() : noise.nextInt(100));
        }
        for (long at = 0x40_0000; at < 0x48_0000; at += 8) {
            t.memory.write64(at, noise.nextInt(4) == 0 ? noise.nextLong(0, 0x1000) << 12 | 1 : 0);
        }
        var found = TableSearch.all(t.image);
        assertThat(found.roots().getFirst().address()).isEqualTo(t.root);
        assertThat(found.roots().getFirst().confidence()).isEqualTo(UnitTables.Confidence.HIGH);
        assertThat(found.roots().stream().filter(root -> root.confidence() != UnitTables.Confidence.LOW)).hasSize(1);
        assertThat(found.interrupts().getFirst().address()).isEqualTo(0x10_0000);
        assertThat(found.interrupts().getFirst().confidence()).isEqualTo(UnitTables.Confidence.HIGH);
        assertThat(found.interrupts().getFirst().present()).isEqualTo(20);
        assertThat(DeviceScan.scan(t.image, found.roots().getFirst().tables()).attachments()).extracting(Attachment::device)
                .containsExactly(new SourceId(0x10), new SourceId(0x100));
    }

    /** As Xen fills its table: pins that are masked have an entry without a vector. */
    @Test
    void entriesOfMaskedPinsBelongToATable() {
        TestTables t = new TestTables();
        for (int i = 0; i < 24; i++) {
            boolean masked = i % 3 == 0;
            t.memory.write64(0x40_0000 + i * 16, masked ? 1 : 0x100L << 32 | 0x38 + i << 16 | 0x2D);
            t.memory.write64(0x40_0000 + i * 16 + 8, 0x4_FF00);
        }
        t.memory.write64(0x50_0000, 1);
        assertThat(TableSearch.all(t.image).interrupts()).hasSize(1).first().satisfies(found -> assertThat(found.present()).isEqualTo(24))
                .satisfies(found -> assertThat(found.confidence()).isEqualTo(UnitTables.Confidence.HIGH));
    }
}
