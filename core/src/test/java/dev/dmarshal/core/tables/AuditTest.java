package dev.dmarshal.core.tables;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.pci.SourceId;
import dev.dmarshal.core.tables.Candidate.InterruptTable;
import dev.dmarshal.core.vtd.ContextEntry;
import dev.dmarshal.core.vtd.SecondStageTree;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each kind of finding on tables that have just this wrong, and tables in order on which nothing is found. */
class AuditTest {
    private static final int RW = TestTables.RW;
    private static final int NIC = 0x0100;
    private static final int DISK = 0x0200;
    private static final List<Zone> KERNEL = List.of(new Zone("kernel code", 0x30_0000, 0x3F_FFFF, "reaches-kernel-text"),
            new Zone("page tables of a processor", 0x50_0000, 0x50_0FFF, "reaches-kernel-page-tables"));

    private final TestTables t = new TestTables();

    private List<TableFinding> audit(List<UnitTables> units, List<Zone> zones, List<ReservedRange> reserved) {
        return Audit.of(t.image, new AuditScope(units, List.of(), zones, reserved));
    }

    private List<String> labels() {
        List<Zone> zones = new ArrayList<>(KERNEL);
        zones.addAll(new ZoneCollector(t.image).ofUnit(t.legacy()));
        return audit(List.of(t.legacy()), zones, List.of()).stream().map(TableFinding::label).toList();
    }

    private SecondStageTree attached(int device, int domain) {
        SecondStageTree tree = t.tree();
        t.attach(device, domain, tree);
        return tree;
    }

    @Test
    void tablesInOrderHaveNoFinding() {
        attached(NIC, 1).map(0x1000, 0x60_0000, 0x4000, RW);
        attached(DISK, 2).map(0x1000, 0x61_0000, 0x4000, RW);
        assertThat(labels()).isEmpty();
    }

    @Test
    void kernelCodePageTablesAndRemappingTablesAreReached() {
        SecondStageTree tree = attached(NIC, 1);
        tree.map(0x1000, 0x3F_F000, 0x2000, RW);
        assertThat(labels()).containsExactly("reaches-kernel-text");
        tree.map(0x10_0000, 0x50_0000, 0x1000, SecondStageTree.WRITE);
        assertThat(labels()).containsExactly("reaches-kernel-text", "reaches-kernel-page-tables");
        tree.map(0x20_0000, tree.root(), 0x1000, RW);
        assertThat(labels()).containsExactly("reaches-kernel-text", "reaches-kernel-page-tables", "reaches-remapping-tables");
    }

    @Test
    void whatIsOnlyReadWeighsLess() {
        attached(NIC, 1).map(0x1000, 0x30_0000, 0x1000, SecondStageTree.READ);
        assertThat(labels()).containsExactly("reads-protected");
    }

    @Test
    void anotherGuestsMemoryIsReachedThoughAThirdReachesAll() {
        // The host's own devices have all memory one to one, as with iommu=pt on hardware without pass-through.
        attached(0x0010, 1).map(0, 0, 8 << 20, RW);
        attached(NIC, 2).map(0x1000, 0x60_0000, 0x4000, RW);
        attached(DISK, 3).map(0x8000, 0x60_2000, 0x8000, SecondStageTree.READ);
        List<String> pairs = audit(List.of(t.legacy()), List.of(), List.of()).stream().filter(finding -> finding.label().equals("writable-and-shared"))
                .map(TableFinding::detail).toList();
        assertThat(pairs).hasSize(3).anyMatch(detail -> detail.contains("0x602000-0x603fff") && detail.contains("domain 2") && detail.contains("domain 3"));
        assertThat(labels()).contains("identity-domain");
    }

    @Test
    void readingTogetherIsNoFinding() {
        attached(NIC, 2).map(0x1000, 0x60_0000, 0x4000, SecondStageTree.READ);
        attached(DISK, 3).map(0x8000, 0x60_0000, 0x4000, SecondStageTree.READ);
        assertThat(labels()).isEmpty();
    }

    @Test
    void overlapsAreThoseThatANaiveLookFinds() {
        for (int round = 0; round < 100; round++) {
            java.util.Random random = new java.util.Random(round);
            TestTables own = new TestTables();
            List<List<long[]>> mapped = new ArrayList<>();
            for (int device = 0; device < 5; device++) {
                SecondStageTree tree = own.tree();
                List<long[]> runs = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    long[] run = {0x60_0000 + random.nextInt(64) * 0x1000L, (1 + random.nextInt(6)) * 0x1000L, 1 + random.nextInt(3)};
                    tree.map(i * 0x10_0000L, run[0], run[1], (int) run[2]);
                    runs.add(run);
                }
                own.attach(NIC + device, device + 1, tree);
                mapped.add(runs);
            }
            List<String> expected = new ArrayList<>();
            for (int a = 0; a < 5; a++) {
                for (int b = a + 1; b < 5; b++) {
                    if (overlap(mapped.get(a), mapped.get(b))) {
                        expected.add((a + 1) + "+" + (b + 1));
                    }
                }
            }
            assertThat(Audit.of(own.image, new AuditScope(List.of(own.legacy()), List.of(), List.of(), List.of())).stream()
                    .filter(finding -> finding.label().equals("writable-and-shared")).map(AuditTest::domains).sorted()).as("round %d", round)
                    .containsExactlyElementsOf(expected);
        }
    }

    private static boolean overlap(List<long[]> some, List<long[]> others) {
        return some.stream().anyMatch(a -> others.stream().anyMatch(b -> ((a[2] | b[2]) & SecondStageTree.WRITE) != 0 && a[0] < b[0] + b[1]
                && b[0] < a[0] + a[1]));
    }

    private static String domains(TableFinding finding) {
        int[] ids = java.util.regex.Pattern.compile("domain (\\d+)").matcher(finding.detail()).results().mapToInt(m -> Integer.parseInt(m.group(1)))
                .sorted().toArray();
        return ids[0] + "+" + ids[1];
    }

    @Test
    void passThroughRefusedAndSilenced() {
        t.passThrough(NIC, 1);
        t.builder.context(t.root, DISK, new ContextEntry(1 | 2 | 3 << 2, 0));
        assertThat(labels()).containsExactly("pass-through", "device-refused", "faults-silenced");
    }

    @Test
    void domainsThatAreMixedUp() {
        attached(NIC, 7).map(0x1000, 0x60_0000, 0x1000, RW);
        SecondStageTree other = attached(DISK, 7);
        other.map(0x1000, 0x61_0000, 0x1000, RW);
        assertThat(labels()).containsExactly("domain-two-trees");
        t.attach(DISK + 8, 9, other);
        assertThat(labels()).containsExactly("domain-two-trees", "tree-two-domains");
    }

    @Test
    void damagedTables() {
        SecondStageTree tree = attached(NIC, 1);
        tree.map(0x1000, 0x60_0000, 0x4000, RW);
        // A page of 512 GiB, which no unit has.
        t.memory.write64(tree.entryAddress(1L << 39, 4), 0x83);
        t.memory.write64(tree.entryAddress(0x4000_0000L, 3), tree.root() | 3);
        t.memory.write64(tree.entryAddress(0x8000_0000L, 3), 0x7_0000_0003L);
        t.memory.write64(tree.entryAddress(0x4000, 1), 0xFEE0_0003L);
        assertThat(labels()).containsExactly("maps-interrupt-range", "maps-no-memory", "table-repeated", "table-missing", "reserved-bits");
    }

    @Test
    void firmwaresRangesThatAreNotMapped() {
        attached(NIC, 1).map(0x70_0000, 0x70_0000, 0x1000, RW);
        List<ReservedRange> ranges = Stream.of(NIC, DISK).map(device -> new ReservedRange(new SourceId(device), 0x70_0000, 0x70_1FFF)).toList();
        List<TableFinding> found = audit(List.of(t.legacy()), List.of(), ranges);
        assertThat(found).extracting(TableFinding::label).containsExactly("rmrr-unmapped", "rmrr-unmapped");
        assertThat(found.getFirst().detail()).contains("4096 bytes");
        assertThat(found.getLast().detail()).contains("no unit looked at has an entry");
        UnitTables lost = new UnitTables("lost", OptionalLong.of(1L << 40), OptionalLong.empty(), UnitTables.anyUnit(), false, "the test",
                UnitTables.Confidence.TOLD);
        assertThat(audit(List.of(t.legacy(), lost), List.of(), ranges)).extracting(TableFinding::label).containsExactly("rmrr-unmapped", "root-unreadable");
    }

    @Test
    void severalUnitsShareMemoryToo() {
        TestTables both = new TestTables();
        SecondStageTree one = both.tree();
        one.map(0x1000, 0x60_0000, 0x1000, RW);
        both.attach(NIC, 1, one);
        long second = both.builder.page();
        SecondStageTree other = both.tree();
        other.map(0x1000, 0x60_0000, 0x1000, RW);
        both.builder.context(second, DISK, ContextEntry.builder().present(true).translationType(ContextEntry.TranslationType.UNTRANSLATED_ONLY)
                .secondStage(other.root()).addressWidth(dev.dmarshal.core.vtd.AddressWidth.BITS_48).domain(1).build());
        UnitTables unit = new UnitTables("dmar1", OptionalLong.of(second), OptionalLong.empty(), UnitTables.anyUnit(), false, "the test",
                UnitTables.Confidence.TOLD);
        // Domain ids belong to one unit each: the same id on two units is no mistake.
        assertThat(Audit.of(both.image, new AuditScope(List.of(both.legacy(), unit), List.of(), List.of(), List.of()))).extracting(TableFinding::label)
                .containsExactly("writable-and-shared");
    }

    @Test
    void interruptEntries() {
        t.interrupts(0x40_0000, 3);
        t.memory.write64(0x40_0000 + 16 + 8, 0);
        t.memory.write64(0x40_0000 + 32, t.memory.read64(0x40_0000 + 32) | 1 << 12);
        InterruptTable table = new InterruptTable(0x40_0000, 256, 3, 2, UnitTables.Confidence.TOLD, "the test");
        assertThat(Audit.of(t.image, new AuditScope(List.of(), List.of(table), List.of(), List.of()))).extracting(TableFinding::label)
                .containsExactly("irte-unvalidated", "irte-reserved-bits");
    }

    /** As whoever saves memory leaves them in the page cache: the copy leads to the same context tables. */
    @Test
    void aCopyOfTheRootTablesPageAloneIsNoKernelsOwn() {
        attached(NIC, 1).map(0x1000, 0x60_0000, 0x1000, RW);
        attached(DISK, 2).map(0x1000, 0x61_0000, 0x1000, RW);
        for (int word = 0; word < 512; word++) {
            t.memory.write64(0x70_0000 + word * 8, t.memory.read64(t.root + word * 8));
        }
        var roots = TableSearch.all(t.image).roots();
        assertThat(roots).hasSize(2);
        assertThat(Kinship.among(t.image, roots, java.util.Optional.empty())).isEmpty();
    }

    /** Of a run that crosses the end of memory only what lies behind it counts. */
    @Test
    void ofARunOnlyWhatIsNoMemoryCounts() {
        attached(NIC, 1).map(0x10_0000, (8 << 20) - 0x3000, 0x8000, RW);
        List<TableFinding> found = audit(List.of(t.legacy()), List.of(), List.of());
        assertThat(found).extracting(TableFinding::label).containsExactly("maps-no-memory");
        assertThat(found.getFirst().detail()).contains("maps 20 KiB");
    }

    @Test
    void aRootTableThatWasCopiedIsKnown() {
        SecondStageTree tree = attached(NIC, 1);
        tree.map(0x1000, 0x60_0000, 0x1000, RW);
        SecondStageTree disk = attached(DISK, 2);
        disk.map(0x1000, 0x61_0000, 0x1000, RW);
        long copy = 0x70_0000;
        for (int i = 0; i < 512; i++) {
            long entry = t.memory.read64(t.root + i * 8);
            if (entry != 0) {
                long contexts = copy + 0x1000 + i * 0x1000L / 2;
                for (int word = 0; word < 512; word++) {
                    t.memory.write64(contexts + word * 8, t.memory.read64((entry & -4096) + word * 8));
                }
                t.memory.write64(copy + i * 8, contexts | 1);
            }
        }
        var roots = TableSearch.all(t.image).roots();
        assertThat(roots).hasSize(2);
        Kinship pair = Kinship.among(t.image, roots, java.util.Optional.of(new Zone("crash kernel", 0x70_0000, 0x7F_FFFF, "stale-tables"))).getFirst();
        assertThat(pair.older().address()).isEqualTo(t.root);
        assertThat(pair.newer().address()).isEqualTo(copy);
        assertThat(pair.sure()).isTrue();
        assertThat(pair.devices()).containsExactly(new SourceId(NIC), new SourceId(DISK));
    }
}
