package dev.dmarshal.passthrough.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.passthrough.bind.GroupTypeSteps;
import dev.dmarshal.passthrough.bind.StepList;
import dev.dmarshal.passthrough.journal.Entry;
import dev.dmarshal.passthrough.journal.Journal;
import dev.dmarshal.passthrough.journal.JournalContents;
import dev.dmarshal.passthrough.plan.Plan;
import dev.dmarshal.passthrough.plan.PlanJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A group of two functions is given another type of domain: whole, interrupted at every moment, and after a power failure. */
class GroupTypeTest {

    private static final Sbdf ONE = new Sbdf(0, 1, 0, 0);
    private static final Sbdf OTHER = new Sbdf(0, 1, 0, 1);

    @TempDir
    Path folder;
    private int round;
    private FakeSysfs host;
    private Plan plan;
    private Map<String, String> before;
    private Path file;

    private static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    private void fresh() throws IOException {
        round++;
        host = new FakeSysfs(folder.resolve("host" + round)).function(ONE.toString(), 7, "hptiop").function(OTHER.toString(), 7, "ahci");
        StepList steps = new StepList();
        GroupTypeSteps change = new GroupTypeSteps(host.root(), "7", "identity");
        change.add(steps, List.of(ONE, OTHER));
        plan = new Plan(Plan.FORMAT, "type", "make group 7 of type identity", List.of(ONE.toString(), OTHER.toString()), List.of(), List.of(), steps.steps(),
                List.of(change.goal()));
        before = host.picture();
        file = Files.createDirectories(folder.resolve("journals" + round)).resolve("type.journal");
    }

    private Outcome apply(int deadline) throws IOException {
        AtomicInteger left = new AtomicInteger(deadline);
        try (Journal journal = Journal.create(file, new Entry.Begun("2026-01-01T00:00:00Z", host.bootId(), plan))) {
            return new Applier(host, moment -> {
                if (left.decrementAndGet() == 0) {
                    throw new Killed();
                }
            }).apply(plan, journal);
        } catch (Killed e) {
            return new Outcome.Refused(List.of("killed"));
        }
    }

    private Outcome settle(boolean forward) throws IOException {
        JournalContents contents = JournalContents.read(file);
        try (Journal journal = Journal.open(file, contents)) {
            Applier applier = new Applier(host, moment -> {
            });
            return forward ? applier.resume(contents, journal) : applier.undo(contents, journal);
        }
    }

    @Test
    void theTypeChangesAndTheDriversAreBack() throws IOException {
        fresh();
        assertThat(plan.steps()).hasSize(5);
        assertThat(PlanJson.read(PlanJson.write(plan))).isEqualTo(plan);
        assertThat(apply(0)).isEqualTo(new Outcome.Applied());
        Map<String, String> after = host.picture();
        assertThat(after.remove("sys/kernel/iommu_groups/7/type")).isEqualTo("identity\n");
        before.remove("sys/kernel/iommu_groups/7/type");
        assertThat(after).as("all else is as before").isEqualTo(before);
        assertThat(settle(false)).isEqualTo(new Outcome.Undone(""));
        assertThat(host.root().text("/sys/kernel/iommu_groups/7/type").present()).contains("DMA\n");
    }

    @Test
    void killedOrWithoutPowerAtEveryMoment() throws IOException {
        boolean applied = false;
        for (int point = 1; !applied; point++) {
            for (int way = 0; way < 4; way++) {
                fresh();
                applied = apply(point).equals(new Outcome.Applied());
                if ((way & 1) != 0) {
                    host.restart();
                }
                boolean forward = (way & 2) != 0;
                assertThat(settle(forward)).as("point %d way %d", point, way).isEqualTo(forward ? new Outcome.Applied() : new Outcome.Undone(""));
                if (forward) {
                    assertThat(host.root().text("/sys/kernel/iommu_groups/7/type").present()).contains("identity\n");
                    assertThat(settle(false)).isEqualTo(new Outcome.Undone(""));
                }
                assertThat(host.picture()).as("point %d way %d", point, way).isEqualTo(before);
            }
        }
    }
}
