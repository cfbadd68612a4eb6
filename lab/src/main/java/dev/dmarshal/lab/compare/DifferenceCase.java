package dev.dmarshal.lab.compare;

import dev.dmarshal.lab.scenario.Observation;
import dev.dmarshal.lab.scenario.Scenario;
import dev.dmarshal.lab.scenario.Step;
import java.util.HashMap;
import java.util.Map;

/**
 * A difference with all that a row's predicate may look at.
 *
 * @param scenario   where it was found
 * @param difference the field
 * @param qemu       what QEMU saw at that step
 * @param other      what the other engine saw there
 */
record DifferenceCase(Scenario scenario, Difference difference, Observation qemu, Observation other) {

    /** The step at which it was seen. */
    Step step() {
        return scenario.steps().get(difference.step());
    }

    /** Whether the field's name begins like this. */
    boolean field(String prefix) {
        return difference.field().startsWith(prefix);
    }

    /** Whether the two engines' values are these. */
    boolean values(String qemuValue, String otherValue) {
        return difference.qemu().equals(qemuValue) && difference.other().equals(otherValue);
    }

    /** Memory as software had stored it when the step was made. */
    Map<Long, Long> memory() {
        Map<Long, Long> words = new HashMap<>();
        for (Step step : scenario.steps().subList(0, difference.step())) {
            if (step instanceof Step.Store store) {
                words.put(store.address(), store.value());
            }
        }
        return words;
    }

    /** The last value that software wrote to the register before the step; 0 if none. */
    long register(int offset) {
        long value = 0;
        for (Step step : scenario.steps().subList(0, difference.step())) {
            if (step instanceof Step.Write write && write.offset() == offset) {
                value = write.value();
            }
        }
        return value;
    }
}
