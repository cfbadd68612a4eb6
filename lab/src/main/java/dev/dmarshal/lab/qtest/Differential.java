package dev.dmarshal.lab.qtest;

import dev.dmarshal.lab.compare.Difference;
import dev.dmarshal.lab.compare.KnownDifferences;
import dev.dmarshal.lab.compare.Tally;
import dev.dmarshal.lab.scenario.Engine;
import dev.dmarshal.lab.scenario.Observation;
import dev.dmarshal.lab.scenario.Scenario;
import dev.dmarshal.lab.scenario.ScenarioText;
import dev.dmarshal.lab.scenario.Step;
import java.util.List;
import java.util.Optional;

/** Plays scenarios on QEMU and on another engine, and sorts the differences into known and new. */
public final class Differential {

    private static final int SHOWN_STEPS_BEFORE = 12;

    private final QemuExecutor qemu;
    private final Engine other;
    private final KnownDifferences known;
    private final Tally tally = new Tally();

    /** Compares {@code other} with {@code qemu}; {@code known} counts the rows that are needed. Closing the engines is the caller's. */
    public Differential(QemuExecutor qemu, Engine other, KnownDifferences known) {
        this.qemu = qemu;
        this.other = other;
        this.known = known;
    }

    /** What QEMU was seen to do so far. */
    public Tally tally() {
        return tally;
    }

    /** Plays the scenario on both; present if there are differences that no row explains. */
    public Optional<Failure> play(Scenario scenario) {
        List<Observation> seen = qemu.play(scenario);
        tally.add(scenario, seen);
        List<Observation> others = other.play(scenario);
        List<Difference> unexplained = known.unexplained(scenario, seen, others, qemu.program().major(), qemu.program().minor());
        return unexplained.isEmpty() ? Optional.empty() : Optional.of(new Failure(scenario, unexplained));
    }

    /**
     * A scenario in which the engines differ.
     *
     * @param scenario    which
     * @param differences the fields that no row explains; at least one
     */
    public record Failure(Scenario scenario, List<Difference> differences) {

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
            return text.toString();
        }
    }
}
