package dev.dmarshal.core.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.vtd.AddressWidth;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.core.vtd.FirstStageTree;
import dev.dmarshal.core.vtd.PasidEntry;
import dev.dmarshal.core.vtd.SecondStageTree;
import org.junit.jupiter.api.Test;

/** What two stages make of a request together: the smaller page, the rights, snooping and memory type of both, and bits where both would set them. */
class NestedTest {
    private static final int ALL = FirstStageTree.WRITE | FirstStageTree.USER | FirstStageTree.EXECUTE;
    private static final int PASID = 9;
    private static final long GUEST = 0x10_0000_0000L;
    /** An address whose index differs at each level, and is not 0. */
    private static final long INPUT = 0x0123_4567_8000L & (1L << 47) - 1;

    private final Rig rig = Rig.scalable(CacheSizes.NONE);
    private final SecondStageTree second = rig.tables.secondStage(AddressWidth.BITS_39);
    private final FirstStageTree first = rig.tables.nestedFirstStage(4, GUEST);

    private PasidEntry.Builder nesting() {
        return PasidEntry.builder().present(true).translationType(PasidEntry.TranslationType.NESTED).firstStage(first.root()).firstStageLevels(4).domain(5)
                .walkSnoop(true).supervisor(true).execute(true).noExecute(true).addressWidth(AddressWidth.BITS_39).secondStage(second.root());
    }

    private void map(long target, int rights, int secondRights) {
        first.map(INPUT, 0x5000, 0x1000, rights);
        for (int level = 4; level > 0; level--) {
            long page = first.entryAddress(INPUT, level) & -0x1000L;
            second.map(page + GUEST, page, 0x1000, Rig.RW);
        }
        second.map(0x5000, target, 0x1000, secondRights);
    }

    private void ok(int request, long expected) {
        assertThat(rig.translate(INPUT, request, PASID)).as(rig.out::toString).isTrue();
        assertThat(rig.out.address()).isEqualTo(expected);
    }

    @Test
    void rightsAreThoseOfBoth() {
        map(0x9000, ALL, Rig.RW);
        rig.pasid(PASID, nesting().build());
        ok(Request.WRITE, 0x9000);
        assertThat(rig.out.readable() && rig.out.writable() && rig.out.executable()).isTrue();
        second.map(0x5000, 0x9000, 0x1000, SecondStageTree.READ);
        ok(Request.READ, 0x9000);
        assertThat(rig.out.readable() && rig.out.executable()).isTrue();
        assertThat(rig.out.writable()).as("the second stage denies it").isFalse();
        map(0x9000, FirstStageTree.USER, Rig.RW);
        ok(Request.READ, 0x9000);
        assertThat(rig.out.writable()).as("the first stage denies it").isFalse();
        assertThat(rig.out.executable()).as("the first stage denies it").isFalse();
    }

    @Test
    void dirtyOnlyWhereBothStagesAllowWrites() {
        map(0x9000, FirstStageTree.USER, Rig.RW);
        rig.pasid(PASID, nesting().secondStageAccessedDirty(true).build());
        ok(Request.READ | Request.TRANSLATION, 0x9000);
        assertThat(rig.memory.read64(second.entryAddress(0x5000, 1)) & 0x300).isEqualTo(0x100);
        map(0x9000, ALL, Rig.RW);
        ok(Request.READ | Request.TRANSLATION, 0x9000);
        assertThat(rig.memory.read64(second.entryAddress(0x5000, 1)) & 0x300).isEqualTo(0x300);
    }

    /** The first stage's accessed bits are writes into pages of the second stage, one page a table, and no other page. */
    @Test
    void updatesAreWritesToTheTablesPages() {
        map(0x9000, ALL, Rig.RW);
        rig.pasid(PASID, nesting().secondStageAccessedDirty(true).build());
        ok(Request.READ, 0x9000);
        for (int level = 4; level > 0; level--) {
            long page = (first.entryAddress(INPUT, level) & -0x1000L) + GUEST;
            assertThat(rig.memory.read64(second.entryAddress(page, 1)) & 0x300).as("table of level %d", level).isEqualTo(0x300);
        }
        assertThat(rig.memory.read64(second.entryAddress(0x5000, 1)) & 0x300).isEqualTo(0x100);
    }

    @Test
    void snoopingOfEither() {
        map(0x9000, ALL, Rig.RW);
        rig.pasid(PASID, nesting().build());
        ok(Request.READ, 0x9000);
        assertThat(rig.out.snooped()).isFalse();
        second.map(0x5000, 0x9000, 0x1000, Rig.RW | SecondStageTree.SNOOP);
        ok(Request.READ, 0x9000);
        assertThat(rig.out.snooped()).isTrue();
        second.map(0x5000, 0x9000, 0x1000, Rig.RW);
        rig.pasid(PASID, nesting().pageSnoop(true).build());
        ok(Request.READ, 0x9000);
        assertThat(rig.out.snooped()).isTrue();
    }

    @Test
    void memoryTypeOfBothOnlyWhenEnabled() {
        map(0x9000, ALL, Rig.RW);
        rig.pasid(PASID, nesting().attributes(0x6666_6664).build());
        ok(Request.READ, 0x9000);
        assertThat(rig.out.memoryType()).isEqualTo(Mapping.WRITE_BACK);
        rig.pasid(PASID, nesting().memoryTypeEnable(true).attributes(0x6666_6664).build());
        ok(Request.READ, 0x9000);
        assertThat(rig.out.memoryType()).as("EMT of the second stage is 0").isZero();
        long leaf = second.entryAddress(0x5000, 1);
        rig.memory.write64(leaf, rig.memory.read64(leaf) | 6 << 3);
        ok(Request.READ, 0x9000);
        assertThat(rig.out.memoryType()).as("write-through of the first stage").isEqualTo(4);
    }

    @Test
    void guestAddressesFitTheSecondStage() {
        map(0x9000, ALL, Rig.RW);
        rig.pasid(PASID, nesting().build());
        long leaf = first.entryAddress(INPUT, 1);
        rig.memory.write64(leaf, 1L << 39 | 0x67);
        rig.faults(INPUT, Request.READ, PASID, FaultReason.SGN_5);
        rig.memory.write64(leaf, (1L << 39) - 0x1000 | 0x67);
        rig.faults(INPUT, Request.READ, PASID, FaultReason.SSS_2);
    }
}
