package dev.dmarshal.core.tables;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.pci.SourceId;
import dev.dmarshal.core.tables.Candidate.InterruptTable;
import dev.dmarshal.core.tables.UnitTables.Confidence;
import dev.dmarshal.core.vtd.ContextEntry;
import dev.dmarshal.core.vtd.ScalableContextEntry;
import dev.dmarshal.core.vtd.SecondStageTree;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** For each label of {@code findings.txt} tables with that wrong and nothing else; {@link AuditTest} looks closer at single ones. */
class AuditLabelsTest {
    private static final int RW = TestTables.RW;
    private static final int NIC = 0x0100;
    private static final int DISK = 0x0200;
    /** Where the image has no memory. */
    private static final long NOWHERE = 1L << 40;

    /** Tables in order with a NIC and a disk, what is to be judged of them, and what a case does to them. */
    private static final class Scene {
        private final TestTables t = new TestTables(16, 0x10_0000);
        private final SecondStageTree nic = t.tree();
        private final SecondStageTree disk = t.tree();
        private UnitTables unit = t.legacy();
        private List<Zone> zones = List.of();
        private List<InterruptTable> interrupts = List.of();
        private List<ReservedRange> reserved = List.of();

        Scene() {
            nic.map(0x1000, 0x60_0000, 0x4000, RW);
            disk.map(0x1000, 0x61_0000, 0x4000, RW);
            t.attach(NIC, 1, nic);
            t.attach(DISK, 2, disk);
        }

        List<TableFinding> findings() {
            return Audit.of(t.image, new AuditScope(List.of(unit), interrupts, zones, reserved));
        }

        void zone(String label) {
            zones = List.of(new Zone("what no device may write", 0x60_1000, 0x60_1FFF, label));
        }

        void interrupts(int entries) {
            t.interrupts(0x40_0000, entries);
            interrupts = List.of(new InterruptTable(0x40_0000, 256, entries, entries, Confidence.TOLD, "the test"));
        }

        void at(long rootRegister) {
            unit = new UnitTables("test", OptionalLong.of(rootRegister), OptionalLong.empty(), UnitTables.anyUnit(), false, "the test", Confidence.TOLD);
        }
    }

    private static final Map<String, Consumer<Scene>> CASES = cases();

    private static Map<String, Consumer<Scene>> cases() {
        Map<String, Consumer<Scene>> cases = new TreeMap<>();
        for (String zone : new String[] {"reaches-kernel-text", "reaches-kernel-page-tables"}) {
            cases.put(zone, scene -> scene.zone(zone));
        }
        cases.put("reaches-remapping-tables", scene -> {
            scene.nic.map(0x10_0000, scene.disk.root(), 0x1000, RW);
            scene.zones = new ZoneCollector(scene.t.image).ofUnit(scene.unit);
        });
        cases.put("reads-protected", scene -> {
            scene.zone("reaches-kernel-text");
            scene.t.memory.write64(scene.nic.entryAddress(0x2000, 1), 0x60_1001);
        });
        cases.put("writable-and-shared", scene -> scene.disk.map(0x10_0000, 0x60_0000, 0x1000, SecondStageTree.READ));
        cases.put("pass-through", scene -> scene.t.passThrough(0x10, 3));
        cases.put("identity-domain", AuditLabelsTest::identity);
        cases.put("domain-two-trees", scene -> scene.t.attach(DISK, 1, scene.disk));
        cases.put("tree-two-domains", scene -> scene.t.attach(DISK + 8, 9, scene.disk));
        cases.put("device-refused", scene -> scene.t.builder.context(scene.t.root, 0x10, new ContextEntry(1 | 3 << 2, 0)));
        cases.put("faults-silenced", scene -> {
            long entry = scene.t.attach(NIC, 1, scene.nic);
            scene.t.memory.write64(entry, scene.t.memory.read64(entry) | ContextEntry.FAULT_DISABLE.mask());
        });
        cases.put("rmrr-unmapped", scene -> scene.reserved = List.of(new ReservedRange(new SourceId(NIC), 0x70_0000, 0x70_0FFF)));
        cases.put("irte-unvalidated", scene -> {
            scene.interrupts(2);
            scene.t.memory.write64(0x40_0008, 0);
        });
        cases.put("irte-reserved-bits", scene -> {
            scene.interrupts(2);
            scene.t.memory.write64(0x40_0000, scene.t.memory.read64(0x40_0000) | 1 << 12);
        });
        cases.put("irte-unreadable", scene -> scene.interrupts = List.of(new InterruptTable(NOWHERE, 256, 0, 0, Confidence.TOLD, "the test")));
        damaged(cases);
        return cases;
    }

    private static void damaged(Map<String, Consumer<Scene>> cases) {
        // A page of 512 GiB, which no unit has.
        cases.put("reserved-bits", scene -> scene.t.memory.write64(scene.nic.entryAddress(1L << 39, 4), 0x83));
        // The NIC's top table once more, as a table of the third level.
        cases.put("table-repeated", scene -> scene.t.memory.write64(scene.nic.entryAddress(0x4000_0000L, 3), scene.nic.root() | 3));
        cases.put("table-missing", scene -> scene.t.memory.write64(scene.nic.entryAddress(0x4000_0000L, 3), NOWHERE | 3));
        cases.put("maps-no-memory", scene -> scene.nic.map(0x10_0000, NOWHERE, 0x1000, RW));
        cases.put("root-unreadable", scene -> scene.at(NOWHERE));
        cases.put("context-unreadable", scene -> scene.t.memory.write64(scene.t.root + 5 * 16, NOWHERE | 1));
        cases.put("pasid-unreadable", scene -> scene.t.builder.context(scalable(scene), NIC, ScalableContextEntry.builder().present(true).pasidEnabled(true)
                .directory(directory(scene, NOWHERE)).build()));
        cases.put("too-many-pasids", AuditLabelsTest::pasids);
        cases.put("not-all-judged", AuditLabelsTest::runs);
    }

    /** Half of the image one to one, with no other tables that it could be shared with. */
    private static void identity(Scene scene) {
        scene.t.builder.context(scene.t.root, DISK, new ContextEntry(0, 0));
        SecondStageTree tree = scene.t.tree();
        tree.map(0, 0, 8 << 20, RW);
        scene.t.attach(NIC, 1, tree);
    }

    private static long scalable(Scene scene) {
        long root = scene.t.builder.page();
        scene.at(root | 1 << 10);
        return root;
    }

    private static long directory(Scene scene, long table) {
        long directory = scene.t.builder.pasidDirectory(0);
        scene.t.memory.write64(directory + 8, table | 1);
        return directory;
    }

    /** Seventeen devices with the largest directory, each entry of which is the same empty table. */
    private static void pasids(Scene scene) {
        long root = scalable(scene);
        long table = scene.t.builder.page();
        long directory = 0x40_0000;
        for (int i = 0; i < 0x4000; i++) {
            scene.t.memory.write64(directory + i * 8L, table | 1);
        }
        for (int device = 0; device < 17; device++) {
            scene.t.builder.context(root, device, ScalableContextEntry.builder().present(true).pasidEnabled(true).directory(directory).directorySize(7).build());
        }
    }

    /** More runs than are kept of one tree: every page of the leaves leads to the page before the one that the entry before it leads to. */
    private static void runs(Scene scene) {
        SecondStageTree tree = scene.t.tree();
        for (long leaf = 0; leaf * 512 <= RunList.MOST_RUNS; leaf++) {
            tree.map(leaf << 21, 0xF0_0000, 0x1000, SecondStageTree.READ);
            long entries = tree.entryAddress(leaf << 21, 1);
            for (int i = 0; i < 512; i++) {
                scene.t.memory.write64(entries + i * 8, 0xF0_0001L - (i << 12));
            }
        }
        scene.t.builder.context(scene.t.root, DISK, new ContextEntry(0, 0));
        scene.t.attach(NIC, 1, tree);
    }

    static Set<String> labels() {
        return CASES.keySet();
    }

    @ParameterizedTest
    @MethodSource("labels")
    void thatAndNothingElse(String label) {
        Scene scene = new Scene();
        assertThat(scene.findings()).isEmpty();
        CASES.get(label).accept(scene);
        assertThat(scene.findings()).isNotEmpty().extracting(TableFinding::label).containsOnly(label);
    }

    /** Where interrupts are, there is no memory. */
    @Test
    void mapsInterruptRange() {
        Scene scene = new Scene();
        scene.nic.map(0x10_0000, 0xFEE0_0000L, 0x1000, RW);
        assertThat(scene.findings()).extracting(TableFinding::label).containsExactly("maps-interrupt-range", "maps-no-memory");
    }

    /** Found by searching, not by judging a unit. */
    @Test
    void staleTables() {
        Scene scene = new Scene();
        TestTables t = scene.t;
        long copy = 0xE0_0000;
        for (int bus : new int[] {NIC >> 8, DISK >> 8}) {
            long contexts = copy + bus * 0x1000L;
            for (int word = 0; word < 512; word++) {
                t.memory.write64(contexts + word * 8, t.memory.read64((t.memory.read64(t.root + bus * 16) & -4096) + word * 8));
            }
            t.memory.write64(copy + bus * 16, contexts | 1);
        }
        List<Kinship> pairs = Kinship.among(t.image, TableSearch.all(t.image).roots(), Optional.empty());
        assertThat(pairs).extracting(Kinship::finding).hasSize(1).first().satisfies(finding -> assertThat(finding.label()).isEqualTo("stale-tables"))
                .satisfies(finding -> assertThat(finding.detail()).contains("0xe00000 was copied from 0x" + Long.toHexString(t.root), "01:00.0, 02:00.0"));
    }

    @Test
    void noLabelIsLeftOut() {
        Set<String> shown = new TreeSet<>(labels());
        shown.addAll(List.of("maps-interrupt-range", "stale-tables"));
        assertThat(shown).isEqualTo(new TreeSet<>(FindingTexts.all().keySet()));
    }
}
