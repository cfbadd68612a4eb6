package dev.dmarshal.core.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.vtd.AddressWidth;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.core.vtd.FirstStageTree;
import dev.dmarshal.core.vtd.PasidEntry;
import dev.dmarshal.core.vtd.SecondStageTree;
import org.junit.jupiter.api.Test;

/** Which accessed and dirty bits are set on the way, and what becomes of them when software changes the entry at the same moment. */
class EntryUpdateTest {
    private static final int PASID = 9;
    private static final int TRANSLATION = Request.READ | Request.TRANSLATION;

    private final MeddlingMemory memory = new MeddlingMemory();
    private final Rig rig = new Rig(Rig.scalableCapabilities().build(), CacheSizes.NONE, memory);
    private final SecondStageTree second = rig.tables.secondStage(AddressWidth.BITS_48);
    private final FirstStageTree first = rig.tables.firstStage(4);

    private void secondStage() {
        second.map(0x1000, 0x7000, 0x1000, Rig.RW);
        rig.pasid(PASID, PasidEntry.builder().present(true).translationType(PasidEntry.TranslationType.SECOND_STAGE).addressWidth(AddressWidth.BITS_48)
                .secondStage(second.root()).domain(5).walkSnoop(true).secondStageAccessedDirty(true).build());
    }

    private void firstStage() {
        first.map(0x1000, 0x7000, 0x1000, FirstStageTree.WRITE | FirstStageTree.USER | FirstStageTree.EXECUTE);
        rig.pasid(PASID, PasidEntry.builder().present(true).translationType(PasidEntry.TranslationType.FIRST_STAGE).firstStage(first.root()).domain(5)
                .walkSnoop(true).build());
    }

    private void clear(long at, long bits) {
        memory.write64(at, memory.read64(at) & ~bits);
    }

    private void ok(int request) {
        assertThat(rig.translate(0x1000, request, PASID)).as(rig.out::toString).isTrue();
        assertThat(rig.out.address()).isEqualTo(0x7000);
    }

    /** A translation request may be followed by writes, unless something on the way denies them. */
    @Test
    void translationRequestsSetDirtyWhereWritesAreAllowed() {
        secondStage();
        long leaf = second.entryAddress(0x1000, 1);
        clear(second.entryAddress(0x1000, 3), 2);
        ok(TRANSLATION);
        assertThat(rig.out.writable()).isFalse();
        assertThat(memory.read64(leaf)).isEqualTo(0x7103);
        memory.write64(second.entryAddress(0x1000, 3), memory.read64(second.entryAddress(0x1000, 3)) | 2);
        clear(leaf, 2);
        ok(TRANSLATION);
        assertThat(memory.read64(leaf)).isEqualTo(0x7101);
        memory.write64(leaf, 0x7003);
        ok(TRANSLATION);
        assertThat(rig.out.writable()).isTrue();
        assertThat(memory.read64(leaf)).isEqualTo(0x7303);
        firstStage();
        leaf = first.entryAddress(0x1000, 1);
        clear(first.entryAddress(0x1000, 3), 2);
        ok(TRANSLATION);
        assertThat(rig.out.writable()).isFalse();
        assertThat(memory.read64(leaf)).isEqualTo(0x7027);
        memory.write64(first.entryAddress(0x1000, 3), memory.read64(first.entryAddress(0x1000, 3)) | 2);
        ok(TRANSLATION);
        assertThat(memory.read64(leaf)).isEqualTo(0x7067);
    }

    @Test
    void entriesAboveAFaultAreAccessed() {
        secondStage();
        long leaf = second.entryAddress(0x1000, 1);
        memory.write64(leaf, 0x7001);
        rig.faults(0x1000, Request.WRITE, PASID, FaultReason.SGN_6);
        assertThat(memory.read64(leaf)).as("what stopped the walk").isEqualTo(0x7001);
        for (int level = 4; level > 1; level--) {
            assertThat(memory.read64(second.entryAddress(0x1000, level)) & 0x300).isEqualTo(0x100);
        }
        long table = second.entryAddress(0x1000, 2);
        memory.write64(table, 1L << 33 | 3);
        rig.faults(0x1000, Request.READ, PASID, FaultReason.SSS_1);
        assertThat(memory.read64(table)).as("it was used, though what it points to cannot be read").isEqualTo(1L << 33 | 0x103);
    }

    @Test
    void anEntryThatChangesMeanwhileIsLookedAtAgain() {
        secondStage();
        long leaf = second.entryAddress(0x1000, 1);
        memory.storeInBetween(leaf, 1L << 52 | 0x7003);
        ok(Request.WRITE);
        assertThat(memory.read64(leaf)).isEqualTo(1L << 52 | 0x7303);
        memory.write64(leaf, 0x7003);
        memory.storeInBetween(leaf, 0);
        rig.faults(0x1000, Request.READ, PASID, FaultReason.SSS_2);
        assertThat(memory.read64(leaf)).isZero();
        firstStage();
        leaf = first.entryAddress(0x1000, 1);
        memory.storeInBetween(leaf, 0x7207);
        ok(Request.WRITE);
        assertThat(memory.read64(leaf)).isEqualTo(0x7267);
        memory.write64(leaf, 0x7007);
        memory.storeInBetween(leaf, 0x7006);
        rig.faults(0x1000, Request.READ, PASID, FaultReason.SFS_2);
        assertThat(memory.read64(leaf)).isEqualTo(0x7006);
    }

    @Test
    void memoryThatRefusesIsAFault() {
        secondStage();
        memory.refuse();
        rig.faults(0x1000, Request.READ, PASID, FaultReason.SSS_6);
        firstStage();
        rig.faults(0x1000, Request.READ, PASID, FaultReason.SFS_10);
        assertThat(memory.read64(first.entryAddress(0x1000, 4)) & 0xFFF).isEqualTo(7);
    }

    /** A trace shows what was read: not the place of an entry that is not there, and a trace alone sets no bits that the tables do not keep. */
    @Test
    void tracesShowWhatWasRead() {
        secondStage();
        long table = memory.read64(second.entryAddress(0x1000, 2));
        memory.write64(second.entryAddress(0x1000, 2), 1L << 33 | 3);
        WalkTrace trace = rig.unit.trace(Rig.DEVICE, 0x1000, Request.READ | Request.PASID, PASID);
        assertThat(trace.steps()).extracting(WalkTrace.Step::level).containsExactly(0, 0, 0, 0, 4, 3, 2);
        memory.write64(second.entryAddress(0x1000, 2), table);
        rig.pasid(PASID, PasidEntry.builder().present(true).translationType(PasidEntry.TranslationType.SECOND_STAGE).addressWidth(AddressWidth.BITS_48)
                .secondStage(second.root()).domain(5).walkSnoop(true).build());
        trace = rig.unit.trace(Rig.DEVICE, 0x1000, Request.WRITE | Request.PASID, PASID);
        assertThat(trace.steps()).hasSize(8);
        assertThat(memory.read64(second.entryAddress(0x1000, 1))).isEqualTo(0x7003);
    }
}
