package dev.dmarshal.lab.compare;

import dev.dmarshal.lab.scenario.Observation;
import dev.dmarshal.lab.scenario.Scenario;
import dev.dmarshal.lab.scenario.Step;
import java.util.Optional;

/**
 * A difference with all that a row's predicate may look at.
 *
 * @param scenario   where it was found
 * @param difference the field
 * @param qemu       what QEMU saw at that step
 * @param other      what the unit saw there
 * @param tables     all that the tables say to the step's requests
 * @param way        for a direction of a DMA request: the tables' word that QEMU's outcome is held against
 * @param use        for an interrupt: likewise
 */
record DifferenceCase(Scenario scenario, Difference difference, Observation qemu, Observation other, Evidence tables, Optional<Way> way,
        Optional<EntryUse> use) {

    /** The step at which it was seen. */
    Step step() {
        return scenario.steps().get(difference.step());
    }

    /** Whether the field's name begins like this. */
    boolean field(String prefix) {
        return difference.field().startsWith(prefix);
    }

    /** Whether the field is the fault reason of a blocked request. */
    boolean reason() {
        return difference.field().equals("read.reason") || difference.field().equals("write.reason");
    }

    /** Whether the request is a write. */
    boolean write() {
        return field("write");
    }

    /** Whether the two engines' values are these. */
    boolean values(String qemuValue, String otherValue) {
        return difference.qemu().equals(qemuValue) && difference.other().equals(otherValue);
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
