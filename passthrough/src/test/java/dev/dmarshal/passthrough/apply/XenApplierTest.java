package dev.dmarshal.passthrough.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.passthrough.bind.StepList;
import dev.dmarshal.passthrough.bind.VfioBinding;
import dev.dmarshal.passthrough.journal.Entry;
import dev.dmarshal.passthrough.journal.Journal;
import dev.dmarshal.passthrough.journal.JournalContents;
import dev.dmarshal.passthrough.plan.Condition;
import dev.dmarshal.passthrough.plan.Deed;
import dev.dmarshal.passthrough.plan.Plan;
import dev.dmarshal.passthrough.xen.PcibackBinding;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Setting devices aside on a dom0: state before or state planned, nothing between, whatever xl leaves half done. */
class XenApplierTest {

    private static final Sbdf NIC = new Sbdf(0, 1, 0, 0);
    private static final Sbdf OTHER = new Sbdf(0, 1, 0, 1);

    @TempDir
    private Path temporary;
    private int round;
    private FakeDom0 dom0;
    private Plan plan;
    private Path file;
    private Map<String, String> before;

    /** The process is killed. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    private FakeDom0 fresh() {
        dom0 = new FakeDom0(temporary.resolve("host" + round++));
        dom0.sysfs().function(NIC.toString(), 7, "e1000e").function(OTHER.toString(), 8, "snd_hda_intel");
        file = temporary.resolve("journal" + round);
        StepList steps = new StepList();
        PcibackBinding.addModule(steps, dom0.sysfs().root());
        List<Condition> goal = new ArrayList<>();
        for (Sbdf function : List.of(NIC, OTHER)) {
            PcibackBinding.addFunction(steps, dom0.sysfs().root(), function);
            goal.addAll(PcibackBinding.bound(function));
        }
        plan = new Plan(Plan.FORMAT, "xen", "two to pciback", List.of(NIC.toString(), OTHER.toString()), List.of(),
                VfioBinding.premises(dom0.sysfs().root(), NIC), steps.steps(), goal);
        before = dom0.sysfs().picture();
        return dom0;
    }

    @Test
    void appliesAndUndoes() throws IOException {
        fresh();
        assertThat(apply(moment -> { })).isEqualTo(new Outcome.Applied());
        assertThat(dom0.sysfs().root().text("/.output/xl-pci-assignable-list").present()).contains("0000:01:00.0 \n0000:01:00.1 \n");
        List<String> back = new ArrayList<>();
        assertThat(undo(moment -> {
            if (moment instanceof Moment.Acted acted) {
                assertThat(acted.deed()).as(acted.action().inWords()).isEqualTo(new Deed.Done());
                back.add(acted.action().inWords());
            }
        })).isInstanceOf(Outcome.Undone.class);
        assertThat(back).as("xl did all of it, so nothing is left to put right").containsExactly("run xl pci-assignable-remove -r 0000:01:00.1",
                "run xl pci-assignable-remove -r 0000:01:00.0");
        assertThat(dom0.sysfs().picture()).isEqualTo(before);
    }

    @Test
    void killedAtEveryMoment() throws IOException {
        fresh();
        int[] moments = {0};
        apply(moment -> moments[0]++);
        assertThat(moments[0]).isGreaterThanOrEqualTo(8);
        for (int point = 1; point <= moments[0]; point++) {
            fresh();
            killAt(point);
            assertThat(undo()).as("undo after moment " + point).isInstanceOf(Outcome.Undone.class);
            assertThat(dom0.sysfs().picture()).as("after moment " + point).isEqualTo(before);
            fresh();
            killAt(point);
            assertThat(resume()).as("resume after moment " + point).isEqualTo(new Outcome.Applied());
        }
    }

    @Test
    void whateverXlLeavesHalfDoneIsPutRight() throws IOException {
        for (int writes = 0; writes < 3; writes++) {
            fresh().stopsAfter(writes);
            assertThat(apply(moment -> { })).as("xl ended after %d writes", writes).isInstanceOf(Outcome.Undone.class);
            assertThat(dom0.sysfs().picture()).as("xl ended after %d writes", writes).isEqualTo(before);
        }
    }

    @Test
    void aXenstoreThatForgotTheDriverIsNoLoss() throws IOException {
        fresh().forgets();
        apply(moment -> { });
        assertThat(undo()).isInstanceOf(Outcome.Undone.class);
        assertThat(dom0.sysfs().picture()).isEqualTo(before);
    }

    @Test
    void withoutDaemonsNothingThatXenHoldsBackGetsADriver() throws IOException {
        fresh();
        apply(moment -> { });
        dom0.xenstoreGone(true);
        assertThat(undo()).isInstanceOfSatisfying(Outcome.Stuck.class, stuck -> assertThat(stuck.reason()).contains("its DMA would go nowhere"));
        assertThat(dom0.quarantine()).containsExactly(NIC.toString(), OTHER.toString());
        dom0.xenstoreGone(false);
        assertThat(undo()).isInstanceOf(Outcome.Undone.class);
        assertThat(dom0.quarantine()).isEmpty();
        assertThat(dom0.sysfs().picture()).isEqualTo(before);
    }

    @Test
    void whatWasBoundAndNotYetInQuarantineIsPutThere() throws IOException {
        fresh().stopsAfter(3);
        assertThat(apply(moment -> { })).isEqualTo(new Outcome.Applied());
        assertThat(dom0.quarantine()).containsExactly(NIC.toString(), OTHER.toString());
        fresh().stopsAfter(3);
        assertThatThrownBy(() -> apply(moment -> {
            if (moment instanceof Moment.Acted acted && acted.step() == 1) {
                throw new Killed();
            }
        })).isInstanceOf(Killed.class);
        assertThat(dom0.quarantine()).isEmpty();
        assertThat(resume()).isEqualTo(new Outcome.Applied());
        assertThat(dom0.quarantine()).containsExactly(NIC.toString(), OTHER.toString());
    }

    @Test
    void pcibackThatDoesNotBind() throws IOException {
        fresh().sysfs().refuses("/sys/bus/pci/drivers/pciback/bind");
        assertThat(apply(moment -> { })).isInstanceOfSatisfying(Outcome.Undone.class,
                undone -> assertThat(undone.reason()).contains("Couldn't bind device to pciback"));
        assertThat(dom0.sysfs().picture()).isEqualTo(before);
    }

    @Test
    void aRestartBringsTheDriversBack() throws IOException {
        fresh();
        apply(moment -> { });
        dom0.sysfs().restart();
        dom0.tell();
        assertThat(undo()).isInstanceOf(Outcome.Undone.class);
        assertThat(dom0.sysfs().picture()).isEqualTo(before);
    }

    private Outcome apply(Consumer<Moment> watcher) throws IOException {
        try (Journal journal = Journal.create(file, new Entry.Begun("2026-01-01T00:00:00Z", dom0.sysfs().bootId(), plan))) {
            return new Applier(dom0.sysfs(), watcher).apply(plan, journal);
        }
    }

    private void killAt(int point) throws IOException {
        int[] left = {point};
        try {
            apply(moment -> {
                if (--left[0] == 0) {
                    throw new Killed();
                }
            });
        } catch (Killed e) {
            assertThat(left[0]).isZero();
        }
    }

    private Outcome undo() throws IOException {
        return undo(moment -> { });
    }

    private Outcome undo(Consumer<Moment> watcher) throws IOException {
        JournalContents contents = JournalContents.read(file);
        try (Journal journal = Journal.open(file, contents)) {
            return new Applier(dom0.sysfs(), watcher).undo(contents, journal);
        }
    }

    private Outcome resume() throws IOException {
        JournalContents contents = JournalContents.read(file);
        try (Journal journal = Journal.open(file, contents)) {
            return new Applier(dom0.sysfs(), moment -> { }).resume(contents, journal);
        }
    }
}
