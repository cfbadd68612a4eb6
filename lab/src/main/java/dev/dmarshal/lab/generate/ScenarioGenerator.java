package dev.dmarshal.lab.generate;

import dev.dmarshal.lab.scenario.Scenario;
import dev.dmarshal.lab.scenario.Variant;
import java.util.SplittableRandom;

/** Makes random scenarios: the same seed and number give the same scenario. */
public final class ScenarioGenerator {

    private final Variant variant;
    private final long seed;

    /** Scenarios for units of this variant. */
    public ScenarioGenerator(Variant variant, long seed) {
        this.variant = variant;
        this.seed = seed;
    }

    /** The scenario of this number, with about {@code probes} requests. */
    public Scenario scenario(int number, int probes) {
        SplittableRandom random = new SplittableRandom(seed * 0x9e37_79b9_7f4a_7c15L + number);
        Draft draft = new Draft(random.split());
        new Play(draft, variant, probes).write();
        return new Scenario(variant + "/" + seed + "/" + number + "/" + probes, variant, draft.steps());
    }
}
