package dev.dmarshal.lab.qtest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.lab.scenario.Bait;
import dev.dmarshal.lab.scenario.FaultRecord;
import dev.dmarshal.lab.scenario.Observation;
import dev.dmarshal.lab.scenario.Observation.Delivery;
import dev.dmarshal.lab.scenario.Registers;
import dev.dmarshal.lab.scenario.Requester;
import dev.dmarshal.lab.scenario.Scenario;
import dev.dmarshal.lab.scenario.Step;
import dev.dmarshal.lab.scenario.Transfer;
import dev.dmarshal.lab.scenario.Variant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tables typed by hand: each device of the machine is seen by the unit with its source-id, and what each kind of step observes. */
class QemuExecutorTest {

    private static final long ROOT = 0x100_0000L;
    private static final long CONTEXT = 0x100_1000L;
    private static final long LEVEL3 = 0x100_2000L;
    private static final long LEVEL2 = 0x100_3000L;
    private static final long LEVEL1 = 0x100_4000L;
    private static final long IOVA = 0x20_0000L;
    private static final Bait BAIT = new Bait(7, 0x1_1000_3280L);
    private static final Bait OTHER = new Bait(9, 0x200_4280L);

    @Test
    void everyRequesterReachesItsBait() {
        List<Step> steps = tables(3);
        steps.add(new Step.Lay(BAIT));
        for (Requester requester : Requester.values()) {
            if (requester.kind() != Requester.Kind.EDU) {
                steps.add(probe(requester, IOVA + 0x280));
            }
        }
        for (Observation observation : play(steps)) {
            Observation.Dma dma = (Observation.Dma) observation;
            assertThat(dma.read() instanceof Transfer.Reached || dma.write() instanceof Transfer.Reached).as(dma.toString()).isTrue();
            assertThat(dma.faults().record()).as(dma.toString()).isEmpty();
        }
    }

    @Test
    void everyRequesterIsBlockedUnderItsSourceId() {
        List<Step> steps = tables(0);
        steps.add(new Step.Lay(BAIT));
        List<Requester> asked = new ArrayList<>();
        for (Requester requester : Requester.values()) {
            if (requester.kind() != Requester.Kind.EDU) {
                steps.add(probe(requester, IOVA + 0x280));
                clearFaults(steps);
                asked.add(requester);
            }
        }
        List<Observation> observed = play(steps);
        assertThat(observed).hasSameSizeAs(asked);
        for (int i = 0; i < asked.size(); i++) {
            boolean writes = asked.get(i).kind() == Requester.Kind.RTL8139;
            Observation.Dma dma = (Observation.Dma) observed.get(i);
            Transfer blocked = new Transfer.Blocked(writes ? 5 : 6, IOVA);
            assertThat(writes ? dma.write() : dma.read()).as("%s", asked.get(i)).isEqualTo(blocked);
            FaultRecord faulted = dma.faults().record().orElseThrow();
            assertThat(faulted.sourceId()).isEqualTo(asked.get(i).sourceId().value());
            assertThat(faulted.type()).isEqualTo(writes ? 0 : 2);
            assertThat(faulted.info()).isEqualTo(IOVA);
        }
    }

    /** QEMU drops lines of its trace when the pipe is full; each blocked write prints some 1,600 bytes. */
    @Test
    void noFaultOfManyIsLost() {
        List<Step> steps = tables(0);
        steps.add(new Step.Lay(BAIT));
        for (int i = 0; i < 400; i++) {
            steps.add(probe(Requester.WRITER, IOVA + 0x280));
        }
        assertThat(play(steps)).hasSize(400)
                .allSatisfy(seen -> assertThat(((Observation.Dma) seen).write()).isEqualTo(new Transfer.Blocked(5, IOVA)));
    }

    @Test
    void eduDevicesCopySideBySide() {
        List<Step> steps = tables(3);
        steps.add(new Step.Lay(BAIT));
        steps.add(new Step.Lay(OTHER));
        steps.add(new Step.Copy(Requester.EDU_A, IOVA + 0x280, IOVA + 0x12c0, 16, false));
        steps.add(new Step.Copy(Requester.EDU_BRIDGE, IOVA + 0x280, IOVA + 0x5000, 16, false));
        List<Observation> observed = play(steps);
        Observation.Copied first = (Observation.Copied) observed.get(0);
        assertThat(first.write()).isEqualTo(new Transfer.Reached(OTHER));
        assertThat(first.carried()).isEqualTo(Optional.of(BAIT.number()));
        Observation.Copied second = (Observation.Copied) observed.get(1);
        assertThat(second.read()).isEqualTo(new Transfer.Unseen());
        assertThat(second.write()).isEqualTo(new Transfer.Blocked(5, IOVA + 0x5000));
        assertThat(second.faults().record().orElseThrow().sourceId()).isEqualTo(Requester.EDU_BRIDGE.sourceId().value());
    }

    @Test
    void interruptsAreRemappedPassedOrDropped() {
        List<Step> steps = new ArrayList<>();
        long table = 0x100_8000L;
        steps.add(new Step.Interrupt(Requester.EDU_A, 0xfee0_5000, 0x41, false));
        steps.add(new Step.Store(table + 16 * 5, 0x0000_3400_0042_0001L));
        steps.add(new Step.Write(Registers.IRTA, 8, table | 7));
        steps.add(new Step.Write(Registers.GCMD, 4, 1 << 24));
        steps.add(new Step.Write(Registers.GCMD, 4, 1 << 25));
        steps.add(new Step.Read(Registers.GSTS, 4));
        steps.add(new Step.Interrupt(Requester.EDU_A, 0xfee0_0010 | 5 << 5, 0, false));
        steps.add(new Step.Interrupt(Requester.EDU_A, 0xfee0_0010 | 6 << 5, 0, false));
        List<Observation> observed = play(steps);
        assertThat(((Observation.Signal) observed.get(0)).outcome()).isEqualTo(new Delivery.Passed(0xfee0_5000, 0x41));
        assertThat(((Observation.Value) observed.get(1)).value()).isEqualTo(0x300_0000L);
        assertThat(((Observation.Signal) observed.get(2)).outcome()).isEqualTo(new Delivery.Remapped(0x42, 0, false, false, false, 0x34));
        assertThat(((Observation.Signal) observed.get(3)).outcome()).isEqualTo(new Delivery.Dropped());
    }

    private static Step probe(Requester requester, long iova) {
        boolean writes = requester.kind() == Requester.Kind.RTL8139;
        return new Step.Probe(requester, writes ? Step.Access.WRITE : Step.Access.READ_WRITE, writes ? iova + Bait.SLOT_OFFSET : iova, false);
    }

    private static void clearFaults(List<Step> steps) {
        steps.add(new Step.Write(Registers.FRCD_HIGH + 4, 4, 0x8000_0000L));
        steps.add(new Step.Write(Registers.FSTS, 4, 0x11));
    }

    /** One domain with a page for the bait at 2 MiB (with these rights) and one for the other behind it; every bus and function has it. */
    private static List<Step> tables(int rights) {
        List<Step> steps = new ArrayList<>();
        for (int bus : new int[] {0, 1, 3}) {
            steps.add(new Step.Store(ROOT + 16 * bus, CONTEXT | 1));
        }
        for (int devfn = 0; devfn < 256; devfn++) {
            steps.add(new Step.Store(CONTEXT + 16 * devfn, LEVEL3 | 1));
            steps.add(new Step.Store(CONTEXT + 16 * devfn + 8, 0x0501L));
        }
        steps.add(new Step.Store(LEVEL3, LEVEL2 | 3));
        steps.add(new Step.Store(LEVEL2 + 8, LEVEL1 | 3));
        steps.add(new Step.Store(LEVEL1, BAIT.address() & ~0xfffL | rights));
        steps.add(new Step.Store(LEVEL1 + 8, OTHER.address() & ~0xfffL | 3));
        steps.add(new Step.Write(Registers.RTADDR, 8, ROOT));
        steps.add(new Step.Write(Registers.GCMD, 4, 1 << 30));
        steps.add(new Step.Write(Registers.GCMD, 4, 1L << 31));
        return steps;
    }

    private static List<Observation> play(List<Step> steps) {
        try (QemuExecutor executor = QemuExecutor.start(Lab.qemu(), Variant.LEGACY39)) {
            Scenario scenario = new Scenario("by-hand", Variant.LEGACY39, steps);
            List<Observation> first = executor.play(scenario);
            assertThat(executor.play(scenario)).as("played again after a reset").isEqualTo(first);
            return first;
        }
    }
}
