package dev.dmarshal.lab.qtest;

import dev.dmarshal.lab.compare.Difference;
import dev.dmarshal.lab.compare.Evidence;
import dev.dmarshal.lab.compare.KnownDifferences;
import dev.dmarshal.lab.compare.Tally;
import dev.dmarshal.lab.model.UnitExecutor;
import dev.dmarshal.lab.scenario.Observation;
import dev.dmarshal.lab.scenario.Registers;
import dev.dmarshal.lab.scenario.Scenario;
import dev.dmarshal.lab.scenario.ScenarioText;
import dev.dmarshal.lab.scenario.Step;
import java.util.List;
import java.util.Optional;

/** Plays scenarios on QEMU and on our unit, and sorts the differences into known and new. */
public final class Differential {

    private static final int SHOWN_STEPS_BEFORE = 12;

    private final QemuExecutor qemu;
    private final UnitExecutor unit;
    private final KnownDifferences known;
    private final Tally tally = new Tally();

    /** Compares a unit that is built like QEMU's with it. Closing QEMU is the caller's. */
    public Differential(QemuExecutor qemu) {
        this.qemu = qemu;
        Batch batch = qemu.machine().batch();
        Answer cap = batch.readq(Registers.BASE + Registers.CAP);
        Answer ecap = batch.readq(Registers.BASE + Registers.ECAP);
        batch.send();
        this.unit = new UnitExecutor(qemu.variant(), cap.value(), ecap.value());
        this.known = KnownDifferences.load(qemu.program().major(), qemu.program().minor());
    }

    /** What QEMU was seen to do so far. */
    public Tally tally() {
        return tally;
    }

    /** The rows, and how often each was needed so far. */
    public KnownDifferences known() {
        return known;
    }

    /** Plays the scenario on both; present if there are differences that nothing explains. */
    public Optional<Failure> play(Scenario scenario) {
        List<Observation> seen = qemu.play(scenario);
        tally.add(scenario, seen);
        List<Observation> others = unit.play(scenario);
        List<Difference> unexplained = known.unexplained(scenario, seen, others, unit.evidence());
        return unexplained.isEmpty() ? Optional.empty() : Optional.of(new Failure(scenario, unexplained, walk(unexplained.getFirst().step())));
    }

    private String walk(int step) {
        Evidence tables = unit.evidence().getOrDefault(step, Evidence.NONE);
        StringBuilder text = new StringBuilder();
        tables.reads().stream().limit(4).forEach(way -> text.append("read by the tables:\n").append(way.trace()).append('\n'));
        tables.writes().stream().limit(4).forEach(way -> text.append("write by the tables:\n").append(way.trace()).append('\n'));
        tables.uses().stream().limit(4).forEach(use -> text.append(use).append('\n'));
        return text.toString();
    }

    /**
     * A scenario in which the engines differ.
     *
     * @param scenario    which
     * @param differences the fields that nothing explains; at least one
     * @param walk        for people: what the tables say to the request of the first difference
     */
    public record Failure(Scenario scenario, List<Difference> differences, String walk) {

        /** For people: the differences, and the last steps before the first of them. */
        public String report() {
            int first = differences.getFirst().step();
            StringBuilder text = new StringBuilder("scenario " + scenario.name() + " (" + scenario.variant() + ") differs:\n");
            differences.stream().limit(10).forEach(difference -> text.append("  ").append(difference).append('\n'));
            text.append("steps up to the first difference:\n");
            for (int i = Math.max(0, first - SHOWN_STEPS_BEFORE); i <= first; i++) {
                Step step = scenario.steps().get(i);
                text.append("  ").append(i).append(": ").append(ScenarioText.print(step)).append('\n');
            }
            return text.append(walk).toString();
        }
    }
}
