package dev.dmarshal.lab.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dmarshal.lab.scenario.Scenario;
import dev.dmarshal.lab.scenario.ScenarioText;
import dev.dmarshal.lab.scenario.Step;
import dev.dmarshal.lab.scenario.Variant;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.api.Test;

class ScenarioGeneratorTest {

    @ParameterizedTest
    @EnumSource
    void sameSeedAndNumberGiveTheSameScenario(Variant variant) {
        Scenario scenario = new ScenarioGenerator(variant, 5).scenario(3, 100);
        assertThat(new ScenarioGenerator(variant, 5).scenario(3, 100)).isEqualTo(scenario);
        assertThat(new ScenarioGenerator(variant, 5).scenario(4, 100).steps()).isNotEqualTo(scenario.steps());
        assertThat(new ScenarioGenerator(variant, 6).scenario(3, 100).steps()).isNotEqualTo(scenario.steps());
        assertThat(scenario.probes()).isGreaterThanOrEqualTo(100);
    }

    @ParameterizedTest
    @EnumSource
    void textReadsBackAsTheSameScenario(Variant variant) {
        for (int number = 0; number < 20; number++) {
            Scenario scenario = new ScenarioGenerator(variant, 11).scenario(number, 60);
            assertThat(ScenarioText.parse("# kept from a failure\n\n" + ScenarioText.print(scenario))).isEqualTo(scenario);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyKindOfStepOccurs(Variant variant) {
        Set<Class<?>> kinds = new HashSet<>();
        int stale = 0;
        int fresh = 0;
        for (int number = 0; number < 300; number++) {
            for (Step step : new ScenarioGenerator(variant, 1).scenario(number, 60).steps()) {
                kinds.add(step.getClass());
                if (step instanceof Step.Probe probe) {
                    stale += probe.stale() ? 1 : 0;
                    fresh += probe.stale() ? 0 : 1;
                }
            }
        }
        assertThat(kinds).containsExactlyInAnyOrder(Step.class.getPermittedSubclasses());
        assertThat(fresh).as("fresh probes, beside %d stale ones", stale).isGreaterThan(stale);
        assertThat(stale).isPositive();
    }

    @Test
    void wrongTextNamesItsLine() {
        assertThatThrownBy(() -> ScenarioText.parse("scenario a legacy39\nstore 0x0\n")).hasMessageContaining("line 2: store 0x0");
        assertThatThrownBy(() -> ScenarioText.parse("scenario a legacy39\nprobe WRITER READ 0x0 fresh\n")).hasMessageContaining("line 2");
        assertThatThrownBy(() -> ScenarioText.parse("scenario a legacy38\n")).hasMessageContaining("line 1");
        assertThatThrownBy(() -> ScenarioText.parse("# nothing\n")).hasMessageContaining("no line begins");
    }
}
