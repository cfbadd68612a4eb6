package dev.dmarshal.passthrough.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.passthrough.Passthrough;
import dev.dmarshal.passthrough.bind.StepList;
import dev.dmarshal.passthrough.bind.VfioBinding;
import dev.dmarshal.passthrough.journal.Entry;
import dev.dmarshal.passthrough.journal.Journal;
import dev.dmarshal.passthrough.journal.JournalContents;
import dev.dmarshal.passthrough.journal.JournalFolder;
import dev.dmarshal.passthrough.plan.Condition;
import dev.dmarshal.passthrough.plan.Plan;
import dev.dmarshal.passthrough.plan.PlanJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plan of six steps on a group with two endpoints, and everything that can happen to it. */
class ApplierTest {

    private static final Sbdf NIC = new Sbdf(0, 1, 0, 0);
    private static final Sbdf OTHER = new Sbdf(0, 1, 0, 1);
    private static final Consumer<Moment> NOBODY = moment -> {
    };

    @TempDir
    Path temporary;
    private int round;
    private FakeSysfs host;
    private Path file;
    private Plan plan;
    private Map<String, String> before;

    /** The process is killed: nothing after this happens. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    @BeforeEach
    void fresh() {
        Path directory = temporary.resolve("host" + round++);
        host = new FakeSysfs(directory).function(NIC.toString(), 7, "e1000e").function(OTHER.toString(), 7, "snd_hda_intel");
        file = new JournalFolder(temporary.resolve("journals" + round)).journal("two");
        assertThat(file.getParent().toFile().mkdirs()).isTrue();
        StepList steps = new StepList();
        VfioBinding.addModule(steps, host.root());
        List<Condition> premises = new ArrayList<>();
        List<Condition> goal = new ArrayList<>();
        for (Sbdf function : List.of(NIC, OTHER)) {
            VfioBinding.addFunction(steps, host.root(), function);
            premises.addAll(VfioBinding.premises(host.root(), function));
            goal.addAll(VfioBinding.bound(host.root(), function));
        }
        plan = new Plan(Plan.FORMAT, "two", "give group 7 to a guest", List.of(NIC.toString(), OTHER.toString()), List.of(), premises, steps.steps(), goal);
        before = host.picture();
    }

    @Test
    void thePlanHasSixStepsAndSurvivesJson() {
        assertThat(plan.steps()).hasSize(6);
        assertThat(PlanJson.read(PlanJson.write(plan))).isEqualTo(plan);
    }

    @Test
    void appliesAndUndoes() throws IOException {
        assertThat(apply(NOBODY)).isEqualTo(new Outcome.Applied());
        assertThat(host.root().linkName("/sys/bus/pci/devices/" + NIC + "/driver").present()).contains("vfio-pci");
        assertThat(contents().ended()).contains(new Entry.Ended("applied", ""));
        assertThat(undo()).isEqualTo(new Outcome.Undone(""));
        assertThat(host.picture()).isEqualTo(before);
    }

    @Test
    void anOverrideThatWasSetBeforeComesBack() throws IOException {
        Path override = temporary.resolve("host" + (round - 1)).resolve("sys/bus/pci/devices/" + NIC + "/driver_override");
        Files.writeString(override, "e1000e\n");
        StepList steps = new StepList();
        VfioBinding.addModule(steps, host.root());
        VfioBinding.addFunction(steps, host.root(), NIC);
        VfioBinding.addFunction(steps, host.root(), OTHER);
        plan = new Plan(Plan.FORMAT, "two", "give group 7 to a guest", List.of(NIC.toString(), OTHER.toString()), List.of(), List.of(), steps.steps(),
                List.of());
        before = host.picture();
        assertThat(apply(NOBODY)).isEqualTo(new Outcome.Applied());
        assertThat(Files.readString(override)).isEqualTo("vfio-pci\n");
        assertThat(undo()).isEqualTo(new Outcome.Undone(""));
        assertThat(Files.readString(override)).isEqualTo("e1000e\n");
        assertThat(host.picture()).isEqualTo(before);
    }

    @Test
    void killedAtEveryMomentThenUndoneOrResumed() throws IOException {
        int moments = countMoments();
        assertThat(moments).isGreaterThanOrEqualTo(6 * 4);
        for (int point = 1; point <= moments; point++) {
            fresh();
            killAt(point);
            assertThat(undo()).as("undo after moment " + point).isInstanceOf(Outcome.Undone.class);
            assertThat(host.picture()).as("after moment " + point).isEqualTo(before);

            fresh();
            killAt(point);
            assertThat(resume()).as("resume after moment " + point).isEqualTo(new Outcome.Applied());
            assertThat(failing(plan.goal())).as("after moment " + point).isEmpty();
            assertThat(undo()).isInstanceOf(Outcome.Undone.class);
            assertThat(host.picture()).as("resumed and undone, moment " + point).isEqualTo(before);
        }
    }

    @Test
    void killedWhileUndoingAtEveryMoment() throws IOException {
        apply(NOBODY);
        int moments = moments(watcher -> new Applier(host, watcher).undo(contents(), open()));
        for (int point = 1; point <= moments; point++) {
            fresh();
            apply(NOBODY);
            AtomicInteger left = new AtomicInteger(point);
            JournalContents contents = contents();
            try (Journal journal = open()) {
                new Applier(host, killer(left)).undo(contents, journal);
            } catch (Killed e) {
                assertThat(left).hasValue(0);
            }
            assertThat(undo()).as("after moment " + point).isInstanceOf(Outcome.Undone.class);
            assertThat(host.picture()).as("after moment " + point).isEqualTo(before);
        }
    }

    @Test
    void powerLostAtEveryMoment() throws IOException {
        int moments = countMoments();
        for (int point = 1; point <= moments; point++) {
            fresh();
            killAt(point);
            host.restart();
            assertThat(undo()).as("undo after moment " + point).isInstanceOf(Outcome.Undone.class);
            assertThat(host.picture()).isEqualTo(before);

            fresh();
            killAt(point);
            host.restart();
            assertThat(resume()).as("resume after moment " + point).isEqualTo(new Outcome.Applied());
            assertThat(failing(plan.goal())).isEmpty();
        }
    }

    @Test
    void aDriverThatRefusesToLetGo() throws IOException {
        host.refuses("/sys/bus/pci/drivers/snd_hda_intel/unbind");
        assertThat(apply(NOBODY)).isInstanceOfSatisfying(Outcome.Undone.class, undone -> assertThat(undone.reason())
                .contains("step 4").contains("Device or resource busy"));
        assertThat(host.picture()).isEqualTo(before);
    }

    @Test
    void aBindThatSucceedsWithoutADriverIsAFailure() throws IOException {
        host.refuses("probe:vfio-pci");
        assertThat(apply(NOBODY)).isInstanceOfSatisfying(Outcome.Undone.class, undone -> assertThat(undone.reason())
                .contains("had no effect"));
        assertThat(host.picture()).isEqualTo(before);
    }

    @Test
    void aBindWithoutNodesIsAFailure() throws IOException {
        host.withoutNodes();
        assertThat(apply(NOBODY)).isInstanceOfSatisfying(Outcome.Undone.class, undone -> assertThat(undone.reason())
                .contains("step 3").contains("no node"));
        assertThat(host.picture()).isEqualTo(before);
    }

    @Test
    void anUnbindThatNeverReturns() throws IOException {
        host.hangs("/sys/bus/pci/drivers/snd_hda_intel/unbind");
        assertThat(apply(NOBODY)).isInstanceOfSatisfying(Outcome.Hung.class, hung -> assertThat(hung.step()).isEqualTo(4));
        assertThat(contents().entries().getLast()).isInstanceOf(Entry.Hung.class);
        Passthrough passthrough = new Passthrough(host, new JournalFolder(file.getParent()), Optional.empty());
        for (Outcome held : List.of(passthrough.undo("two", NOBODY), passthrough.resume("two", NOBODY), passthrough.apply(plan, NOBODY))) {
            // To look further would be to hang as well.
            assertThat(held).isInstanceOfSatisfying(Outcome.Refused.class, refused -> assertThat(refused.reasons()).singleElement().asString()
                    .contains("still not returned").contains("snd_hda_intel/unbind").contains("dmarshal undo two"));
        }
        assertThat(passthrough.standing("two").orElseThrow().hung()).isPresent();
        host.heal();
        assertThat(passthrough.undo("two", NOBODY)).isInstanceOf(Outcome.Undone.class);
        assertThat(host.picture()).isEqualTo(before);
    }

    @Test
    void aDeviceThatVanishesMidPlan() throws IOException {
        Outcome outcome = apply(moment -> {
            if (moment instanceof Moment.Written(Entry.Finished(int step)) && step == 3) {
                host.vanish(OTHER.toString());
            }
        });
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Undone.class, undone -> assertThat(undone.reason()).contains("step 4"));
        assertThat(host.root().linkName("/sys/bus/pci/devices/" + NIC + "/driver").present()).contains("e1000e");
    }

    @Test
    void anotherHostIsRefused() throws IOException {
        host.function("0000:01:00.2", 7, "xhci_hcd");
        assertThat(apply(NOBODY)).isInstanceOfSatisfying(Outcome.Refused.class, refused -> assertThat(String.join("; ", refused.reasons()))
                .contains("0000:01:00.2"));
        assertThat(contents().perhapsDone()).isEmpty();
    }

    @Test
    void aTruncatedJournalAtEveryLength() throws IOException {
        apply(NOBODY);
        byte[] whole = Files.readAllBytes(file);
        int end = (int) contents().endOffset();
        int first = firstLine(whole);
        for (int length = first; length < end; length += 83) {
            fresh();
            apply(NOBODY);
            Files.write(file, java.util.Arrays.copyOf(whole, length));
            assertThat(undo()).as("cut at " + length).isInstanceOf(Outcome.Undone.class);
            assertThat(host.picture()).as("cut at " + length).isEqualTo(before);
        }
    }

    @Test
    void aFlippedBitAnywhereAfterThePlan() throws IOException {
        apply(NOBODY);
        byte[] whole = Files.readAllBytes(file);
        int end = (int) contents().endOffset();
        for (int at = firstLine(whole); at < end; at += 71) {
            fresh();
            apply(NOBODY);
            byte[] flipped = whole.clone();
            flipped[at] ^= (byte) (1 << at % 8);
            Files.write(file, flipped);
            assertThat(contents().health()).as("flipped at " + at).isNotEqualTo(JournalContents.Health.WHOLE);
            assertThat(undo()).as("flipped at " + at).isInstanceOf(Outcome.Undone.class);
            assertThat(host.picture()).as("flipped at " + at).isEqualTo(before);
        }
    }

    private static int firstLine(byte[] journal) {
        int lines = 0;
        int at = 0;
        while (lines < 2) {
            lines += journal[at++] == '\n' ? 1 : 0;
        }
        return at;
    }

    private List<Condition> failing(List<Condition> conditions) {
        return conditions.stream().filter(condition -> !host.look(condition).holds()).toList();
    }

    private Outcome apply(Consumer<Moment> watcher) throws IOException {
        try (Journal journal = Journal.create(file, new Entry.Begun("2026-01-01T00:00:00Z", host.bootId(), plan))) {
            return new Applier(host, watcher).apply(plan, journal);
        }
    }

    private Outcome undo() throws IOException {
        JournalContents contents = contents();
        try (Journal journal = open()) {
            return new Applier(host, NOBODY).undo(contents, journal);
        }
    }

    private Outcome resume() throws IOException {
        JournalContents contents = contents();
        try (Journal journal = open()) {
            return new Applier(host, NOBODY).resume(contents, journal);
        }
    }

    private JournalContents contents() throws IOException {
        return JournalContents.read(file);
    }

    private Journal open() throws IOException {
        return Journal.open(file, contents());
    }

    private void killAt(int point) throws IOException {
        AtomicInteger left = new AtomicInteger(point);
        try {
            apply(killer(left));
        } catch (Killed e) {
            assertThat(left).hasValue(0);
        }
    }

    private static Consumer<Moment> killer(AtomicInteger left) {
        return moment -> {
            if (left.decrementAndGet() == 0) {
                throw new Killed();
            }
        };
    }

    private int countMoments() throws IOException {
        return moments(this::apply);
    }

    private interface Run {
        Outcome with(Consumer<Moment> watcher) throws IOException;
    }

    private static int moments(Run run) throws IOException {
        AtomicInteger moments = new AtomicInteger();
        run.with(moment -> moments.incrementAndGet());
        return moments.get();
    }
}
