package dev.dmarshal.core.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.vtd.AddressWidth;
import dev.dmarshal.core.vtd.Capability;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.core.vtd.FirstStageTree;
import dev.dmarshal.core.vtd.PasidEntry;
import dev.dmarshal.core.vtd.SecondStageTree;
import org.junit.jupiter.api.Test;

/** First stage alone and nested over the second stage, rule by rule, without caches. */
class FirstStageTest {
    private static final int ALL = FirstStageTree.WRITE | FirstStageTree.USER | FirstStageTree.EXECUTE;
    private static final int PASID = 9;
    private final Rig rig = Rig.scalable(CacheSizes.NONE);

    private static PasidEntry.Builder first(FirstStageTree tree) {
        return PasidEntry.builder().present(true).translationType(PasidEntry.TranslationType.FIRST_STAGE).firstStage(tree.root())
                .firstStageLevels(tree.levels()).domain(5).walkSnoop(true).supervisor(true).execute(true).noExecute(true);
    }

    private void ok(long address, int request, long expected) {
        assertThat(rig.translate(address, request, PASID)).as(rig.out::toString).isTrue();
        assertThat(rig.out.address()).isEqualTo(expected);
    }

    private void fails(long address, int request, FaultReason reason) {
        rig.faults(address, request, PASID, reason);
    }

    @Test
    void fourAndFiveLevelsAndCanonicalAddresses() {
        for (int levels = 4; levels <= 5; levels++) {
            FirstStageTree tree = rig.tables.firstStage(levels);
            long top = 1L << 11 + 9 * levels;
            tree.map(top - 0x1000, 0x7000, 0x1000, ALL);
            tree.map(-top, 0x8000, 0x1000, ALL);
            rig.pasid(PASID, first(tree).build());
            ok(top - 8, Request.READ, 0x7FF8);
            ok(-top, Request.WRITE, 0x8000);
            fails(top, Request.READ, FaultReason.SGN_1);
            fails(-top - 1, Request.READ, FaultReason.SGN_1);
            long at = tree.entryAddress(top - 0x1000, levels);
            rig.memory.write64(at, rig.memory.read64(at) | 1 << 7);
            fails(top - 8, Request.READ, FaultReason.SFS_3);
        }
    }

    @Test
    void fiveLevelsNeedTheirCapability() {
        Rig four = new Rig(Rig.scalableCapabilities().with(Capability.FIRST_STAGE_5_LEVELS, 0).with(Capability.FIRST_STAGE_1G, 0).build(), CacheSizes.NONE);
        FirstStageTree tree = four.tables.firstStage(5);
        four.pasid(0, first(tree).build());
        four.faults(0x1000, Request.READ, FaultReason.SPT_4);
        FirstStageTree large = four.tables.firstStage(4);
        large.largePages(3).map(0, 0, 0x4000_0000L, ALL);
        four.pasid(0, first(large).build());
        four.faults(0x1000, Request.READ, FaultReason.SFS_3);
    }

    @Test
    void largePages() {
        FirstStageTree tree = rig.tables.firstStage(4);
        tree.largePages(3).map(0x4000_0000L, 0x8000_0000L, 0x4000_0000L, ALL);
        tree.map(0x20_0000L, 0x60_0000L, 0x20_0000L, ALL);
        rig.pasid(PASID, first(tree).build());
        ok(0x7FFF_FFFFL, Request.READ, 0xBFFF_FFFFL);
        ok(0x3F_FFFFL, Request.READ, 0x7F_FFFFL);
        long at = tree.entryAddress(0x20_0000L, 2);
        rig.memory.write64(at, rig.memory.read64(at) | 1 << 12);
        ok(0x20_0000L, Request.READ, 0x60_0000L);
        rig.memory.write64(at, rig.memory.read64(at) | 1 << 13);
        fails(0x20_0000L, Request.READ, FaultReason.SFS_3);
    }

    @Test
    void permissions() {
        FirstStageTree tree = rig.tables.firstStage(4);
        tree.map(0x1000, 0x1000, 0x1000, FirstStageTree.USER);
        tree.map(0x2000, 0x2000, 0x1000, FirstStageTree.WRITE | FirstStageTree.EXECUTE);
        rig.pasid(PASID, first(tree).build());
        ok(0x1000, Request.READ, 0x1000);
        fails(0x1000, Request.WRITE, FaultReason.SGN_6);
        ok(0x1000, Request.WRITE | Request.PRIVILEGED, 0x1000);
        fails(0x1000, Request.READ | Request.EXECUTE, FaultReason.SGN_3);
        fails(0x2000, Request.READ, FaultReason.SGN_2);
        ok(0x2000, Request.WRITE | Request.PRIVILEGED, 0x2000);
        ok(0x2000, Request.READ | Request.EXECUTE | Request.PRIVILEGED, 0x2000);
        fails(0x3000, Request.READ, FaultReason.SFS_2);
        rig.pasid(PASID, first(tree).writeProtect(true).build());
        fails(0x1000, Request.WRITE | Request.PRIVILEGED, FaultReason.SGN_6);
        rig.pasid(PASID, first(tree).noExecute(false).build());
        fails(0x1000, Request.READ, FaultReason.SFS_3);
    }

    @Test
    void permissionsOfUpperLevels() {
        FirstStageTree tree = rig.tables.firstStage(4);
        tree.map(0x1000, 0x1000, 0x1000, ALL);
        rig.pasid(PASID, first(tree).build());
        long at = tree.entryAddress(0x1000, 3);
        long entry = rig.memory.read64(at);
        rig.memory.write64(at, entry & ~2);
        fails(0x1000, Request.WRITE, FaultReason.SGN_6);
        rig.memory.write64(at, entry & ~4);
        fails(0x1000, Request.READ, FaultReason.SGN_2);
        rig.memory.write64(at, entry | 1L << 63);
        ok(0x1000, Request.READ, 0x1000);
        assertThat(rig.out.executable()).isFalse();
        fails(0x1000, Request.READ | Request.EXECUTE, FaultReason.SGN_3);
    }

    @Test
    void unreadableAndReservedEntries() {
        FirstStageTree tree = rig.tables.firstStage(4);
        tree.map(0x1000, 0x1000, 0x1000, ALL);
        rig.pasid(PASID, first(tree).firstStage(1L << 33).build());
        fails(0x1000, Request.READ, FaultReason.SFS_4);
        rig.pasid(PASID, first(tree).build());
        long at = tree.entryAddress(0x1000, 3);
        rig.memory.write64(at, 1L << 33 | 7);
        fails(0x1000, Request.READ, FaultReason.SFS_1);
        rig.memory.write64(tree.entryAddress(0x1000, 4), 1L << 7 | 7);
        fails(0x1000, Request.READ, FaultReason.SFS_3);
    }

    @Test
    void accessedDirtyAndExtendedAccessed() {
        FirstStageTree tree = rig.tables.firstStage(4);
        tree.map(0x1000, 0x1000, 0x1000, ALL);
        rig.pasid(PASID, first(tree).build());
        long leaf = tree.entryAddress(0x1000, 1);
        ok(0x1000, Request.READ, 0x1000);
        assertThat(rig.memory.read64(leaf)).isEqualTo(0x1027);
        assertThat(rig.memory.read64(tree.entryAddress(0x1000, 4)) & 0xFFF).isEqualTo(0x27);
        ok(0x1000, Request.WRITE, 0x1000);
        assertThat(rig.memory.read64(leaf)).isEqualTo(0x1067);
        rig.pasid(PASID, first(tree).extendedAccessed(true).build());
        ok(0x1000, Request.READ, 0x1000);
        assertThat(rig.memory.read64(leaf)).isEqualTo(0x1467);
        rig.pasid(PASID, first(tree).walkSnoop(false).build());
        ok(0x1000, Request.WRITE, 0x1000);
        rig.memory.write64(leaf, 0x1027);
        fails(0x1000, Request.WRITE, FaultReason.SFS_9);
        assertThat(rig.memory.read64(leaf)).isEqualTo(0x1027);
    }

    @Test
    void interruptRangeIsOrdinaryInputWithPasid() {
        FirstStageTree tree = rig.tables.firstStage(4);
        tree.map(0xFEE0_0000L, 0x1000, 0x1000, ALL);
        tree.map(0x2000, 0xFEE0_0000L, 0x1000, ALL);
        rig.pasid(PASID, first(tree).build());
        ok(0xFEE0_0000L, Request.WRITE, 0x1000);
        fails(0x2000, Request.WRITE, FaultReason.SGN_8);
    }

    @Test
    void memoryTypes() {
        FirstStageTree tree = rig.tables.firstStage(4);
        tree.map(0x1000, 0x1000, 0x1000, ALL);
        long leaf = tree.entryAddress(0x1000, 1);
        PasidEntry.Builder entry = first(tree).memoryTypeEnable(true).attributes(0x0000_0146L | 5L << 28);
        rig.pasid(PASID, entry.build());
        int[][] cases = {{0, 6}, {1 << 3, 4}, {1 << 4, 1}, {1 << 4 | 1 << 3, 0}, {1 << 7 | 1 << 4 | 1 << 3, 5}};
        for (int[] one : cases) {
            rig.memory.write64(leaf, 0x1067 | one[0]);
            ok(0x1000, Request.READ, 0x1000);
            assertThat(rig.out.memoryType()).isEqualTo(one[1]);
        }
        rig.pasid(PASID, entry.cacheDisable(true).build());
        ok(0x1000, Request.READ, 0x1000);
        assertThat(rig.out.memoryType()).isZero();
    }

    private static final long GUEST = 0x10_0000_0000L;
    private final SecondStageTree second = rig.tables.secondStage(AddressWidth.BITS_48);
    private final FirstStageTree nested = rig.tables.nestedFirstStage(4, GUEST);

    private PasidEntry.Builder nesting() {
        return first(nested).translationType(PasidEntry.TranslationType.NESTED).addressWidth(AddressWidth.BITS_48).secondStage(second.root());
    }

    private void mapTables(int rights) {
        for (int level = 4; level > 0; level--) {
            long page = nested.entryAddress(0x1000, level) & -0x1000L;
            second.map(page + GUEST, page, 0x1000, rights);
        }
    }

    @Test
    void nestedTranslation() {
        nested.map(0x1000, 0x5000, 0x1000, ALL);
        mapTables(Rig.RW);
        second.map(0x5000, 0x9000, 0x1000, Rig.RW);
        rig.pasid(PASID, nesting().secondStageAccessedDirty(true).build());
        ok(0x1234, Request.WRITE, 0x9234);
        assertThat(rig.memory.read64(nested.entryAddress(0x1000, 1))).isEqualTo(0x5067);
        assertThat(rig.memory.read64(second.entryAddress(0x5000, 1))).isEqualTo(0x9303);
        long leafTable = (nested.entryAddress(0x1000, 1) & -0x1000L) + GUEST;
        assertThat(rig.memory.read64(second.entryAddress(leafTable, 1)) & 0x300).as("the accessed bit was written").isEqualTo(0x300);
    }

    @Test
    void nestedFaultsOfTheResult() {
        nested.map(0x1000, 0x5000, 0x2000, ALL);
        nested.map(0x3000, 1L << 40, 0x1000, ALL);
        mapTables(Rig.RW);
        second.map(0x5000, 0x9000, 0x1000, SecondStageTree.READ);
        second.map(1L << 40, 0xFEE0_0000L, 0x1000, Rig.RW);
        rig.pasid(PASID, nesting().build());
        ok(0x1000, Request.READ, 0x9000);
        assertThat(rig.out.writable()).isFalse();
        fails(0x1000, Request.WRITE, FaultReason.SGN_6);
        fails(0x2000, Request.READ, FaultReason.SSS_2);
        fails(0x3000, Request.READ, FaultReason.SGN_8);
        rig.pasid(PASID, nesting().addressWidth(AddressWidth.BITS_39).build());
        fails(0x3000, Request.READ, FaultReason.SSS_2);
    }

    @Test
    void nestedFaultsOfTheTables() {
        nested.map(0x1000, 0x5000, 0x1000, ALL);
        second.map(0x5000, 0x9000, 0x1000, Rig.RW);
        rig.pasid(PASID, nesting().build());
        fails(0x1000, Request.READ, FaultReason.SSS_2);
        mapTables(SecondStageTree.WRITE);
        fails(0x1000, Request.READ, FaultReason.SFS_6);
        mapTables(SecondStageTree.READ);
        fails(0x1000, Request.READ, FaultReason.SFS_8);
        mapTables(Rig.RW);
        long page = nested.entryAddress(0x1000, 2) & -0x1000L;
        second.map(page + GUEST, page, 0x1000, SecondStageTree.WRITE);
        fails(0x1000, Request.READ, FaultReason.SFS_7);
        mapTables(Rig.RW);
        rig.memory.write64(nested.entryAddress(0x1000, 3), 1L << 48 - 3 << 3 | 7);
        fails(0x1000, Request.READ, FaultReason.SFS_3);
        rig.pasid(PASID, nesting().firstStage(1L << 50).build());
        fails(0x1000, Request.READ, FaultReason.SFS_5);
    }

    @Test
    void rightsShownSnoopingAndTypes() {
        FirstStageTree tree = rig.tables.firstStage(4);
        tree.map(0x1000, 0x1000, 0x1000, ALL);
        rig.pasid(PASID, first(tree).attributes(0x6666_6660).build());
        ok(0x1000, Request.WRITE, 0x1000);
        assertThat(rig.out.readable() && rig.out.writable() && rig.out.executable()).isTrue();
        assertThat(rig.out.snooped()).isFalse();
        assertThat(rig.out.memoryType()).as("without EMTE").isEqualTo(Mapping.WRITE_BACK);
        rig.pasid(PASID, first(tree).pageSnoop(true).build());
        ok(0x1000, Request.READ, 0x1000);
        assertThat(rig.out.snooped()).isTrue();
    }

    /** Without NXE, XD is a reserved bit, for requests to execute too. */
    @Test
    void executionWithoutNoExecuteEnable() {
        FirstStageTree tree = rig.tables.firstStage(4);
        tree.map(0x1000, 0x1000, 0x1000, FirstStageTree.USER);
        rig.pasid(PASID, first(tree).noExecute(false).build());
        fails(0x1000, Request.READ | Request.EXECUTE, FaultReason.SFS_3);
    }
}
