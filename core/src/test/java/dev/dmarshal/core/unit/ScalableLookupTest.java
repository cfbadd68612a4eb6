package dev.dmarshal.core.unit;

import static dev.dmarshal.core.unit.Rig.RW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.vtd.AddressWidth;
import dev.dmarshal.core.vtd.ExtendedCapability;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.core.vtd.FirstStageTree;
import dev.dmarshal.core.vtd.PageRequestDescriptor;
import dev.dmarshal.core.vtd.PasidDirectoryEntry;
import dev.dmarshal.core.vtd.PasidEntry;
import dev.dmarshal.core.vtd.ScalableContextEntry;
import dev.dmarshal.core.vtd.SecondStageTree;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Scalable-mode root, context, PASID directory and PASID entries, and the second stage below them; no caches. */
class ScalableLookupTest {
    private final Rig rig = Rig.scalable(CacheSizes.NONE);
    private final SecondStageTree tree = rig.tables.secondStage(AddressWidth.BITS_48);

    private PasidEntry.Builder second() {
        return PasidEntry.builder().present(true).translationType(PasidEntry.TranslationType.SECOND_STAGE).addressWidth(AddressWidth.BITS_48)
                .secondStage(tree.root()).domain(5).walkSnoop(true);
    }

    @Test
    void translatesRequestsWithoutAndWithPasid() {
        tree.map(0x1000, 0x7000, 0x1000, RW);
        rig.pasid(0, second().build());
        rig.reads(0x1234, 0x7234);
        rig.pasid(0x54321, second().build());
        assertThat(rig.translate(0x1234, Request.WRITE, 0x54321)).isTrue();
        assertThat(rig.out.address()).isEqualTo(0x7234);
        rig.pasid(0x77, second().build(), Rig.scalableContext().ridPasid(0x77));
        rig.reads(0x1234, 0x7234);
    }

    @Test
    void upperHalfOfTheBusHasItsOwnTable() {
        tree.map(0x1000, 0x7000, 0x1000, RW);
        long directory = rig.tables.pasidDirectory(0);
        rig.tables.pasid(directory, 0, second().build());
        ScalableContextEntry context = Rig.scalableContext().directory(directory).build();
        rig.tables.context(rig.root, 0x01F8, context);
        assertThat(rig.unit.translate(0x01F8, 0x1000, Request.READ, 0, rig.out)).isTrue();
        rig.faults(0x1000, Request.READ, FaultReason.SRT_2);
        rig.memory.write64(rig.root + 0x10, 3);
        rig.faults(0x1000, Request.READ, FaultReason.SRT_3);
        assertThat(rig.unit.translate(0x01F8, 0x1000, Request.READ, 0, rig.out)).isTrue();
        rig.memory.write64(rig.root + 0x10, 1L << 33 | 1);
        rig.faults(0x1000, Request.READ, FaultReason.SCT_1);
        rig.unit.latch(new UnitState(true, UnitState.TableMode.SCALABLE, 1L << 33, false, false, 0, 2, false, UnitState.Range.EMPTY,
                UnitState.Range.EMPTY));
        rig.faults(0x1000, Request.READ, FaultReason.SRT_1);
    }

    @Test
    void contextEntryFaults() {
        for (boolean silent : new boolean[] {false, true}) {
            context(silent, FaultReason.SCT_2, Rig.scalableContext().present(false));
            context(silent, FaultReason.SCT_3, Rig.scalableContext().set(0, BitField.of("RSVD", 5, 1), 1));
            context(silent, FaultReason.SCT_3, Rig.scalableContext().set(1, BitField.of("RSVD", 21, 1), 1));
            context(silent, FaultReason.SCT_3, Rig.scalableContext().set(2, BitField.of("RSVD", 0, 1), 1));
            context(silent, FaultReason.SCT_3, Rig.scalableContext().set(3, BitField.of("RSVD", 63, 1), 1));
            context(silent, FaultReason.SCT_4, Rig.scalableContext().deviceTlb(false));
        }
        rig.pasid(0, second().build(), Rig.scalableContext().deviceTlb(false).pageRequests(false));
        rig.faults(0x1000, Request.READ | Request.TRANSLATION, FaultReason.SCT_5);
        rig.faults(0x1000, Request.READ | Request.TRANSLATED, FaultReason.SCT_5);
        rig.pasid(0, second().build(), Rig.scalableContext().pasidEnabled(false));
        rig.faults(0x1000, Request.READ, 0, FaultReason.SCT_6);
        long directory = rig.tables.pasidDirectory(0);
        rig.tables.context(rig.root, Rig.DEVICE, Rig.scalableContext().directory(directory).build());
        rig.faults(0x1000, Request.READ, 1 << 13, FaultReason.SCT_7);
        rig.faults(0x1000, Request.READ, (1 << 13) - 1, FaultReason.SPD_2);
        rig.tables.context(rig.root, Rig.DEVICE, Rig.scalableContext().directory(directory).ridPasid(1 << 13).build());
        rig.faults(0x1000, Request.READ, FaultReason.SCT_9);
    }

    private void context(boolean silent, FaultReason reason, ScalableContextEntry.Builder entry) {
        rig.tables.context(rig.root, Rig.DEVICE, entry.faultsDisabled(silent).build());
        if (silent) {
            rig.faultsSilently(0x1000, Request.READ, reason);
        } else {
            rig.faults(0x1000, Request.READ, reason);
        }
    }

    @Test
    void contextFieldsNeedTheirCapabilities() {
        Rig bare = new Rig(Rig.legacyCapabilities().withExtended(ExtendedCapability.DEVICE_TLB, 0)
                .withExtended(ExtendedCapability.SCALABLE_MODE, ExtendedCapability.SECOND_STAGE).build(), CacheSizes.NONE);
        ScalableContextEntry.Builder[] refused = {ScalableContextEntry.builder().deviceTlb(true), ScalableContextEntry.builder().pasidEnabled(true),
            ScalableContextEntry.builder().pageRequests(true), ScalableContextEntry.builder().ridPasid(1), ScalableContextEntry.builder().ridPrivileged(true)};
        for (ScalableContextEntry.Builder entry : refused) {
            bare.tables.context(bare.root, Rig.DEVICE, entry.present(true).build());
            bare.faults(0x1000, Request.READ, FaultReason.SCT_3);
        }
    }

    @Test
    void directoryEntryFaults() {
        long directory = rig.tables.pasidDirectory(0);
        rig.tables.context(rig.root, Rig.DEVICE, Rig.scalableContext().directory(directory).build());
        rig.faults(0x1000, Request.READ, FaultReason.SPD_2);
        PasidDirectoryEntry.builder().faultsDisabled(true).build().write(rig.memory, directory);
        rig.faultsSilently(0x1000, Request.READ, FaultReason.SPD_2);
        rig.memory.write64(directory, 0x805);
        rig.faults(0x1000, Request.READ, FaultReason.SPD_3);
        rig.memory.write64(directory, 1L << 46 | 3);
        rig.faultsSilently(0x1000, Request.READ, FaultReason.SPD_3);
        rig.memory.write64(directory, 1L << 33 | 1);
        rig.faults(0x1000, Request.READ, FaultReason.SPT_1);
        rig.tables.context(rig.root, Rig.DEVICE, Rig.scalableContext().directory(1L << 33).build());
        rig.faults(0x1000, Request.READ, FaultReason.SPD_1);
    }

    @Test
    void pasidEntryFaults() {
        pasid(FaultReason.SPT_2, second().present(false));
        pasid(FaultReason.SPT_3, second().set(0, BitField.of("RSVD", 5, 1), 1));
        pasid(FaultReason.SPT_3, second().set(0, BitField.of("RSVD", 11, 1), 1));
        pasid(FaultReason.SPT_3, second().set(1, BitField.of("RSVD", 16, 1), 1));
        pasid(FaultReason.SPT_3, second().set(2, BitField.of("RSVD", 6, 1), 1));
        pasid(FaultReason.SPT_3, second().set(3, BitField.of("RSVD", 0, 1), 1));
        pasid(FaultReason.SPT_3, second().set(7, BitField.of("RSVD", 63, 1), 1));
        pasid(FaultReason.SPT_3, second().secondStage(1L << 46));
        pasid(FaultReason.SPT_4, second().set(0, PasidEntry.TRANSLATION_TYPE, 0));
        pasid(FaultReason.SPT_4, second().set(0, PasidEntry.TRANSLATION_TYPE, 5));
        pasid(FaultReason.SPT_4, second().set(0, PasidEntry.ADDRESS_WIDTH, 0));
        pasid(FaultReason.SPT_4, second().translationType(PasidEntry.TranslationType.FIRST_STAGE).set(2, PasidEntry.PAGING_MODE, 2));
        pasid(FaultReason.SSS_4, second().secondStage(1L << 33));
        pasid(FaultReason.SSS_2, second());
    }

    private void pasid(FaultReason reason, PasidEntry.Builder entry) {
        rig.pasid(0, entry.faultsDisabled(false).build());
        rig.faults(0x1000, Request.READ, reason);
        rig.pasid(0, entry.faultsDisabled(true).build());
        rig.faultsSilently(0x1000, Request.READ, reason);
    }

    @Test
    void translationTypesAndFieldsNeedTheirCapabilities() {
        Rig bare = new Rig(Rig.legacyCapabilities().withExtended(ExtendedCapability.PASS_THROUGH, 0).withExtended(ExtendedCapability.SNOOP_CONTROL, 0)
                .withExtended(ExtendedCapability.SCALABLE_MODE, ExtendedCapability.SECOND_STAGE).build(), CacheSizes.NONE);
        for (PasidEntry.TranslationType type : new PasidEntry.TranslationType[] {PasidEntry.TranslationType.FIRST_STAGE,
            PasidEntry.TranslationType.NESTED, PasidEntry.TranslationType.PASS_THROUGH}) {
            bare.pasid(0, second().walkSnoop(false).translationType(type).build(), ScalableContextEntry.builder().present(true));
            bare.faults(0x1000, Request.READ, FaultReason.SPT_4);
        }
        PasidEntry.Builder[] refused = {second(), second().walkSnoop(false).pageSnoop(true), second().walkSnoop(false).secondStageAccessedDirty(true),
            second().walkSnoop(false).supervisor(true), second().walkSnoop(false).execute(true), second().walkSnoop(false).extendedAccessed(true),
            second().walkSnoop(false).memoryType(6), second().walkSnoop(false).attributes(1),
            second().walkSnoop(false).cacheDisable(true), second().walkSnoop(false).memoryTypeEnable(true),
            second().walkSnoop(false).set(1, PasidEntry.WRITE_THROUGH, 1), second().walkSnoop(false).set(1, PasidEntry.PAGE_CACHE_DISABLE, 1)};
        for (PasidEntry.Builder entry : refused) {
            bare.pasid(0, entry.build(), ScalableContextEntry.builder().present(true));
            bare.faults(0x1000, Request.READ, FaultReason.SPT_3);
        }
    }

    @Test
    void secondStageHasScalableCodes() {
        tree.map(0x1000, 0x7000, 0x1000, SecondStageTree.READ);
        tree.map(0x2000, 0x7000, 0x1000, SecondStageTree.WRITE);
        tree.map(0x4000, 0xFEE0_0000L, 0x1000, RW);
        rig.pasid(0, second().build());
        rig.faults(0x1000, Request.WRITE, FaultReason.SGN_6);
        rig.faults(0x2000, Request.READ, FaultReason.SGN_7);
        rig.faults(0x3000, Request.WRITE, FaultReason.SSS_2);
        rig.faults(0x4000, Request.WRITE, FaultReason.SGN_8);
        rig.faults(1L << 48, Request.READ, FaultReason.SGN_5);
        long at = tree.entryAddress(0x1000, 2);
        long entry = rig.memory.read64(at);
        rig.memory.write64(at, entry | 0x800);
        rig.faults(0x1000, Request.READ, FaultReason.SSS_3);
        rig.memory.write64(at, 1L << 33 | 3);
        rig.faults(0x1000, Request.READ, FaultReason.SSS_1);
    }

    @Test
    void snoopBitIsNeverReservedInScalableMode() {
        Rig bare = new Rig(Rig.legacyCapabilities().withExtended(ExtendedCapability.SNOOP_CONTROL, 0)
                .withExtended(ExtendedCapability.SCALABLE_MODE, ExtendedCapability.SECOND_STAGE).build(), CacheSizes.NONE);
        SecondStageTree own = bare.tables.secondStage(AddressWidth.BITS_48);
        own.map(0x1000, 0x7000, 0x1000, RW | SecondStageTree.SNOOP);
        bare.pasid(0, second().walkSnoop(false).secondStage(own.root()).build(), ScalableContextEntry.builder().present(true));
        bare.reads(0x1000, 0x7000);
        assertThat(bare.out.snooped()).isFalse();
        tree.map(0x1000, 0x7000, 0x1000, RW);
        rig.pasid(0, second().pageSnoop(true).build());
        rig.reads(0x1000, 0x7000);
        assertThat(rig.out.snooped()).isTrue();
    }

    @Test
    void passThrough() {
        rig.pasid(0, PasidEntry.builder().present(true).translationType(PasidEntry.TranslationType.PASS_THROUGH).build());
        rig.reads(0x1234_5678L, 0x1234_5678L);
        rig.faults(1L << 46, Request.READ, FaultReason.SGN_4);
        rig.faults(0xFEE0_0000L, Request.WRITE, 0, FaultReason.SGN_8);
    }

    @Test
    void executeAndSupervisorRequestsNeedTheirEnables() {
        tree.map(0x1000, 0x7000, 0x1000, RW);
        rig.pasid(9, second().build());
        rig.faults(0x1000, Request.READ | Request.EXECUTE, 9, FaultReason.SPT_5);
        rig.faults(0x1000, Request.READ | Request.PRIVILEGED, 9, FaultReason.SPT_6);
        rig.pasid(9, second().supervisor(true).execute(true).build());
        assertThat(rig.translate(0x1000, Request.READ | Request.EXECUTE | Request.PRIVILEGED, 9)).isTrue();
        rig.pasid(0, second().build(), Rig.scalableContext().ridPrivileged(true));
        rig.faults(0x1000, Request.READ, FaultReason.SPT_6);
        rig.pasid(0, second().build());
        assertThat(rig.translate(0x1000, Request.READ | Request.PRIVILEGED)).as("without a PASID the flag means nothing").isTrue();
    }

    @Test
    void accessedAndDirtyBits() {
        tree.map(0x1000, 0x7000, 0x1000, RW);
        rig.pasid(0, second().secondStageAccessedDirty(true).build());
        long leaf = tree.entryAddress(0x1000, 1);
        rig.reads(0x1000, 0x7000);
        assertThat(rig.memory.read64(leaf)).isEqualTo(0x7103);
        assertThat(rig.memory.read64(tree.entryAddress(0x1000, 4)) & 0x300).isEqualTo(0x100);
        assertThat(rig.out.writable()).as("until a write sets the dirty bit").isFalse();
        rig.writes(0x1000, 0x7000);
        assertThat(rig.memory.read64(leaf)).isEqualTo(0x7303);
        rig.pasid(0, second().secondStageAccessedDirty(true).walkSnoop(false).build());
        rig.reads(0x1000, 0x7000);
        rig.memory.write64(leaf, 0x7103);
        rig.reads(0x1000, 0x7000);
        rig.faults(0x1000, Request.WRITE, FaultReason.SSS_5);
    }

    @Test
    void translationRequests() {
        tree.map(0x1000, 0x7000, 0x1000, RW);
        rig.pasid(0, second().secondStageAccessedDirty(true).build());
        assertThat(rig.translate(0x1000, Request.READ | Request.TRANSLATION | Request.NO_WRITE)).isTrue();
        assertThat(rig.out.readable()).isTrue();
        assertThat(rig.out.writable()).isFalse();
        assertThat(rig.translate(0x1000, Request.READ | Request.TRANSLATION)).isTrue();
        assertThat(rig.out.writable()).isTrue();
        assertThat(rig.translate(0x9000, Request.READ | Request.TRANSLATION)).isTrue();
        assertThat(rig.out.readable()).isFalse();
        assertThat(rig.recorded).isEmpty();
        assertThat(rig.translate(0x55_5000, Request.WRITE | Request.TRANSLATED)).isTrue();
        assertThat(rig.out.address()).isEqualTo(0x55_5000);
        rig.faults(0xFEE0_0000L, Request.WRITE | Request.TRANSLATED, FaultReason.SGN_9);
        rig.faults(1L << 46, Request.WRITE | Request.TRANSLATED, FaultReason.SGN_10);
        assertThat(rig.translate(0xFEE0_0000L, Request.READ | Request.TRANSLATION)).isTrue();
        assertThat(rig.out.untranslatedOnly()).isTrue();
    }

    @Test
    void pasidsAreAsWideAsTheUnitSays() {
        Rig narrow = new Rig(Rig.scalableCapabilities().withExtended(ExtendedCapability.PASID_SIZE, 9).build(), CacheSizes.NONE);
        narrow.pasid(0x3FF, second().build());
        narrow.faults(0x1000, Request.READ, 0x3FF, FaultReason.SSS_2);
        narrow.faults(0x1000, Request.READ, 0x400, FaultReason.SCT_7);
        narrow.pasid(0, second().build(), Rig.scalableContext().ridPasid(0x400));
        narrow.faults(0x1000, Request.READ, FaultReason.SCT_9);
        Rig none = new Rig(Rig.legacyCapabilities().withExtended(ExtendedCapability.SCALABLE_MODE, ExtendedCapability.SECOND_STAGE,
                ExtendedCapability.RID_PASID, ExtendedCapability.SCALABLE_COHERENT).build(), CacheSizes.NONE);
        SecondStageTree own = none.tables.secondStage(AddressWidth.BITS_48);
        own.map(0x1000, 0x7000, 0x1000, RW);
        none.pasid(0x4321, second().secondStage(own.root()).build(), ScalableContextEntry.builder().present(true).ridPasid(0x4321));
        none.reads(0x1000, 0x7000);
    }

    /** The entry of the next PASID is no part of this one. */
    @Test
    void entriesSideBySide() {
        tree.map(0x1000, 0x7000, 0x1000, RW);
        long directory = rig.tables.pasidDirectory(7);
        rig.tables.context(rig.root, Rig.DEVICE, Rig.scalableContext().directory(directory).directorySize(7).build());
        for (int pasid = 8; pasid <= 10; pasid++) {
            rig.tables.pasid(directory, pasid, second().build());
        }
        assertThat(rig.translate(0x1000, Request.READ, 9)).isTrue();
    }

    /** Only the pointers that the type uses are looked at; a nested first stage's is a guest address. */
    @Test
    void pointersBeyondTheHostWidth() {
        FirstStageTree first = rig.tables.firstStage(4);
        first.map(0x1000, 0x7000, 0x1000, FirstStageTree.USER | FirstStageTree.EXECUTE);
        long beyond = 1L << 46;
        PasidEntry.Builder nested = second().translationType(PasidEntry.TranslationType.NESTED).firstStage(beyond);
        rig.pasid(0, nested.build());
        rig.faults(0x1000, Request.READ, FaultReason.SSS_2);
        rig.pasid(0, nested.secondStage(beyond).build());
        rig.faults(0x1000, Request.READ, FaultReason.SPT_3);
        PasidEntry.Builder only = second().translationType(PasidEntry.TranslationType.FIRST_STAGE).secondStage(beyond);
        rig.pasid(0, only.firstStage(first.root()).build());
        rig.reads(0x1000, 0x7000);
        rig.pasid(0, only.firstStage(beyond).build());
        rig.faults(0x1000, Request.READ, FaultReason.SPT_3);
        tree.map(0x1000, 0x7000, 0x1000, RW);
        rig.pasid(0, second().firstStage(beyond).build());
        rig.reads(0x1000, 0x7000);
        rig.pasid(0, second().translationType(PasidEntry.TranslationType.PASS_THROUGH).secondStage(beyond).firstStage(beyond).build());
        rig.reads(0x1000, 0x1000);
    }

    @Test
    void memoryTypesOnlyWhenEnabled() {
        tree.map(0x1000, 0x7000, 0x1000, RW);
        rig.pasid(0, second().build());
        rig.reads(0x1000, 0x7000);
        assertThat(rig.out.memoryType()).isEqualTo(Mapping.WRITE_BACK);
        assertThat(rig.out.snooped()).isFalse();
        rig.pasid(0, second().memoryTypeEnable(true).build());
        rig.reads(0x1000, 0x7000);
        assertThat(rig.out.memoryType()).isZero();
    }

    @Test
    void pageRequestsNeedTheirEnables() {
        assertThat(asks(Rig.legacy(CacheSizes.NONE), OptionalInt.empty())).isEqualTo("refused 32");
        Rig off = Rig.scalable(CacheSizes.NONE);
        off.off(UnitState.Range.EMPTY, UnitState.Range.EMPTY);
        assertThat(asks(off, OptionalInt.empty())).isEqualTo("refused");
        off.latch(UnitState.TableMode.ABORT);
        assertThat(asks(off, OptionalInt.empty())).isEqualTo("refused");
        off.latch(UnitState.TableMode.LEGACY);
        assertThat(asks(off, OptionalInt.of(9))).isEqualTo("refused 32");
        assertThat(asks(rig, OptionalInt.of(9))).isEqualTo("refused 39");
        rig.pasid(9, second().build());
        assertThat(asks(rig, OptionalInt.of(9))).isEqualTo("admitted");
        assertThat(asks(rig, OptionalInt.empty())).isEqualTo("admitted");
        rig.pasid(9, second().build(), Rig.scalableContext().pasidEnabled(false));
        assertThat(asks(rig, OptionalInt.of(9))).isEqualTo("refused 45");
        assertThat(asks(rig, OptionalInt.empty())).isEqualTo("admitted");
        rig.pasid(9, second().build(), Rig.scalableContext().pageRequests(false));
        assertThat(asks(rig, OptionalInt.of(9))).isEqualTo("refused 47");
        rig.pasid(9, second().build(), Rig.scalableContext().pageRequests(false).faultsDisabled(true));
        assertThat(asks(rig, OptionalInt.of(9))).isEqualTo("refused");
    }

    /** Whether a page request of the device is admitted, and the reason that was recorded if not. */
    private static String asks(Rig unit, OptionalInt pasid) {
        unit.recorded.clear();
        unit.unit.caches().invalidateContexts();
        boolean admitted = unit.unit.admits(new PageRequestDescriptor(Rig.DEVICE, pasid, 0x1000, 3, true, true, false, false, false));
        unit.recorded.forEach(fault -> assertThat(fault.pasid()).isEqualTo(pasid.orElse(0)));
        return (admitted ? "admitted" : "refused") + (unit.recorded.isEmpty() ? "" : " %02X".formatted(unit.recorded.getFirst().reason()));
    }
}
