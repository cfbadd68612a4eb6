package dev.dmarshal.core.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.vtd.DescriptorFields.DeviceTlb;
import dev.dmarshal.core.vtd.DescriptorFields.PasidDeviceTlb;
import dev.dmarshal.core.vtd.DescriptorFields.Wait;
import dev.dmarshal.core.vtd.ExtendedCapability;
import dev.dmarshal.core.vtd.InvalidationDescriptor;
import dev.dmarshal.core.vtd.PageGroupResponse;
import dev.dmarshal.core.vtd.RegisterName;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** The invalidation queue: every descriptor type, waits, errors and how it goes on after them. */
class InvalidationQueueTest {

    private static final int IQE = 1 << 4;
    private static final int ICE = 1 << 5;
    private static final int ITE = 1 << 6;

    private static Bench scalable() {
        Bench unit = Bench.full();
        unit.mode(1);
        return unit.queue(true);
    }

    private static long error(Bench unit) {
        return unit.get(RegisterName.IQERCD) & 0xf;
    }

    @Test
    void legacyDescriptorsReachTheCaches() {
        Bench unit = Bench.qemu().queue(false);
        unit.submit(InvalidationDescriptor.contexts(), InvalidationDescriptor.contextsOfDomain(5), InvalidationDescriptor.contextsOfDevice(5, 0x318, 2),
                InvalidationDescriptor.translations(), InvalidationDescriptor.translationsOfDomain(6),
                InvalidationDescriptor.pages(7, 0x1234_5000, 2, true), InvalidationDescriptor.pages(7, 0x1000, 0, false),
                InvalidationDescriptor.pages(8, 0x1000, 63, false), InvalidationDescriptor.interrupts(), InvalidationDescriptor.interrupts(0x105, 2),
                InvalidationDescriptor.interrupts(0x105, 31));
        assertThat(unit.calls).containsExactly("contexts", "contexts of 5", "context of 5 318 2", "translations", "translations of 6",
                "pages of 7 12344000 2 leaves", "pages of 7 1000 0", "translations of 8", "interrupts", "interrupts 260 2", "interrupts");
        assertThat(unit.get(RegisterName.IQH)).isEqualTo(11 * 16);
        assertThat(unit.get(RegisterName.FSTS)).isZero();
    }

    @Test
    void scalableDescriptorsReachTheCaches() {
        Bench unit = scalable();
        unit.submit(InvalidationDescriptor.contextsOfDomain(5), InvalidationDescriptor.contextsOfDevice(5, 0x318, 3), InvalidationDescriptor.pasids(),
                InvalidationDescriptor.pasidsOfDomain(5), InvalidationDescriptor.pasid(5, 0xfffff), InvalidationDescriptor.translationsOfPasid(5, 1),
                InvalidationDescriptor.pagesOfPasid(5, 1, 0xffff_8000_0000_3000L, 1), InvalidationDescriptor.pagesOfPasid(5, 1, 0x1000, 20));
        assertThat(unit.calls).containsExactly("contexts", "context of 0 318 3", "pasids", "pasids of 5", "pasid 5 1048575",
                "translations of 5 pasid 1", "pages of 5 pasid 1 ffff800000002000 1", "translations of 5 pasid 1");
        assertThat(unit.get(RegisterName.IQH)).isEqualTo(8 * 32);
    }

    @Test
    void deviceTlbRangesAreDecoded() {
        Bench unit = scalable();
        unit.submit(InvalidationDescriptor.deviceTlb(0x100, 0x5000), InvalidationDescriptor.deviceTlb(0x100, 0x5000).with(1, DeviceTlb.S, 1),
                InvalidationDescriptor.deviceTlb(0x100, 0x4000).with(1, DeviceTlb.S, 1),
                InvalidationDescriptor.deviceTlb(0x100, 0x7fff_ffff_ffff_f000L).with(1, DeviceTlb.S, 1),
                InvalidationDescriptor.deviceTlbOfPasid(0x101, 9, 0x9000));
        assertThat(unit.requests).containsExactly(
                new DeviceTlbInvalidation(0x100, OptionalInt.empty(), false, 0x5000, 0x5fff),
                new DeviceTlbInvalidation(0x100, OptionalInt.empty(), false, 0x4000, 0x7fff),
                new DeviceTlbInvalidation(0x100, OptionalInt.empty(), false, 0x4000, 0x5fff),
                new DeviceTlbInvalidation(0x100, OptionalInt.empty(), false, 0, -1),
                new DeviceTlbInvalidation(0x101, OptionalInt.of(9), false, 0x9000, 0x9fff));
        unit.requests.clear();
        unit.submit(InvalidationDescriptor.deviceTlbOfPasid(0x101, 9, -1L << 12).with(1, PasidDeviceTlb.G, 1)
                .with(1, PasidDeviceTlb.S, 1));
        assertThat(unit.requests).containsExactly(new DeviceTlbInvalidation(0x101, OptionalInt.empty(), true, 0, -1));
    }

    @Test
    void pageGroupResponsesGoToTheDevice() {
        Bench unit = scalable();
        PageGroupResponse response = new PageGroupResponse(0x100, OptionalInt.of(3), 7, true, PageGroupResponse.INVALID);
        unit.submit(InvalidationDescriptor.respond(response));
        assertThat(unit.responses).containsExactly(response);
    }

    @Test
    void aWaitWritesItsStatusThenSendsItsEventOnce() {
        Bench unit = Bench.qemu().queue(false);
        unit.event(RegisterName.IECTL, 0xfee0_5000, 0x31);
        InvalidationDescriptor wait = InvalidationDescriptor.await(0x4_0004, 0xdeadbeef).with(0, Wait.IF, 1).with(0, Wait.FN, 1);
        unit.submit(InvalidationDescriptor.translations(), wait);
        assertThat(unit.memory.read64(0x4_0000)).isEqualTo(0xdeadbeef_0000_0000L);
        assertThat(unit.get(RegisterName.ICS)).isEqualTo(1);
        assertThat(unit.sent).containsExactly("INVALIDATION_EVENT fee05000 31");
        unit.submit(wait);
        assertThat(unit.sent).as("IWC was still set").hasSize(1);
        unit.set(RegisterName.ICS, 1);
        assertThat(unit.get(RegisterName.ICS)).isZero();
        unit.submit(wait);
        assertThat(unit.sent).hasSize(2);
        unit.submit(InvalidationDescriptor.await());
        assertThat(unit.sent).hasSize(2);
    }

    @Test
    void aMaskedCompletionEventIsForgottenWhenServiced() {
        Bench unit = Bench.qemu().queue(false);
        unit.submit(InvalidationDescriptor.await().with(0, Wait.IF, 1));
        assertThat(unit.get(RegisterName.IECTL)).isEqualTo(0xc000_0000L);
        unit.set(RegisterName.ICS, 1);
        assertThat(unit.get(RegisterName.IECTL)).isEqualTo(0x8000_0000L);
        unit.submit(InvalidationDescriptor.await().with(0, Wait.IF, 1));
        unit.set(RegisterName.IECTL, 0);
        assertThat(unit.sent).hasSize(1);
    }

    @Test
    void aStatusAddressThatIsNoMemoryIsDropped() {
        Bench unit = Bench.qemu().queue(false);
        unit.submit(InvalidationDescriptor.await(0x7fff_ffff_0000L, 1), InvalidationDescriptor.translations());
        assertThat(unit.calls).containsExactly("translations");
        assertThat(unit.get(RegisterName.FSTS)).isZero();
    }

    @Test
    void theQueueWrapsAround() {
        Bench unit = Bench.qemu().queue(false);
        for (int i = 0; i < 300; i++) {
            unit.submit(InvalidationDescriptor.translationsOfDomain(i));
        }
        assertThat(unit.calls).hasSize(300).last().isEqualTo("translations of 299");
        assertThat(unit.get(RegisterName.IQH)).isEqualTo((300 - 256) * 16);
        Bench wide = scalable();
        for (int i = 0; i < 130; i++) {
            wide.submit(InvalidationDescriptor.pasids());
        }
        assertThat(wide.calls).hasSize(130);
        assertThat(wide.get(RegisterName.IQH)).isEqualTo(2 * 32);
    }

    @Test
    void sizesOfTheQueue() {
        for (int size = 0; size < 8; size++) {
            Bench unit = Bench.qemu();
            unit.set(RegisterName.IQA, Bench.QUEUE | size);
            unit.command(Bench.QIE, true);
            int bytes = 4096 << size;
            for (int at = 0; at < bytes; at += 16) {
                unit.memory.write64(Bench.QUEUE + at, 0x12);
            }
            unit.set(RegisterName.IQT, bytes - 16);
            assertThat(unit.calls).hasSize(bytes / 16 - 1);
            unit.set(RegisterName.IQT, 0);
            assertThat(unit.calls).hasSize(bytes / 16);
            assertThat(unit.get(RegisterName.IQH)).isZero();
            if (size < 7) {
                unit.set(RegisterName.IQT, bytes);
                assertThat(error(unit)).isEqualTo(1);
                assertThat(unit.get(RegisterName.FSTS)).isEqualTo(IQE);
            }
        }
    }

    @Test
    void badDescriptorsStopTheQueueWithTheirCode() {
        Object[][] rows = {
            {new InvalidationDescriptor(0, 0, 0, 0), 3}, {new InvalidationDescriptor(10, 0, 0, 0), 3}, {new InvalidationDescriptor(0x0212, 0, 0, 0), 3},
            {InvalidationDescriptor.pasids(), 3}, {InvalidationDescriptor.translationsOfPasid(1, 1), 3},
            {InvalidationDescriptor.deviceTlb(0x100, 0), 3}, {InvalidationDescriptor.deviceTlbOfPasid(0x100, 1, 0), 3},
            {new InvalidationDescriptor(9, 0, 0, 0), 3}, {new InvalidationDescriptor(1, 0, 0, 0), 4}, {new InvalidationDescriptor(2, 0, 0, 0), 4},
            {new InvalidationDescriptor(0x11, 1, 0, 0), 4}, {new InvalidationDescriptor(0x1_0000_0012L, 0, 0, 0), 4},
            {new InvalidationDescriptor(0x8004, 0, 0, 0), 4}, {new InvalidationDescriptor(0x25, 0x1001, 0, 0), 4},
            {new InvalidationDescriptor(0x105, 0, 0, 0), 4}, {InvalidationDescriptor.await().with(0, Wait.PD, 1), 4}};
        for (Object[] row : rows) {
            Bench unit = Bench.qemu().queue(false);
            unit.submit(InvalidationDescriptor.contexts(), (InvalidationDescriptor) row[0], InvalidationDescriptor.translations());
            assertThat(unit.calls).as("%s", row[0]).containsExactly("contexts");
            assertThat(unit.get(RegisterName.FSTS)).isEqualTo(IQE);
            assertThat(error(unit)).as("%s", row[0]).isEqualTo(((Integer) row[1]).longValue());
            assertThat(unit.get(RegisterName.IQH)).isEqualTo(16);
            assertThat(unit.get(RegisterName.FECTL)).isEqualTo(0xc000_0000L);
        }
    }

    @Test
    void badScalableDescriptorsStopTheQueueWithTheirCode() {
        Object[][] rows = {
            {new InvalidationDescriptor(0x17L | 1 << 6, 0, 0, 0), 4}, {new InvalidationDescriptor(0x27, 0, 0, 0), 4},
            {new InvalidationDescriptor(0x06, 0, 0, 0), 4}, {new InvalidationDescriptor(0x16, 0, 0, 0), 4}, {new InvalidationDescriptor(0x12, 0, 1, 0), 4},
            {new InvalidationDescriptor(0x12, 0, 0, 1L << 63), 4}, {new InvalidationDescriptor(0x05, 0, 1, 0), 4},
            {new InvalidationDescriptor(0x40c, 0, 0, 0), 3}, {new InvalidationDescriptor(0xa, 0, 0, 0), 3}};
        for (Object[] row : rows) {
            Bench unit = scalable();
            unit.submit((InvalidationDescriptor) row[0]);
            assertThat(error(unit)).as("%s", row[0]).isEqualTo(((Integer) row[1]).longValue());
            assertThat(unit.calls).isEmpty();
        }
    }

    @Test
    void pageRequestsAreDrainedOnlyWhereAnnounced() {
        Bench unit = new Bench(Bench.FULL_CAP, ExtendedCapability.PAGE_REQUEST_DRAIN.set(Bench.FULL_ECAP, 1), false);
        unit.mode(1);
        unit.queue(true).submit(InvalidationDescriptor.await(0x4_0000, 7).with(0, Wait.PD, 1));
        assertThat(unit.get(RegisterName.FSTS)).isZero();
        assertThat(unit.memory.read64(0x4_0000)).isEqualTo(7);
        Bench without = new Bench(Bench.FULL_CAP, ExtendedCapability.PAGE_REQUEST_DRAIN.set(Bench.FULL_ECAP, 0), false);
        without.mode(1);
        without.queue(true).submit(InvalidationDescriptor.await(0x4_0000, 7).with(0, Wait.PD, 1));
        assertThat(error(without)).isEqualTo(4);
        assertThat(without.memory.read64(0x4_0000)).isZero();
    }

    @Test
    void softwareRepairsTheDescriptorAndGoesOn() {
        Bench unit = Bench.qemu().queue(false);
        unit.event(RegisterName.FECTL, 0xfee0_0000, 0x20);
        unit.submit(new InvalidationDescriptor(0xf, 0, 0, 0), InvalidationDescriptor.translations());
        assertThat(unit.sent).containsExactly("FAULT_EVENT fee00000 20");
        unit.set(RegisterName.IQT, 48);
        assertThat(unit.calls).as("stopped").isEmpty();
        unit.memory.write64(Bench.QUEUE + 32, 0x5);
        unit.memory.write64(Bench.QUEUE, 0x11);
        unit.set(RegisterName.FSTS, IQE);
        assertThat(unit.calls).containsExactly("contexts", "translations");
        assertThat(unit.get(RegisterName.FSTS)).isZero();
        assertThat(error(unit)).isZero();
        assertThat(unit.get(RegisterName.IQH)).isEqualTo(48);
        unit.set(RegisterName.FSTS, IQE);
        assertThat(unit.calls).hasSize(2);
    }

    @Test
    void clearingWithoutRepairingFailsAgain() {
        Bench unit = Bench.qemu().queue(false);
        unit.submit(new InvalidationDescriptor(0xf, 0, 0, 0));
        unit.set(RegisterName.FSTS, IQE);
        assertThat(unit.get(RegisterName.FSTS)).isEqualTo(IQE);
        assertThat(error(unit)).isEqualTo(3);
    }

    @Test
    void unreadableQueue() {
        Bench unit = Bench.qemu().queue(false);
        unit.memory.hole(Bench.QUEUE, Bench.QUEUE + 0xfff);
        unit.set(RegisterName.IQT, 16);
        assertThat(error(unit)).isEqualTo(2);
    }

    @Test
    void widthTailAndModeErrors() {
        Bench narrow = Bench.full();
        narrow.mode(1);
        narrow.queue(false).submit(InvalidationDescriptor.translations());
        assertThat(error(narrow)).isEqualTo(5);
        Bench odd = scalable();
        odd.set(RegisterName.IQT, 16);
        assertThat(error(odd)).isEqualTo(6);
        Bench reserved = Bench.full();
        reserved.mode(2);
        reserved.queue(false).submit(InvalidationDescriptor.translations());
        assertThat(error(reserved)).isEqualTo(7);
        Bench legacyOnly = Bench.qemu();
        legacyOnly.mode(1);
        legacyOnly.queue(false).submit(InvalidationDescriptor.translations());
        assertThat(error(legacyOnly)).isEqualTo(7);
        Bench noAbort = Bench.qemu();
        noAbort.mode(3);
        noAbort.queue(false).submit(InvalidationDescriptor.translations());
        assertThat(error(noAbort)).isEqualTo(7);
        Bench abort = Bench.full();
        abort.mode(3);
        abort.queue(false).submit(InvalidationDescriptor.translations());
        assertThat(abort.calls).containsExactly("translations");
        Bench wideLegacy = Bench.full().queue(true);
        wideLegacy.submit(InvalidationDescriptor.translations(), InvalidationDescriptor.contexts());
        assertThat(wideLegacy.calls).containsExactly("translations", "contexts");
    }

    @Test
    void enablingTakesUpATailSetBeforeAndLatchesTheAddress() {
        Bench unit = Bench.qemu();
        unit.memory.write64(Bench.QUEUE, 0x11);
        unit.set(RegisterName.IQA, Bench.QUEUE);
        unit.set(RegisterName.IQT, 16);
        assertThat(unit.calls).isEmpty();
        unit.command(Bench.QIE, true);
        assertThat(unit.calls).containsExactly("contexts");
        unit.set(RegisterName.IQA, 0x7_0000);
        assertThat(unit.registers.errors(ProgrammingError.QUEUE_ADDRESS_WHILE_ENABLED)).isEqualTo(1);
        assertThat(unit.get(RegisterName.IQA)).as("reads give what was written last").isEqualTo(0x7_0000);
        unit.memory.write64(Bench.QUEUE + 16, 0x12);
        unit.set(RegisterName.IQT, 32);
        assertThat(unit.calls).containsExactly("contexts", "translations");
        unit.command(Bench.QIE, false);
        assertThat(unit.get(RegisterName.IQH)).isZero();
        assertThat(unit.registers.errors(ProgrammingError.QUEUE_DISABLED_NOT_EMPTY)).isZero();
    }

    @Test
    void turningOffAStoppedQueueDropsWhatIsLeft() {
        Bench unit = Bench.qemu().queue(false);
        unit.submit(new InvalidationDescriptor(0xf, 0, 0, 0));
        unit.command(Bench.QIE, false);
        assertThat(unit.registers.errors(ProgrammingError.QUEUE_DISABLED_NOT_EMPTY)).isEqualTo(1);
        unit.set(RegisterName.FSTS, IQE);
        assertThat(unit.get(RegisterName.FSTS)).isZero();
    }

    @Test
    void aTimeOutAbortsTheWaitThatMeetsIt() {
        Bench unit = scalable();
        unit.answers.add(DeviceTlbAnswer.TIMED_OUT);
        unit.answers.add(DeviceTlbAnswer.TIMED_OUT);
        unit.submit(InvalidationDescriptor.deviceTlb(0x100, 0), InvalidationDescriptor.deviceTlb(0x200, 0), InvalidationDescriptor.translations(),
                InvalidationDescriptor.await(0x4_0000, 1), InvalidationDescriptor.contexts(), InvalidationDescriptor.await(0x4_0000, 2));
        assertThat(unit.get(RegisterName.FSTS)).isEqualTo(ITE);
        assertThat(unit.get(RegisterName.IQERCD)).isEqualTo(0x100_0000_0000L);
        assertThat(unit.calls).containsExactly("translations");
        assertThat(unit.memory.read64(0x4_0000)).isZero();
        assertThat(unit.get(RegisterName.IQH)).isEqualTo(4 * 32);
        assertThat(unit.get(RegisterName.FECTL)).isEqualTo(0xc000_0000L);
        unit.set(RegisterName.FSTS, ITE);
        assertThat(unit.calls).containsExactly("translations", "contexts");
        assertThat(unit.memory.read64(0x4_0000)).isEqualTo(2);
        assertThat(unit.get(RegisterName.IQERCD)).isZero();
    }

    @Test
    void aTimeOutWithoutWaitIsNoticedWhenTheQueueIsEmpty() {
        Bench unit = scalable();
        unit.answers.add(DeviceTlbAnswer.TIMED_OUT);
        unit.submit(InvalidationDescriptor.deviceTlb(0x318, 0), InvalidationDescriptor.translations());
        assertThat(unit.calls).containsExactly("translations");
        assertThat(unit.get(RegisterName.FSTS)).isEqualTo(ITE);
        assertThat(unit.get(RegisterName.IQERCD) >>> 32).isEqualTo(0x318);
    }

    @Test
    void strayCompletionsDoNotStopTheQueue() {
        Bench unit = scalable();
        unit.answers.add(DeviceTlbAnswer.completedWithStray(0x777));
        unit.submit(InvalidationDescriptor.deviceTlb(0x100, 0), InvalidationDescriptor.await(0x4_0000, 1));
        assertThat(unit.get(RegisterName.FSTS)).isEqualTo(ICE);
        assertThat(unit.get(RegisterName.IQERCD)).isEqualTo(0x0777_0000_0000_0000L);
        assertThat(unit.memory.read64(0x4_0000)).isEqualTo(1);
        unit.answers.add(DeviceTlbAnswer.wrongCompletion(0x888));
        unit.submit(InvalidationDescriptor.deviceTlb(0x100, 0), InvalidationDescriptor.await(0x4_0000, 2));
        assertThat(unit.get(RegisterName.FSTS)).isEqualTo(ICE | ITE);
        assertThat(unit.get(RegisterName.IQERCD)).isEqualTo(0x0888_0100_0000_0000L);
        assertThat(unit.memory.read64(0x4_0000)).isEqualTo(1);
        unit.set(RegisterName.FSTS, ICE);
        assertThat(unit.get(RegisterName.IQERCD)).isEqualTo(0x0000_0100_0000_0000L);
    }

    @Test
    void reservedBitsOfPfsidAndMipAreFields() {
        Bench unit = scalable();
        unit.submit(InvalidationDescriptor.deviceTlb(0xffff, 0).with(0, DeviceTlb.MIP, 31));
        assertThat(unit.requests).hasSize(1);
        assertThat(unit.get(RegisterName.FSTS)).isZero();
    }
}
