package dev.dmarshal.core.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.unit.UnitState.Range;
import dev.dmarshal.core.unit.UnitState.TableMode;
import dev.dmarshal.core.vtd.RegisterName;
import org.junit.jupiter.api.Test;

/** GCMD, CCMD, IOTLB, PMEN: what commands do, and what happens when software breaks the rules. */
class RegisterCommandsTest {

    @Test
    void rootPointerTakesEffectOnlyByCommand() {
        Bench unit = Bench.qemu();
        unit.set(RegisterName.RTADDR, 0x12_3456_7000L);
        assertThat(unit.registers.state().rootTable()).isZero();
        unit.command(Bench.SRTP, true);
        assertThat(unit.get(RegisterName.GSTS)).isEqualTo(0x4000_0000L);
        assertThat(unit.registers.state().rootTable()).isEqualTo(0x12_3456_7000L);
        unit.set(RegisterName.RTADDR, 0x1000);
        assertThat(unit.registers.state().rootTable()).isEqualTo(0x12_3456_7000L);
        assertThat(unit.calls).isEmpty();
        assertThat(unit.get(RegisterName.GCMD)).isZero();
    }

    @Test
    void eachNewStateIsGivenToTheTranslationSide() {
        Bench unit = Bench.qemu();
        assertThat(unit.states).containsExactly(unit.registers.state());
        unit.mode(0);
        assertThat(unit.states).hasSize(2).last().isEqualTo(unit.registers.state());
        unit.command(Bench.TE, true);
        assertThat(unit.states).hasSize(3).last().isEqualTo(unit.registers.state());
        assertThat(unit.states.get(1).translationEnabled()).isFalse();
        assertThat(unit.states.get(2).translationEnabled()).isTrue();
        RegisterSnapshot snapshot = unit.registers.snapshot();
        unit.registers.reset();
        assertThat(unit.states).hasSize(4).last().isEqualTo(unit.states.getFirst());
        unit.registers.restore(snapshot);
        assertThat(unit.states).hasSize(5).last().isEqualTo(unit.states.get(2));
    }

    @Test
    void modesOfTheRootPointer() {
        Bench unit = Bench.full();
        TableMode[] modes = {TableMode.LEGACY, TableMode.SCALABLE, TableMode.RESERVED, TableMode.ABORT};
        for (int mode = 0; mode < 4; mode++) {
            unit.mode(mode);
            assertThat(unit.registers.state().mode()).isEqualTo(modes[mode]);
            assertThat(unit.registers.state().rootTable()).isEqualTo(0x8000);
        }
        assertThat(unit.registers.errors(ProgrammingError.MODE_CHANGED_WHILE_TRANSLATING)).isZero();
        unit.mode(0);
        unit.command(Bench.TE, true);
        unit.mode(0);
        assertThat(unit.registers.errors(ProgrammingError.MODE_CHANGED_WHILE_TRANSLATING)).isZero();
        unit.mode(1);
        assertThat(unit.registers.errors(ProgrammingError.MODE_CHANGED_WHILE_TRANSLATING)).isEqualTo(1);
    }

    @Test
    void pointersInvalidateByThemselvesOnlyWhereCapabilitiesSaySo() {
        Bench unit = new Bench(Bench.QEMU_CAP | 3L << 62, Bench.QEMU_ECAP, false);
        unit.mode(0);
        assertThat(unit.calls).containsExactly("contexts", "pasids", "translations");
        unit.calls.clear();
        unit.command(Bench.SIRTP, true);
        assertThat(unit.calls).containsExactly("interrupts");
        Bench old = Bench.qemu();
        old.mode(0);
        old.command(Bench.SIRTP, true);
        assertThat(old.calls).isEmpty();
    }

    @Test
    void enablesFollowTheirBits() {
        Bench unit = Bench.full();
        unit.mode(0);
        unit.command(Bench.TE, true);
        assertThat(unit.get(RegisterName.GSTS)).isEqualTo(0xc000_0000L);
        assertThat(unit.registers.state().translationEnabled()).isTrue();
        unit.command(Bench.TE, false);
        assertThat(unit.get(RegisterName.GSTS)).isEqualTo(0x4000_0000L);
        assertThat(unit.registers.state().translationEnabled()).isFalse();
        unit.set(RegisterName.IRTA, 0x5000 | 0x80f);
        unit.command(Bench.SIRTP, true);
        unit.command(Bench.IRE, true);
        unit.command(Bench.CFI, true);
        UnitState state = unit.registers.state();
        assertThat(state.interruptsEnabled()).isTrue();
        assertThat(state.compatibilityPasses()).isTrue();
        assertThat(state.interruptTable()).isEqualTo(0x5000);
        assertThat(state.interruptEntries()).isEqualTo(65536);
        assertThat(state.extendedInterrupts()).isTrue();
        assertThat(unit.get(RegisterName.GSTS)).isEqualTo(0x4380_0000L);
        unit.command(Bench.CFI, false);
        assertThat(unit.registers.state().compatibilityPasses()).isFalse();
    }

    @Test
    void interruptTablePointerIsLatched() {
        Bench unit = Bench.qemu();
        assertThat(unit.registers.state().interruptEntries()).isEqualTo(2);
        unit.set(RegisterName.IRTA, 0x7_0000 | 0x802);
        assertThat(unit.registers.state().interruptTable()).isZero();
        unit.command(Bench.SIRTP, true);
        assertThat(unit.registers.state().interruptTable()).isEqualTo(0x7_0000);
        assertThat(unit.registers.state().interruptEntries()).isEqualTo(8);
        assertThat(unit.registers.state().extendedInterrupts()).as("EIME is reserved without EIM").isFalse();
    }

    @Test
    void severalCommandsAtOnceAreDonePointersFirst() {
        Bench unit = Bench.qemu();
        unit.set(RegisterName.RTADDR, 0x9000);
        unit.set(RegisterName.GCMD, Bench.TE | Bench.SRTP | Bench.SIRTP | Bench.IRE);
        assertThat(unit.get(RegisterName.GSTS)).isEqualTo(0xc300_0000L);
        assertThat(unit.registers.errors(ProgrammingError.SEVERAL_COMMANDS)).isEqualTo(1);
        assertThat(unit.registers.errors(ProgrammingError.TRANSLATION_WITHOUT_ROOT)).isZero();
        assertThat(unit.registers.errors(ProgrammingError.REMAPPING_WITHOUT_TABLE)).isZero();
    }

    @Test
    void enablesWithoutPointersWorkAndAreCounted() {
        Bench unit = Bench.qemu();
        unit.command(Bench.TE, true);
        unit.command(Bench.IRE, true);
        assertThat(unit.get(RegisterName.GSTS)).isEqualTo(0x8200_0000L);
        assertThat(unit.registers.errors(ProgrammingError.TRANSLATION_WITHOUT_ROOT)).isEqualTo(1);
        assertThat(unit.registers.errors(ProgrammingError.REMAPPING_WITHOUT_TABLE)).isEqualTo(1);
        assertThat(unit.registers.errors(ProgrammingError.SEVERAL_COMMANDS)).isZero();
    }

    @Test
    void commandsThatTheCapabilitiesDoNotAnnounceAreIgnored() {
        Bench unit = new Bench(Bench.QEMU_CAP, 0xf00f40, false);
        unit.set(RegisterName.GCMD, 0x3f80_0000);
        assertThat(unit.get(RegisterName.GSTS)).isZero();
        assertThat(unit.registers.errors(ProgrammingError.UNSUPPORTED_COMMAND)).isEqualTo(1);
        Bench full = Bench.full();
        full.set(RegisterName.GCMD, 1 << 27);
        assertThat(full.get(RegisterName.GSTS)).as("the flush is over before its status can be read").isZero();
        assertThat(full.registers.errors(ProgrammingError.UNSUPPORTED_COMMAND)).isZero();
        full.set(RegisterName.GCMD, 0x007f_ffff);
        assertThat(full.get(RegisterName.GSTS)).isZero();
    }

    @Test
    void faultLogNeedsALog() {
        Bench unit = Bench.full();
        unit.command(1 << 28, true);
        assertThat(unit.get(RegisterName.GSTS)).isZero();
        assertThat(unit.registers.errors(ProgrammingError.LOGGING_WITHOUT_LOG)).isEqualTo(1);
        unit.command(1 << 29, true);
        assertThat(unit.get(RegisterName.GSTS)).isEqualTo(0x2000_0000L);
        unit.command(1 << 28, true);
        assertThat(unit.get(RegisterName.GSTS)).isEqualTo(0x3000_0000L);
        unit.command(1 << 28, false);
        assertThat(unit.get(RegisterName.GSTS)).isEqualTo(0x2000_0000L);
    }

    @Test
    void contextInvalidationByRegister() {
        Bench unit = Bench.qemu();
        unit.set(RegisterName.CCMD, 0xa000_0000_0000_0000L);
        assertThat(Long.toHexString(unit.get(RegisterName.CCMD))).isEqualTo("2800000000000000");
        unit.set(RegisterName.CCMD, 0xc000_0000_0000_0007L);
        assertThat(Long.toHexString(unit.get(RegisterName.CCMD))).isEqualTo("5000000000000007");
        unit.set(RegisterName.CCMD, 0xe000_0003_0318_0007L);
        assertThat(Long.toHexString(unit.get(RegisterName.CCMD))).isEqualTo("7800000303180007");
        assertThat(unit.calls).containsExactly("contexts", "contexts of 7", "context of 7 318 3");
        unit.set(RegisterName.CCMD, 0x6000_0000_0000_0007L);
        assertThat(unit.calls).hasSize(3);
        unit.set(RegisterName.CCMD, 0x8000_0000_0000_0007L);
        assertThat(unit.calls).hasSize(3);
        assertThat(unit.get(RegisterName.CCMD)).isEqualTo(7);
        assertThat(unit.registers.errors(ProgrammingError.REGISTER_INVALIDATION_RESERVED)).isEqualTo(1);
    }

    @Test
    void translationInvalidationByRegister() {
        Bench unit = Bench.qemu();
        unit.set(RegisterName.IOTLB, 0x9000_0000_0000_0000L);
        assertThat(Long.toHexString(unit.get(RegisterName.IOTLB))).isEqualTo("1200000000000000");
        unit.set(RegisterName.IOTLB, 0xa003_0005_0000_0000L);
        assertThat(Long.toHexString(unit.get(RegisterName.IOTLB))).isEqualTo("2403000500000000");
        unit.set(RegisterName.IVA, 0x1234_5000L | 0x42);
        unit.set(RegisterName.IOTLB, 0xb000_0005_0000_0000L);
        assertThat(Long.toHexString(unit.get(RegisterName.IOTLB))).isEqualTo("3600000500000000");
        unit.set(RegisterName.IVA, 0x1234_5000L | 0x13);
        unit.set(RegisterName.IOTLB, 0xb000_0005_0000_0000L);
        assertThat(Long.toHexString(unit.get(RegisterName.IOTLB))).as("mask 19 is beyond MAMV 18").isEqualTo("3400000500000000");
        unit.set(RegisterName.IOTLB, 0x3000_0005_0000_0000L);
        assertThat(unit.calls).containsExactly("translations", "translations of 5", "pages of 5 12344000 2 leaves", "translations of 5");
        unit.set(RegisterName.IOTLB, 0x8000_0005_0000_0000L);
        assertThat(unit.calls).hasSize(4);
        assertThat(unit.get(RegisterName.IOTLB) >>> 57 & 3).isZero();
    }

    @Test
    void withoutPageSelectionAPageIsItsDomain() {
        Bench unit = new Bench(Bench.QEMU_CAP & ~(1L << 39), Bench.QEMU_ECAP, false);
        unit.set(RegisterName.IVA, 0x1000);
        unit.set(RegisterName.IOTLB, 0xb000_0005_0000_0000L);
        assertThat(unit.calls).containsExactly("translations of 5");
        assertThat(unit.get(RegisterName.IOTLB) >>> 57 & 3).isEqualTo(2);
    }

    @Test
    void registersDoNotInvalidateWhileTheQueueIsOnOrInScalableMode() {
        Bench queued = Bench.qemu().queue(false);
        Bench scalable = Bench.full();
        scalable.mode(1);
        for (Bench unit : new Bench[] {queued, scalable}) {
            unit.set(RegisterName.CCMD, 0xa000_0000_0000_0000L);
            unit.set(RegisterName.IOTLB, 0x9000_0000_0000_0000L);
            assertThat(unit.calls).isEmpty();
            assertThat(unit.get(RegisterName.CCMD)).isEqualTo(0x2000_0000_0000_0000L);
            assertThat(unit.get(RegisterName.IOTLB)).isEqualTo(0x1000_0000_0000_0000L);
            assertThat(unit.registers.errors(ProgrammingError.REGISTER_INVALIDATION_REFUSED)).isEqualTo(2);
        }
    }

    @Test
    void protectedRegions() {
        Bench unit = Bench.full();
        unit.set(RegisterName.PLMBASE, 0x0020_0000);
        unit.set(RegisterName.PLMLIMIT, 0x003f_ffff);
        unit.set(RegisterName.PHMBASE, 0x1_0000_0000L);
        unit.set(RegisterName.PHMLIMIT, 0x1_7fff_ffffL);
        assertThat(unit.get(RegisterName.PLMLIMIT)).isEqualTo(0x0020_0000);
        assertThat(unit.registers.state().protectedLow()).isEqualTo(Range.EMPTY);
        unit.set(RegisterName.PMEN, 0x8000_0000L);
        assertThat(unit.get(RegisterName.PMEN)).isEqualTo(0x8000_0001L);
        assertThat(unit.registers.state().protectedLow()).isEqualTo(new Range(0x0020_0000, 0x003f_ffff));
        assertThat(unit.registers.state().protectedHigh()).isEqualTo(new Range(0x1_0000_0000L, 0x1_7fff_ffffL));
        unit.set(RegisterName.PLMBASE, 0);
        assertThat(unit.get(RegisterName.PLMBASE)).isEqualTo(0x0020_0000);
        assertThat(unit.registers.errors(ProgrammingError.PROTECTED_REGION_WHILE_ENABLED)).isEqualTo(1);
        unit.set(RegisterName.PMEN, 0);
        assertThat(unit.get(RegisterName.PMEN)).isZero();
        assertThat(unit.registers.state().protectedHigh()).isEqualTo(Range.EMPTY);
        unit.set(RegisterName.PLMBASE, 0x0040_0000);
        unit.set(RegisterName.PMEN, 0x8000_0000L);
        assertThat(unit.registers.state().protectedLow().overlaps(0, -1)).as("base above limit").isFalse();
    }

    @Test
    void aUnitWithOnlyALowRegionHasNoHighOne() {
        Bench unit = new Bench(Bench.QEMU_CAP | 1 << 5, Bench.QEMU_ECAP, false);
        unit.set(RegisterName.PLMLIMIT, 0x0020_0000);
        unit.set(RegisterName.PMEN, 0x8000_0000L);
        assertThat(unit.registers.state().protectedLow()).isEqualTo(new Range(0, 0x003f_ffff));
        assertThat(unit.registers.state().protectedHigh()).isEqualTo(Range.EMPTY);
        assertThat(unit.registers.read64(0x78)).isZero();
    }

    @Test
    void rangesHaveBothTheirEnds() {
        assertThat(new Range(5, 5).overlaps(5, 5)).isTrue();
        Range range = new Range(4, 7);
        assertThat(range.overlaps(0, 4)).isTrue();
        assertThat(range.overlaps(7, -1)).isTrue();
        assertThat(range.overlaps(0, 3)).isFalse();
        assertThat(range.overlaps(8, -1)).isFalse();
        assertThat(Range.EMPTY.overlaps(0, -1)).isFalse();
    }
}
