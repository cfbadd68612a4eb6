package dev.dmarshal.core.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.unit.RemappedInterrupt.Outcome;
import dev.dmarshal.core.vtd.InterruptMessage;
import dev.dmarshal.core.vtd.InvalidationDescriptor;
import dev.dmarshal.core.vtd.Irte;
import dev.dmarshal.core.vtd.RegisterName;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Snapshot, restore and reset of the state that registers do not show: latched queue, cached interrupt entries, rotation, log position. */
class SnapshotTest {

    private final RemappedInterrupt out = new RemappedInterrupt();

    private int vector(Bench unit, int index) {
        unit.registers.interrupts().remap(8, InterruptMessage.remappable(index).address(), 0, out);
        return out.outcome() == Outcome.REMAPPED ? out.value() : 0;
    }

    @Test
    void theLatchedQueueComesBack() {
        Bench unit = Bench.full();
        unit.mode(1);
        unit.queue(true).submit(InvalidationDescriptor.pasids());
        RegisterSnapshot snapshot = unit.registers.snapshot();
        unit.command(Bench.QIE, false);
        unit.mode(0);
        unit.registers.restore(snapshot);
        unit.submit(InvalidationDescriptor.contexts(), InvalidationDescriptor.pasids());
        assertThat(unit.calls).containsExactly("pasids", "contexts", "pasids");
        assertThat(unit.get(RegisterName.IQH)).isEqualTo(3 * 32);
        unit.registers.reset();
        unit.set(RegisterName.IQT, 16);
        assertThat(unit.get(RegisterName.IQH)).as("off").isZero();
    }

    @Test
    void cachedInterruptEntriesComeBackAndResetDropsThem() {
        Bench unit = Bench.qemu().queue(false).remapping(false);
        unit.entry(5, Irte.xapic(0x31, 0).from(1, 0, 8));
        assertThat(vector(unit, 5)).isEqualTo(0x31);
        RegisterSnapshot snapshot = unit.registers.snapshot();
        unit.entry(5, Irte.xapic(0x32, 0));
        unit.submit(InvalidationDescriptor.interrupts());
        assertThat(vector(unit, 5)).isEqualTo(0x32);
        unit.registers.restore(snapshot);
        assertThat(vector(unit, 5)).as("stale, as it was").isEqualTo(0x31);
        unit.registers.interrupts().remap(9, InterruptMessage.remappable(5).address(), 0, out);
        assertThat(out.faultCode()).as("the upper half is cached too").isEqualTo(0x26);
        unit.registers.reset();
        unit.remapping(false);
        assertThat(vector(unit, 5)).isEqualTo(0x32);
    }

    @Test
    void resetStartsRotationOver() {
        Bench unit = Bench.full();
        unit.fault(5, 0x100);
        RegisterSnapshot snapshot = unit.registers.snapshot();
        unit.registers.reset();
        unit.fault(5, 0x200);
        assertThat(unit.frcd(RegisterName.FRCD_HIGH, 0) & 0xffff).isEqualTo(0x200);
        unit.registers.restore(snapshot);
        unit.fault(5, 0x300);
        assertThat(unit.frcd(RegisterName.FRCD_HIGH, 1) & 0xffff).isEqualTo(0x300);
        assertThat(unit.frcd(RegisterName.FRCD_HIGH, 0) & 0xffff).isEqualTo(0x100);
    }

    @Test
    void theLogPositionComesBack() {
        Bench unit = Bench.full();
        unit.set(RegisterName.AFLOG, 0x3_0000);
        unit.command(1 << 29, true);
        unit.command(1 << 28, true);
        unit.fault(5, 0x100);
        RegisterSnapshot snapshot = unit.registers.snapshot();
        unit.fault(5, 0x200);
        unit.registers.restore(snapshot);
        unit.fault(5, 0x300);
        assertThat(unit.memory.read64(0x3_0018) & 0xffff).isEqualTo(0x300);
    }

    @Test
    void theLargestMasksAreStillSelective() {
        Bench unit = Bench.full();
        unit.mode(1);
        unit.queue(true).submit(InvalidationDescriptor.pages(7, -1L << 12, 18, false), InvalidationDescriptor.pages(7, 0, 19, false),
                InvalidationDescriptor.pagesOfPasid(7, 1, 0, 18), InvalidationDescriptor.pagesOfPasid(7, 1, 0, 19),
                InvalidationDescriptor.interrupts(0xffff, 15));
        assertThat(unit.calls).containsExactly("pages of 7 ffffffffc0000000 18", "translations of 7", "pages of 7 pasid 1 0 18",
                "translations of 7 pasid 1", "interrupts 32768 15");
    }

    @Test
    void unitsWithTheLargestMaskTakeTheWholeAddressSpace() {
        Bench unit = new Bench(Bench.QEMU_CAP | 63L << 48, Bench.QEMU_ECAP, false).queue(false);
        unit.submit(InvalidationDescriptor.pages(7, -1L << 12, 51, false), InvalidationDescriptor.pages(7, -1L << 12, 52, false),
                InvalidationDescriptor.pages(7, -1L << 12, 63, false));
        assertThat(unit.calls).containsExactly("pages of 7 8000000000000000 51", "pages of 7 0 52", "pages of 7 0 63");
    }

    @Test
    void turningOffWithoutPointerIsNoError() {
        Bench unit = Bench.qemu();
        unit.command(Bench.TE, true);
        unit.command(Bench.TE, false);
        assertThat(unit.registers.errors(ProgrammingError.TRANSLATION_WITHOUT_ROOT)).isEqualTo(1);
    }

    @Test
    void aRefusalForgetsTheResultBeforeIt() {
        Bench unit = Bench.qemu();
        assertThat(vector(unit, 1)).isZero();
        assertThat(out.hasMessage()).isTrue();
        unit.registers.interrupts().refuse(8, out);
        assertThat(out.hasMessage()).isFalse();
        assertThat(out.outcome()).isEqualTo(Outcome.NONE);
        assertThat(out.message()).isEmpty();
        assertThat(out.entry()).isEmpty();
        assertThat(out.fault()).isEmpty();
    }

    @Test
    void aProtectedRegionMayBeOneBlock() {
        Bench unit = Bench.full();
        unit.set(RegisterName.PHMBASE, 0x1_0000_0000L);
        unit.set(RegisterName.PHMLIMIT, 0x1_0000_0000L);
        unit.set(RegisterName.PMEN, 0x8000_0000L);
        UnitState.Range range = unit.registers.state().protectedHigh();
        assertThat(range).isEqualTo(new UnitState.Range(0x1_0000_0000L, 0x1_001f_ffffL));
        assertThat(range.overlaps(0x1_001f_ffffL, 0x1_001f_ffffL)).isTrue();
        assertThat(range.overlaps(0x1_0020_0000L, 0x1_0020_0000L)).isFalse();
        assertThat(range.overlaps(0xffff_fff8L, 0xffff_ffffL)).isFalse();
        assertThat(range.overlaps(0xffff_fff8L, 0x1_0000_0000L)).isTrue();
        assertThat(UnitState.Range.EMPTY.overlaps(0, 0xfff)).isFalse();
        assertThat(UnitState.Range.EMPTY.overlaps(0, -1)).isFalse();
    }

    @Test
    void noDeviceBehindTheUnit() {
        assertThat(DeviceTlb.NONE.invalidate(DeviceTlbInvalidation.of(1, OptionalInt.empty(), false, 0, false)).completed()).isTrue();
    }
}
