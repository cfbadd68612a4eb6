package dev.dmarshal.doctor.kdump;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.doctor.kdump.BusyDevice.Buffer;
import dev.dmarshal.doctor.kdump.BusyDevice.CrashDriver;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What must come out follows from what each kernel does (the series' cover letter; Linux commits 091d42e43d21, 0c5f6c0d8201, 161b28aae165) and from
 * the order of
 * the hardware's look-ups: a bus without context table is reason 01h, a function without entry 02h, a page without mapping 05h or 06h, an interrupt
 * without entry 22h.
 */
class HandoverSimulationTest {

    private static final Sbdf NIC = new Sbdf(0, 1, 0, 0);
    private static final Sbdf NVME = new Sbdf(0, 2, 0, 0);
    private static final Sbdf USB = new Sbdf(0, 0, 0x14, 0);
    private static final Sbdf RAID = new Sbdf(0, 3, 0, 0);
    private static final Sbdf ACCELERATOR = new Sbdf(0, 4, 0, 0);
    private static final Sbdf VIRTUAL = new Sbdf(0, 5, 0x10, 0);

    private static Outcome at(HandoverReport report, Sbdf device, Moment moment) {
        return report.lines().stream().filter(line -> line.device().address().equals(device)).findFirst().orElseThrow().at(moment).orElseThrow();
    }

    private static boolean came(HandoverReport report, Moment moment) {
        return report.lines().stream().anyMatch(line -> line.at(moment).isPresent());
    }

    private static HandoverReport play(Behaviour behaviour) {
        return HandoverSimulation.play(SyntheticScene.of(false), behaviour);
    }

    @ParameterizedTest
    @EnumSource(Behaviour.class)
    void nothingGoesWrongBeforeTheUnitsAreTouched(Behaviour behaviour) {
        for (boolean scalable : new boolean[] {false, true}) {
            HandoverReport report = HandoverSimulation.play(SyntheticScene.of(scalable), behaviour);
            assertThat(report.lines()).allSatisfy(line -> assertThat(line.at(Moment.CRASHED).orElseThrow().harmless()).isTrue());
            assertThat(at(report, NIC, Moment.CRASHED)).isEqualTo(new Outcome(10, Map.of(), 0, 0, 0, 0, 0, 0, 2, Map.of(), 0));
        }
    }

    @Test
    void offAndOnFaultsAsTheSeriesSays() {
        HandoverReport report = play(Behaviour.OFF_AND_ON);
        assertThat(at(report, NIC, Moment.TAKEN_OVER).faults()).as("DMA, reason 01: the cover letter's first fault").isEqualTo(Map.of(FaultReason.LRT_2, 10L));
        assertThat(at(report, NIC, Moment.TAKEN_OVER).interruptsBlocked()).as("INTR-REMAP, reason 34: its second").isEqualTo(Map.of(FaultReason.IR_NOT_PRESENT,
                2L));
        assertThat(at(report, USB, Moment.TAKEN_OVER)).as("reserved memory stays mapped, the rest is not there").satisfies(outcome -> {
            assertThat(outcome.asBefore()).isEqualTo(2);
            assertThat(outcome.faults().keySet()).containsExactlyInAnyOrder(FaultReason.LGN_2, FaultReason.LGN_3);
        });
    }

    @Test
    void offAndOnAbortsAndCorruptsInBetween() {
        HandoverReport report = play(Behaviour.OFF_AND_ON);
        assertThat(at(report, NIC, Moment.TAKING_OVER)).as("addresses below 4 GiB where no memory is: PCI SERR").satisfies(outcome -> {
            assertThat(outcome.aborts()).isEqualTo(10);
            assertThat(outcome.misplaced()).isZero();
            assertThat(outcome.interruptsAstray()).isEqualTo(2);
        });
        assertThat(at(report, NVME, Moment.TAKING_OVER)).as("addresses where memory is: data written to the wrong place").satisfies(outcome -> {
            assertThat(outcome.wroteCrashKernel()).as("blocks at 0x70000000").isEqualTo(0x40000);
            assertThat(outcome.wroteElsewhere()).as("the completion queue").isEqualTo(4096);
            assertThat(outcome.readElsewhere()).as("the submission queue and blocks being written").isEqualTo(4096 + 0x20000);
        });
        assertThat(at(report, USB, Moment.TAKING_OVER).asBefore()).as("1:1, so off or on is the same").isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(value = Behaviour.class, names = {"SERIES", "COPY_MARKED", "COPY"})
    void theHandOverKeepsStaleDmaOnItsOldPages(Behaviour behaviour) {
        HandoverReport report = play(behaviour);
        assertThat(came(report, Moment.TAKING_OVER)).as("no gap").isFalse();
        assertThat(report.lines()).allSatisfy(line -> assertThat(line.at(Moment.TAKEN_OVER).orElseThrow().harmless()).as(line.device().name()).isTrue());
        assertThat(at(report, NIC, Moment.DRIVERS)).as("stopped by its driver").isEqualTo(Outcome.NOTHING);
        assertThat(at(report, ACCELERATOR, Moment.DRIVERS)).as("no driver: left alone, on its old pages").isEqualTo(
                new Outcome(3, Map.of(), 0, 0, 0, 0, 0, 0, 1, Map.of(), 0));
    }

    @ParameterizedTest
    @EnumSource(value = Behaviour.class, names = {"SERIES", "COPY_MARKED", "COPY"})
    void aDeviceThatIsNotStoppedFirstFaultsAndWritesIntoTheNewKernelsBuffers(Behaviour behaviour) {
        Outcome raid = at(play(behaviour), RAID, Moment.DRIVERS);
        assertThat(raid.wroteCrashKernel()).as("the reply queue's address is given out again, for a buffer of the new kernel").isEqualTo(4096);
        assertThat(raid.faults()).as("no write permission: the old addresses are gone").isEqualTo(Map.of(FaultReason.LGN_2, 16L));
        assertThat(raid.interruptsAsBefore()).as("old entries stay").isEqualTo(1);
    }

    @Test
    void iommuOffInTheCrashKernelLetsEverythingThrough() {
        HandoverReport report = play(Behaviour.IOMMU_OFF);
        assertThat(report.sum().faults()).as("nothing is refused any more").isEmpty();
        assertThat(at(report, NIC, Moment.TAKEN_OVER).aborts()).isEqualTo(10);
        assertThat(at(report, NVME, Moment.TAKEN_OVER).wroteCrashKernel()).isEqualTo(0x40000);
        assertThat(at(report, NIC, Moment.TAKEN_OVER).interruptsAsBefore()).as("interrupt remapping is copied all the same").isEqualTo(2);
        assertThat(at(report, ACCELERATOR, Moment.DRIVERS).aborts()).as("for as long as the dump takes").isEqualTo(3);
    }

    @Test
    void scalableModeShowsTheTwoKnownDefects() {
        CrashScene scene = SyntheticScene.of(true);
        HandoverReport marked = HandoverSimulation.play(scene, Behaviour.COPY_MARKED);
        assertThat(at(marked, NIC, Moment.TAKEN_OVER).faults()).as("bit 67 is a bit of RID_PASID: PASID 8 has no entry").isEqualTo(Map.of(FaultReason.SPT_2,
                10L));
        HandoverReport copy = HandoverSimulation.play(scene, Behaviour.COPY);
        assertThat(at(copy, NIC, Moment.TAKEN_OVER).harmless()).isTrue();
        assertThat(at(copy, VIRTUAL, Moment.TAKEN_OVER).faults()).as("an upper table alone lands in the lower half: reason 39h").isEqualTo(
                Map.of(FaultReason.SRT_2, 1L));
        assertThat(FaultReason.SRT_2.code()).isEqualTo(0x39);
    }

    @Test
    void tablesOfAnotherKindAreNotCopied() {
        HandoverReport report = HandoverSimulation.play(SyntheticScene.of(true).withCrashScalable(false), Behaviour.COPY);
        assertThat(report.notes()).singleElement().asString().contains("scalable mode before");
        assertThat(at(report, NIC, Moment.TAKING_OVER).aborts()).isEqualTo(10);
        assertThat(at(report, NIC, Moment.TAKEN_OVER).faults()).isEqualTo(Map.of(FaultReason.LRT_2, 10L));
        assertThat(at(report, NIC, Moment.TAKEN_OVER).interruptsAsBefore()).as("interrupts have no such modes").isEqualTo(2);
    }

    @Test
    void anInterruptTableOfAnotherSizeIsNotCopied() {
        HandoverReport report = HandoverSimulation.play(SyntheticScene.of(false).withInterruptSize(7), Behaviour.COPY);
        assertThat(at(report, NIC, Moment.CRASHED).interruptsAsBefore()).isEqualTo(2);
        assertThat(at(report, NIC, Moment.TAKEN_OVER).interruptsBlocked()).isEqualTo(Map.of(FaultReason.IR_NOT_PRESENT, 2L));
        assertThat(at(report, NIC, Moment.TAKEN_OVER).faults()).isEmpty();
        assertThat(report.notes()).hasSize(1);
    }

    @Test
    void passThroughDevicesDoNotCareWhetherTranslationIsOn() {
        BusyDevice disk = new BusyDevice(NVME, "disk", 0, true, List.of(new Buffer("blocks", 0x2200_0000L, 0x2200_0000L, 8192, true)), List.of(), List.of(),
                CrashDriver.NONE);
        CrashScene base = SyntheticScene.of(false);
        CrashScene scene = new CrashScene("one disk", false, false, CrashScene.LINUX_INTERRUPT_SIZE, List.of(disk), base.memory(), base.crashKernel(),
                List.of());
        for (HandoverReport report : HandoverSimulation.playAll(scene)) {
            boolean restarted = report.behaviour() == Behaviour.OFF_AND_ON;
            assertThat(report.lines().getFirst().at(Moment.TAKEN_OVER).orElseThrow().harmless()).as("%s", report.behaviour()).isEqualTo(!restarted);
            report.lines().getFirst().at(Moment.TAKING_OVER).ifPresent(outcome -> assertThat(outcome.harmless()).isTrue());
        }
    }

    @Test
    void oneCrashHasTheSameFuturesTogetherAsAlone() {
        for (boolean scalable : new boolean[] {false, true}) {
            CrashScene scene = SyntheticScene.of(scalable);
            for (HandoverReport report : HandoverSimulation.playAll(scene)) {
                assertThat(report).isEqualTo(HandoverSimulation.play(scene, report.behaviour()));
            }
        }
    }
}
