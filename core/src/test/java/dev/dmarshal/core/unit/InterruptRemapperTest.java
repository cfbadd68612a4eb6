package dev.dmarshal.core.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dmarshal.core.unit.RemappedInterrupt.Outcome;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.core.vtd.InterruptMessage;
import dev.dmarshal.core.vtd.InvalidationDescriptor;
import dev.dmarshal.core.vtd.Irte;
import dev.dmarshal.core.vtd.PostedDescriptor;
import dev.dmarshal.core.vtd.RegisterName;
import org.junit.jupiter.api.Test;

/** Interrupt remapping: formats, indices, entries, sources, posting, the interrupt entry cache. */
class InterruptRemapperTest {

    private static final int SOURCE = 0x18;
    private static final long POSTED = 0x4_0040L;
    private final RemappedInterrupt out = new RemappedInterrupt();

    private RemappedInterrupt ask(Bench unit, InterruptMessage message) {
        unit.registers.interrupts().remap(SOURCE, message.address(), message.value(), out);
        return out;
    }

    private RemappedInterrupt ask(Bench unit, int index) {
        return ask(unit, InterruptMessage.remappable(index));
    }

    /** Asserts a block with this code, and that the record has the index; the record is cleared afterwards. */
    private void blocked(Bench unit, InterruptMessage message, int code, long index) {
        ask(unit, message);
        assertThat(out.outcome()).isEqualTo(Outcome.BLOCKED);
        assertThat(Integer.toHexString(out.faultCode())).isEqualTo(Integer.toHexString(code));
        assertThat(out.recorded()).isTrue();
        assertThat(out.hasMessage()).isFalse();
        int record = (int) unit.get(RegisterName.FSTS) >>> 8;
        assertThat(unit.frcd(RegisterName.FRCD_LOW, record)).isEqualTo(index << 48);
        assertThat(unit.frcd(RegisterName.FRCD_HIGH, record)).isEqualTo(1L << 63 | (long) code << 32 | SOURCE);
        unit.clearFrcd(record);
    }

    private void blockedSilently(Bench unit, int index, int code) {
        ask(unit, index);
        assertThat(out.faultCode()).isEqualTo(code);
        assertThat(out.recorded()).isFalse();
        assertThat(unit.get(RegisterName.FSTS) & 0xff).isZero();
    }

    @Test
    void withoutRemappingEverythingPasses() {
        Bench unit = Bench.qemu();
        assertThat(ask(unit, InterruptMessage.compatible(0x41, 3)).outcome()).isEqualTo(Outcome.PASSED);
        assertThat(out.message()).contains(InterruptMessage.compatible(0x41, 3));
        assertThat(ask(unit, 5).outcome()).isEqualTo(Outcome.PASSED);
        assertThat(out.hasIndex()).isFalse();
        assertThat(out.address()).isEqualTo(InterruptMessage.remappable(5).address());
        assertThatThrownBy(() -> unit.registers.interrupts().remap(1, 0x1000, 0, out)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void xapicEntry() {
        Bench unit = Bench.qemu().remapping(false);
        unit.entry(5, Irte.xapic(0xee, 3).from(1, 0, SOURCE));
        assertThat(ask(unit, 5).outcome()).isEqualTo(Outcome.REMAPPED);
        assertThat(out.message()).contains(new InterruptMessage(0xfee0_3000L, 0xee));
        assertThat(out.entry()).hasValue(5);
        unit.entry(6, Irte.xapic(0x31, 0xff).withLow(Irte.DM, 1).withLow(Irte.RH, 1).withLow(Irte.TM, 1).withLow(Irte.DLM, 1).withLow(Irte.AVAIL, 15));
        assertThat(ask(unit, 6).message()).contains(new InterruptMessage(0xfeef_f00cL, 0xc131));
        assertThat(out).hasToString("REMAPPED index 6 0xfeeff00c=0xc131 vector 0x31 to APIC 0xff");
    }

    @Test
    void x2apicEntryKeepsAllBitsOfItsDestination() {
        Bench unit = Bench.full().remapping(true);
        unit.entry(0, Irte.x2apic(0x31, 0x8001_0203));
        ask(unit, 0);
        assertThat(out.address()).isEqualTo(0x8001_0200_fee0_3000L);
        assertThat(out.message().orElseThrow().destination()).isEqualTo(0x8001_0203);
    }

    @Test
    void deliveryModes() {
        for (int mode = 0; mode < 8; mode++) {
            Bench unit = Bench.qemu().remapping(false);
            unit.entry(0, Irte.xapic(0x31, 0).withLow(Irte.DLM, mode));
            ask(unit, 0);
            if (mode == 3 || mode == 6) {
                assertThat(out.fault()).contains(FaultReason.IR_RESERVED_ENTRY);
            } else {
                assertThat(out.value()).isEqualTo(mode << 8 | 0x31);
            }
        }
    }

    @Test
    void handleAndSubhandle() {
        Bench unit = Bench.qemu().remapping(false);
        unit.entry(7, Irte.xapic(0x77, 0));
        assertThat(ask(unit, InterruptMessage.remappable(4, 3)).value()).isEqualTo(0x77);
        assertThat(out.index()).isEqualTo(7);
        assertThat(ask(unit, new InterruptMessage(InterruptMessage.remappable(7).address() | 3, 0xffff_ffff)).value())
                .as("without SHV the data and the address's low bits are ignored").isEqualTo(0x77);
        blocked(unit, new InterruptMessage(InterruptMessage.remappable(4, 3).address(), 0x1_0003), 0x20, 7);
        blocked(unit, InterruptMessage.remappable(0xff, 1), 0x21, 0x100);
        blocked(unit, InterruptMessage.remappable(0xffff, 0xffff), 0x21, 0xfffe);
        blocked(unit, InterruptMessage.remappable(0x8000), 0x21, 0x8000);
    }

    @Test
    void aTableOf65536EntriesHasNoIndexBeyondButSums() {
        Bench unit = Bench.qemu();
        unit.set(RegisterName.IRTA, 0x10_0000 | 15);
        unit.command(Bench.SIRTP, true);
        unit.command(Bench.IRE, true);
        unit.memory.write64(0x10_0000 + 16 * 0xffff, Irte.xapic(0x42, 0).low());
        assertThat(ask(unit, 0xffff).value()).isEqualTo(0x42);
        blocked(unit, InterruptMessage.remappable(0xffff, 1), 0x21, 0);
    }

    @Test
    void compatibilityFormat() {
        InterruptMessage message = InterruptMessage.compatible(0x41, 3);
        Bench unit = Bench.full().remapping(false);
        blocked(unit, message, 0x25, 0);
        unit.command(Bench.CFI, true);
        assertThat(ask(unit, message).outcome()).isEqualTo(Outcome.PASSED);
        unit.command(Bench.CFI, false);
        ask(unit, message);
        assertThat(out.fault()).contains(FaultReason.IR_COMPATIBILITY);
        Bench extended = Bench.full().remapping(true);
        extended.command(Bench.CFI, true);
        blocked(extended, message, 0x25, 0);
    }

    @Test
    void faultsOfTheEntryAreQualifiedByItsFpdPresentOrNot() {
        Bench unit = Bench.qemu().remapping(false);
        unit.entry(1, new Irte(0, 0));
        blocked(unit, InterruptMessage.remappable(1), 0x22, 1);
        unit.entry(2, new Irte(2, 0));
        blockedSilently(unit, 2, 0x22);
        unit.entry(3, new Irte(Irte.xapic(1, 1).low() | 1 << 12, 0));
        blocked(unit, InterruptMessage.remappable(3), 0x24, 3);
        unit.entry(4, new Irte(Irte.xapic(1, 1).low() | 1 << 12 | 2, 0));
        blockedSilently(unit, 4, 0x24);
        unit.entry(5, Irte.xapic(1, 1).from(1, 0, 0x19));
        blocked(unit, InterruptMessage.remappable(5), 0x26, 5);
        unit.entry(6, Irte.xapic(1, 1).from(1, 0, 0x19).withLow(Irte.FPD, 1));
        blockedSilently(unit, 6, 0x26);
        unit.entry(7, new Irte(2, -1));
        blockedSilently(unit, 7, 0x22);
    }

    @Test
    void everyReservedBitOfAnEntryFaults() {
        for (boolean x2apic : new boolean[] {false, true}) {
            Irte valid = x2apic ? Irte.x2apic(0x31, 0) : Irte.xapic(0x31, 0);
            long low = x2apic ? 0xff00_7000L : 0xffff_00ff_ff00_7000L;
            for (int bit = 0; bit < 64; bit++) {
                Bench unit = Bench.full().remapping(x2apic);
                unit.entry(0, new Irte(valid.low() | 1L << bit, 0));
                ask(unit, 0);
                assertThat(out.outcome() == Outcome.BLOCKED && out.faultCode() == 0x24).as("low bit %d", bit)
                        .isEqualTo((low >>> bit & 1) != 0);
                Bench other = Bench.full().remapping(x2apic);
                other.entry(0, new Irte(valid.low(), 1L << bit));
                ask(other, 0);
                assertThat(out.outcome() == Outcome.BLOCKED && out.faultCode() == 0x24).as("high bit %d", bit).isEqualTo(bit >= 20);
            }
        }
    }

    @Test
    void unreadableTable() {
        Bench unit = Bench.qemu().remapping(false);
        unit.memory.hole(Bench.TABLE + 0x100, Bench.TABLE + 0x1ff);
        unit.entry(1, Irte.xapic(1, 1));
        assertThat(ask(unit, 1).outcome()).isEqualTo(Outcome.REMAPPED);
        blocked(unit, InterruptMessage.remappable(0x10), 0x23, 0x10);
    }

    @Test
    void sourceValidationReservedEncodingIsAReservedField() {
        Bench unit = Bench.qemu().remapping(false);
        unit.entry(1, Irte.xapic(1, 1).from(3, 0, SOURCE));
        blocked(unit, InterruptMessage.remappable(1), 0x24, 1);
    }

    @Test
    void busRangeStartsInTheUpperByte() {
        Bench unit = Bench.qemu().remapping(false);
        unit.entry(1, Irte.xapic(1, 1).from(2, 0, 0x0002));
        assertThat(ask(unit, 1).outcome()).isEqualTo(Outcome.REMAPPED);
        unit.entry(2, Irte.xapic(1, 1).from(2, 0, 0x0200));
        blocked(unit, InterruptMessage.remappable(2), 0x26, 2);
    }

    @Test
    void requestsThatAreNoWordWritesAreIllegalWhileRemappingIsOn() {
        Bench unit = Bench.qemu();
        unit.registers.interrupts().refuse(SOURCE, out);
        assertThat(out.outcome()).isEqualTo(Outcome.NONE);
        unit.remapping(false);
        unit.registers.interrupts().refuse(SOURCE, out);
        assertThat(out.faultCode()).isEqualTo(0x29);
        assertThat(unit.frcd(RegisterName.FRCD_HIGH, 0)).isEqualTo(1L << 63 | 0x29L << 32 | SOURCE);
        assertThat(out).hasToString("BLOCKED fault 0x29");
    }

    @Test
    void ioapicEntriesGoTheSameWay() {
        Bench unit = Bench.qemu().remapping(false);
        unit.entry(0x85, Irte.xapic(0xed, 1).from(1, 0, SOURCE).withLow(Irte.FPD, 1));
        assertThat(ask(unit, InterruptMessage.ofRedirectionEntry(InterruptMessage.redirectionEntry(0x85, 0x30, true))).value()).isEqualTo(0xed);
        blocked(unit, InterruptMessage.ofRedirectionEntry(0x0100_0000_0000_0030L), 0x25, 0);
    }

    @Test
    void deliverySendsTheMessage() {
        Bench unit = Bench.qemu().remapping(false);
        unit.entry(1, Irte.xapic(0x31, 2));
        unit.registers.interrupts().deliver(SOURCE, InterruptMessage.remappable(1).address(), 0, out);
        unit.registers.interrupts().deliver(SOURCE, InterruptMessage.remappable(2).address(), 0, out);
        assertThat(unit.sent).containsExactly("INTERRUPT fee02000 31");
    }

    @Test
    void postingIsReservedWithoutTheCapability() {
        Bench unit = Bench.qemu().remapping(false);
        unit.entry(1, Irte.posted(0x55, POSTED, false));
        blocked(unit, InterruptMessage.remappable(1), 0x24, 1);
    }

    private static Bench posting(boolean urgent, long control) {
        Bench unit = Bench.full().remapping(true);
        unit.entry(1, Irte.posted(0x55, POSTED, urgent));
        unit.memory.write64(POSTED + 32, control);
        return unit;
    }

    private static PostedDescriptor descriptor(Bench unit) {
        return new PostedDescriptor(unit.memory.read64(POSTED), unit.memory.read64(POSTED + 8), unit.memory.read64(POSTED + 16),
                unit.memory.read64(POSTED + 24), unit.memory.read64(POSTED + 32));
    }

    @Test
    void aPostedInterruptSetsItsBitAndNotifiesOnce() {
        Bench unit = posting(false, PostedDescriptor.empty(0xf2, 0x1_0203).control());
        unit.registers.interrupts().deliver(SOURCE, InterruptMessage.remappable(1).address(), 0, out);
        assertThat(out.outcome()).isEqualTo(Outcome.POSTED);
        assertThat(descriptor(unit)).isEqualTo(new PostedDescriptor(0, 1L << 21, 0, 0, 0x0001_0203_00f2_0001L));
        assertThat(descriptor(unit).requested(0x55)).isTrue();
        assertThat(descriptor(unit).requested(0x56)).isFalse();
        assertThat(unit.sent).containsExactly("NOTIFICATION 10200fee03000 f2");
        unit.entry(2, Irte.posted(0xff, POSTED, false));
        unit.registers.interrupts().deliver(SOURCE, InterruptMessage.remappable(2).address(), 0, out);
        assertThat(out.hasMessage()).as("ON was still set").isFalse();
        assertThat(descriptor(unit).requests3()).isEqualTo(1L << 63);
        assertThat(unit.sent).hasSize(1);
    }

    /** Another unit posts to the same descriptor at the same moment, or software suppresses notification: nothing of either is lost. */
    @Test
    void whatOthersPostMeanwhileIsKept() {
        Bench unit = posting(false, PostedDescriptor.empty(0xf2, 1).control());
        unit.memory.storeInBetween(POSTED + 8, 1L << 7);
        assertThat(ask(unit, 1).hasMessage()).isTrue();
        assertThat(unit.memory.read64(POSTED + 8)).isEqualTo(1L << 21 | 1L << 7);
        unit = posting(false, PostedDescriptor.empty(0xf2, 1).control());
        unit.memory.storeInBetween(POSTED + 32, PostedDescriptor.SN.set(PostedDescriptor.empty(0xf2, 1).control(), 1));
        assertThat(ask(unit, 1).hasMessage()).isFalse();
        assertThat(unit.memory.read64(POSTED + 8)).isEqualTo(1L << 21);
    }

    @Test
    void suppressionHoldsBackAllButUrgentInterrupts() {
        long suppressed = PostedDescriptor.SN.set(PostedDescriptor.empty(0xf2, 1).control(), 1);
        Bench calm = posting(false, suppressed);
        assertThat(ask(calm, 1).hasMessage()).isFalse();
        assertThat(out.outcome()).isEqualTo(Outcome.POSTED);
        assertThat(descriptor(calm).requested(0x55)).isTrue();
        assertThat(descriptor(calm).control()).isEqualTo(suppressed);
        Bench urgent = posting(true, suppressed);
        assertThat(ask(urgent, 1).message()).contains(new InterruptMessage(0xfee0_1000L, 0xf2));
        assertThat(descriptor(urgent).control()).isEqualTo(suppressed | 1);
        assertThat(ask(urgent, 1).hasMessage()).isFalse();
    }

    @Test
    void notificationInXapicMode() {
        Bench unit = Bench.full().remapping(false);
        unit.entry(1, Irte.posted(0, POSTED, false));
        unit.memory.write64(POSTED + 32, 0x0000_0500_00f2_0000L);
        assertThat(ask(unit, 1).message()).contains(new InterruptMessage(0xfee0_5000L, 0xf2));
        unit.memory.write64(POSTED + 32, 0x0000_0005_00f2_0000L);
        blocked(unit, InterruptMessage.remappable(1), 0x28, 1);
    }

    @Test
    void everyReservedBitOfAPostedDescriptorFaults() {
        for (int bit = 256; bit < 512; bit++) {
            Bench unit = posting(false, 0);
            long at = POSTED + bit / 64 * 8L;
            unit.memory.write64(at, 1L << bit);
            ask(unit, 1);
            boolean reserved = bit >= 258 && bit <= 271 || bit >= 280 && bit <= 287 || bit >= 320;
            assertThat(out.outcome() == Outcome.BLOCKED && out.faultCode() == 0x28).as("bit %d", bit).isEqualTo(reserved);
            assertThat(descriptor(unit).requested(0x55)).isEqualTo(!reserved);
        }
    }

    @Test
    void postedFaultsAreQualified() {
        Bench unit = Bench.full().remapping(true);
        unit.entry(1, Irte.posted(0x55, 0x7f_ffff_0000L, false));
        blocked(unit, InterruptMessage.remappable(1), 0x27, 1);
        unit.entry(2, Irte.posted(0x55, 0x7f_ffff_0000L, false).withLow(Irte.FPD, 1));
        blockedSilently(unit, 2, 0x27);
        unit.memory.write64(POSTED + 56, 1);
        unit.entry(3, Irte.posted(0x55, POSTED, false).withLow(Irte.FPD, 1));
        blockedSilently(unit, 3, 0x28);
        unit.entry(4, Irte.posted(0x55, POSTED, false).from(1, 0, 0x99));
        blocked(unit, InterruptMessage.remappable(4), 0x26, 4);
        for (int bit : new int[] {2, 7, 12, 13, 24, 37}) {
            unit.entry(5, new Irte(Irte.posted(0x55, POSTED, false).low() | 1L << bit, 0));
            blocked(unit, InterruptMessage.remappable(5), 0x24, 5);
        }
        unit.entry(6, new Irte(Irte.posted(0x55, POSTED, false).low(), 1 << 20));
        blocked(unit, InterruptMessage.remappable(6), 0x24, 6);
    }

    @Test
    void presentEntriesAreCachedUntilInvalidated() {
        Bench unit = Bench.qemu().queue(false).remapping(false);
        unit.entry(5, Irte.xapic(0x31, 0));
        ask(unit, 5);
        unit.entry(5, Irte.xapic(0x32, 0));
        assertThat(ask(unit, 5).value()).as("stale").isEqualTo(0x31);
        unit.submit(InvalidationDescriptor.interrupts(6, 0));
        assertThat(ask(unit, 5).value()).isEqualTo(0x31);
        unit.submit(InvalidationDescriptor.interrupts(6, 1));
        assertThat(ask(unit, 5).value()).as("6 and 7").isEqualTo(0x31);
        unit.submit(InvalidationDescriptor.interrupts(6, 2));
        assertThat(ask(unit, 5).value()).as("4 to 7").isEqualTo(0x32);
        unit.entry(5, Irte.xapic(0x33, 0));
        unit.submit(InvalidationDescriptor.interrupts());
        assertThat(ask(unit, 5).value()).isEqualTo(0x33);
    }

    @Test
    void entriesThatFaultAreCachedOnlyInCachingMode() {
        for (boolean caching : new boolean[] {false, true}) {
            Bench unit = new Bench(Bench.QEMU_CAP | (caching ? 1 << 7 : 0), Bench.QEMU_ECAP, false).remapping(false);
            ask(unit, 5);
            unit.entry(5, Irte.xapic(0x31, 0));
            assertThat(ask(unit, 5).outcome()).isEqualTo(caching ? Outcome.BLOCKED : Outcome.REMAPPED);
            unit.entry(6, new Irte(1 | 1 << 12, 0));
            ask(unit, 6);
            unit.entry(6, Irte.xapic(0x31, 0));
            assertThat(ask(unit, 6).outcome()).isEqualTo(caching ? Outcome.BLOCKED : Outcome.REMAPPED);
        }
    }

    @Test
    void aNewTablePointerLeavesTheCacheAloneUnlessTheUnitSaysOtherwise() {
        for (boolean clears : new boolean[] {false, true}) {
            Bench unit = new Bench(Bench.QEMU_CAP | (clears ? 1L << 62 : 0), Bench.QEMU_ECAP, false).remapping(false);
            unit.entry(5, Irte.xapic(0x31, 0));
            ask(unit, 5);
            unit.memory.write64(0x3_0000 + 16 * 5, Irte.xapic(0x32, 0).low());
            unit.set(RegisterName.IRTA, 0x3_0007);
            unit.command(Bench.SIRTP, true);
            assertThat(ask(unit, 5).value()).isEqualTo(clears ? 0x32 : 0x31);
        }
    }
}
