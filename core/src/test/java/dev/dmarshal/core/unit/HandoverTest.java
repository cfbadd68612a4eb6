package dev.dmarshal.core.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.unit.RemappedInterrupt.Outcome;
import dev.dmarshal.core.vtd.InterruptMessage;
import dev.dmarshal.core.vtd.InvalidationDescriptor;
import dev.dmarshal.core.vtd.Irte;
import dev.dmarshal.core.vtd.RegisterName;
import org.junit.jupiter.api.Test;

/**
 * Sequences of whole drivers, register side only: Linux's bring-up, kvm-unit-tests' bring-up, and the hand-over to a kdump kernel, in which root and
 * interrupt table pointers change while TE and IRE stay on (Linux commit 091d42e43d21).
 */
class HandoverTest {

    private static final int SOURCE = 0x100;
    private final RemappedInterrupt out = new RemappedInterrupt();

    /** Queue, interrupt remapping, fault event, root, global invalidations, translation: the order of Linux's driver. */
    private static Bench linux(int root, int table) {
        Bench unit = Bench.qemu();
        assertThat(unit.get(RegisterName.FSTS)).isZero();
        unit.queue(false);
        unit.set(RegisterName.IRTA, table | 0xf);
        unit.command(Bench.SIRTP, true);
        unit.submit(InvalidationDescriptor.interrupts(), InvalidationDescriptor.await(0x4_0000, 1));
        unit.command(Bench.IRE, true);
        unit.event(RegisterName.FECTL, 0xfee0_0000, 0x20);
        unit.set(RegisterName.RTADDR, root);
        unit.command(Bench.SRTP, true);
        unit.submit(InvalidationDescriptor.contexts(), InvalidationDescriptor.await(0x4_0004, 1), InvalidationDescriptor.translations(),
                InvalidationDescriptor.await(0x4_0008, 1));
        unit.command(Bench.TE, true);
        return unit;
    }

    @Test
    void linuxBringsAUnitUp() {
        Bench unit = linux(0x8000, 0x10_0000);
        assertThat(unit.get(RegisterName.GSTS)).isEqualTo(0xc700_0000L);
        assertThat(unit.calls).containsExactly("interrupts", "contexts", "translations");
        assertThat(unit.memory.read64(0x4_0000)).isEqualTo(0x1_0000_0001L);
        assertThat(unit.memory.read32(0x4_0008)).isEqualTo(1);
        UnitState state = unit.registers.state();
        assertThat(state.translationEnabled()).isTrue();
        assertThat(state.rootTable()).isEqualTo(0x8000);
        assertThat(state.interruptEntries()).isEqualTo(65536);
        assertThat(state.compatibilityPasses()).isFalse();
        for (ProgrammingError error : ProgrammingError.values()) {
            assertThat(unit.registers.errors(error)).as("%s", error).isZero();
        }
        assertThat(unit.sent).isEmpty();
    }

    /** kvm-unit-tests enables the queue before it programs IQA, and never uses it. */
    @Test
    void kvmUnitTestsBringsAUnitUp() {
        Bench unit = Bench.qemu();
        unit.command(Bench.QIE, true);
        assertThat(unit.get(RegisterName.GSTS)).isEqualTo(0x0400_0000L);
        unit.set(RegisterName.RTADDR, 0x8000);
        unit.command(Bench.SRTP, true);
        unit.set(RegisterName.IRTA, Bench.TABLE | 7);
        unit.command(Bench.SIRTP, true);
        unit.command(Bench.TE, true);
        unit.command(Bench.IRE, true);
        assertThat(unit.get(RegisterName.GSTS)).isEqualTo(0xc700_0000L);
        assertThat(unit.get(RegisterName.FSTS)).isZero();
        unit.entry(0, Irte.xapic(0xed, 0).from(1, 0, 0xff).withLow(Irte.FPD, 1));
        unit.entry(1, Irte.xapic(0xee, 0).from(1, 0, 0x18).withLow(Irte.FPD, 1));
        InterruptMessage pin = InterruptMessage.ofRedirectionEntry(InterruptMessage.redirectionEntry(0, 0xed, false));
        unit.registers.interrupts().remap(0xff, pin.address(), pin.value(), out);
        assertThat(out.value()).isEqualTo(0xed);
        unit.registers.interrupts().remap(0x18, InterruptMessage.remappable(1).address(), 0, out);
        assertThat(out.value()).isEqualTo(0xee);
    }

    @Test
    void kdumpKernelTakesOverWithTranslationAndRemappingOn() {
        Bench unit = linux(0x8000, 0x10_0000);
        unit.memory.write64(0x10_0000 + 16 * 3, Irte.xapic(0x31, 1).low());
        unit.registers.interrupts().remap(SOURCE, InterruptMessage.remappable(3).address(), 0, out);
        assertThat(out.outcome()).isEqualTo(Outcome.REMAPPED);
        unit.fault(1, SOURCE);
        unit.calls.clear();
        unit.sent.clear();

        // What the old kernel left is cleared; its queue is drained, turned off and replaced.
        unit.clearFrcd(0);
        assertThat(unit.get(RegisterName.IQH)).isEqualTo(unit.get(RegisterName.IQT));
        unit.command(Bench.QIE, false);
        assertThat(unit.get(RegisterName.GSTS)).isEqualTo(0xc300_0000L);
        unit.queue(false);
        // The copied interrupt table, with the old entry in it.
        unit.memory.write64(0x20_0000 + 16 * 3, Irte.xapic(0x31, 1).low());
        unit.set(RegisterName.IRTA, 0x20_000f);
        unit.command(Bench.SIRTP, true);
        assertThat(unit.registers.state().interruptsEnabled()).isTrue();
        assertThat(unit.registers.state().interruptTable()).isEqualTo(0x20_0000);
        unit.submit(InvalidationDescriptor.interrupts(), InvalidationDescriptor.await(0x4_0010, 7));
        unit.registers.interrupts().remap(SOURCE, InterruptMessage.remappable(3).address(), 0, out);
        assertThat(out.value()).isEqualTo(0x31);
        // The new root with the copied context tables.
        unit.set(RegisterName.RTADDR, 0x9000);
        assertThat(unit.registers.state().rootTable()).isEqualTo(0x8000);
        unit.command(Bench.SRTP, true);
        assertThat(unit.registers.state().rootTable()).isEqualTo(0x9000);
        assertThat(unit.registers.state().translationEnabled()).isTrue();
        unit.submit(InvalidationDescriptor.contexts(), InvalidationDescriptor.translations(), InvalidationDescriptor.await(0x4_0014, 7));
        assertThat(unit.calls).containsExactly("interrupts", "contexts", "translations");
        assertThat(unit.get(RegisterName.GSTS)).isEqualTo(0xc700_0000L);
        // A device's driver comes up: its old domain (5) is torn down.
        unit.submit(InvalidationDescriptor.contextsOfDevice(5, SOURCE, 0), InvalidationDescriptor.translationsOfDomain(5));
        assertThat(unit.calls).containsSequence("context of 5 100 0", "translations of 5");
        assertThat(unit.get(RegisterName.FSTS)).isZero();
        for (ProgrammingError error : ProgrammingError.values()) {
            assertThat(unit.registers.errors(error)).as("%s", error).isZero();
        }
    }

    @Test
    void withoutTheInvalidationTheOldTableStaysInForceForCachedEntries() {
        Bench unit = linux(0x8000, 0x10_0000);
        unit.memory.write64(0x10_0000 + 16 * 3, Irte.xapic(0x31, 1).low());
        unit.registers.interrupts().remap(SOURCE, InterruptMessage.remappable(3).address(), 0, out);
        unit.set(RegisterName.IRTA, 0x20_000f);
        unit.command(Bench.SIRTP, true);
        unit.registers.interrupts().remap(SOURCE, InterruptMessage.remappable(3).address(), 0, out);
        assertThat(out.outcome()).isEqualTo(Outcome.REMAPPED);
        unit.submit(InvalidationDescriptor.interrupts());
        unit.registers.interrupts().remap(SOURCE, InterruptMessage.remappable(3).address(), 0, out);
        assertThat(out.faultCode()).as("reason 34 of the kdump reports").isEqualTo(34);
    }
}
