package dev.dmarshal.lab.qtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.dmarshal.lab.compare.Comparison;
import dev.dmarshal.lab.compare.Tally;
import dev.dmarshal.lab.generate.ScenarioGenerator;
import dev.dmarshal.lab.scenario.Observation;
import dev.dmarshal.lab.scenario.Scenario;
import dev.dmarshal.lab.scenario.ScenarioText;
import dev.dmarshal.lab.scenario.Variant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The oracle itself: what it observes depends on the scenario alone, and random scenarios reach what they are meant to reach. */
class DifferentialTest {

    private static final int PROBES_EACH = 1000;
    private static final int SCENARIO_PROBES = 150;

    @ParameterizedTest
    @EnumSource
    void twoMachinesSeeTheSame(Variant variant) {
        QemuProgram program = Lab.qemu();
        assumeThat(QemuExecutor.offers(program, variant)).as("QEMU %s offers %s", program.version(), variant).isTrue();
        String chosen = System.getProperty("seed", "");
        long seed = chosen.isEmpty() ? new Random().nextInt(Integer.MAX_VALUE) : Long.parseLong(chosen);
        System.out.println("QEMU " + program.version() + ", " + variant + ", seed " + seed);
        ScenarioGenerator generator = new ScenarioGenerator(variant, seed);
        Tally tally = new Tally();
        try (QemuExecutor one = QemuExecutor.start(program, variant); QemuExecutor two = QemuExecutor.start(program, variant)) {
            for (int number = 0; tally.probes() < PROBES_EACH; number++) {
                Scenario scenario = generator.scenario(number, SCENARIO_PROBES);
                List<Observation> seen = one.play(scenario);
                tally.add(scenario, seen);
                assertThat(Comparison.compare(scenario, seen, two.play(ScenarioText.parse(ScenarioText.print(scenario)))))
                        .as("seed %d, scenario %s", seed, scenario.name()).isEmpty();
            }
        }
        assertThat(tally.counts()).as("seed %d: reached in %d probes%n%s", seed, tally.probes(), tally)
                .containsKeys("read reached", "write reached", "stale dma", "fresh dma");
        assertThat(tally.counts().keySet().stream().filter(what -> what.matches("(read|write) blocked [0-9a-f]{2}")).count())
                .as("kinds of faults%n%s", tally).isGreaterThan(5);
    }
}
