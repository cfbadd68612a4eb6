package dev.dmarshal.lab.qtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.dmarshal.lab.compare.Comparison;
import dev.dmarshal.lab.generate.ScenarioGenerator;
import dev.dmarshal.lab.scenario.Scenario;
import dev.dmarshal.lab.scenario.ScenarioText;
import dev.dmarshal.lab.scenario.Variant;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random scenarios on the unit and on QEMU's; and on two machines of QEMU, as what is seen must depend on the scenario alone. */
class DifferentialTest {

    private static final int PROBES_EACH = 1000;
    private static final int PROBES_TWICE = 300;
    private static final int SCENARIO_PROBES = 150;
    /**
     * What {@code ./check} plays unless told otherwise: the same every time, so that a red run is about the change and not about the draw. Finding new
     * differences is the long mode's work ({@link DifferentialRun}); {@code -Dseed=random} draws here too.
     */
    private static final long CHECKED_SEED = 77;

    @ParameterizedTest
    @EnumSource
    void unitDoesWhatQemuDoes(Variant variant) {
        QemuProgram program = offering(variant);
        long seed = seed(program, variant);
        ScenarioGenerator generator = new ScenarioGenerator(variant, seed);
        try (QemuExecutor qemu = QemuExecutor.start(program, variant)) {
            Differential differential = new Differential(qemu);
            for (int number = 0; differential.tally().probes() < PROBES_EACH; number++) {
                assertThat(differential.play(generator.scenario(number, SCENARIO_PROBES)).map(Differential.Failure::report))
                        .as("seed %d, scenario %d", seed, number).isEmpty();
            }
            assertThat(differential.tally().counts()).as("seed %d: reached in %d probes%n%s", seed, differential.tally().probes(), differential.tally())
                    .containsKeys("read reached", "write reached", "stale dma", "fresh dma");
            assertThat(differential.tally().counts().keySet().stream().filter(what -> what.matches("(read|write) blocked [0-9a-f]{2}")).count())
                    .as("kinds of faults%n%s", differential.tally()).isGreaterThan(5);
        }
    }

    @ParameterizedTest
    @EnumSource
    void twoMachinesSeeTheSame(Variant variant) {
        QemuProgram program = offering(variant);
        long seed = seed(program, variant);
        ScenarioGenerator generator = new ScenarioGenerator(variant, seed);
        try (QemuExecutor one = QemuExecutor.start(program, variant); QemuExecutor two = QemuExecutor.start(program, variant)) {
            for (int number = 0; number * SCENARIO_PROBES < PROBES_TWICE; number++) {
                Scenario scenario = generator.scenario(number, SCENARIO_PROBES);
                assertThat(Comparison.compare(scenario, one.play(scenario), two.play(ScenarioText.parse(ScenarioText.print(scenario)))))
                        .as("seed %d, scenario %s", seed, scenario.name()).isEmpty();
            }
        }
    }

    private static QemuProgram offering(Variant variant) {
        QemuProgram program = Lab.qemu();
        assumeThat(QemuExecutor.offers(program, variant)).as("QEMU %s offers %s", program.version(), variant).isTrue();
        return program;
    }

    private static long seed(QemuProgram program, Variant variant) {
        String chosen = System.getProperty("seed", "");
        long seed = chosen.isEmpty() ? CHECKED_SEED : chosen.equals("random") ? new Random().nextInt(Integer.MAX_VALUE) : Long.parseLong(chosen);
        System.out.println("QEMU " + program.version() + ", " + variant + ", seed " + seed);
        return seed;
    }
}
