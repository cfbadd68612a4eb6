package dev.dmarshal.lab.qtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.dmarshal.lab.compare.Comparison;
import dev.dmarshal.lab.generate.ScenarioGenerator;
import dev.dmarshal.lab.scenario.Scenario;
import dev.dmarshal.lab.scenario.ScenarioText;
import dev.dmarshal.lab.scenario.Variant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Random scenarios on the unit and on the units of every QEMU that there is; and on two machines of QEMU, as what is seen must depend on the scenario alone.
 */
class DifferentialTest {

    private static final int PROBES_EACH = 800;
    private static final int PROBES_TWICE = 300;
    private static final int SCENARIO_PROBES = 150;
    /**
     * What {@code ./check} plays unless told otherwise: the same every time, so that a red run is about the change and not about the draw. Finding new
     * differences is the long mode's work ({@link DifferentialRun}); {@code -Dseed=random} draws here too.
     */
    private static final long CHECKED_SEED = 77;

    @TestFactory
    List<DynamicTest> unitDoesWhatQemuDoes() {
        List<DynamicTest> tests = new ArrayList<>();
        for (QemuProgram program : Lab.qemus()) {
            for (Variant variant : Variant.values()) {
                if (QemuExecutor.offers(program, variant)) {
                    tests.add(dynamicTest("QEMU " + program.version() + " " + variant, () -> compare(program, variant)));
                }
            }
        }
        return tests;
    }

    private static void compare(QemuProgram program, Variant variant) {
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

    /** Each variant on one QEMU that offers it. */
    @TestFactory
    List<DynamicTest> twoMachinesSeeTheSame() {
        List<QemuProgram> programs = Lab.qemus();
        List<DynamicTest> tests = new ArrayList<>();
        for (Variant variant : Variant.values()) {
            programs.stream().filter(program -> QemuExecutor.offers(program, variant)).findFirst()
                    .ifPresent(program -> tests.add(dynamicTest("QEMU " + program.version() + " " + variant, () -> playTwice(program, variant))));
        }
        return tests;
    }

    private static void playTwice(QemuProgram program, Variant variant) {
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

    private static long seed(QemuProgram program, Variant variant) {
        String chosen = System.getProperty("seed", "");
        long seed = chosen.isEmpty() ? CHECKED_SEED : chosen.equals("random") ? new Random().nextInt(Integer.MAX_VALUE) : Long.parseLong(chosen);
        System.out.println("QEMU " + program.version() + ", " + variant + ", seed " + seed);
        return seed;
    }
}
