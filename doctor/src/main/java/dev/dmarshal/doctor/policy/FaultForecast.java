package dev.dmarshal.doctor.policy;

import dev.dmarshal.doctor.symptom.FaultGroup;

/**
 * What becomes of an observed fault.
 *
 * @param fault   as the log has it
 * @param outcome what becomes of it
 * @param words   how the model says so, a sentence
 */
public record FaultForecast(FaultGroup fault, Outcome outcome, String words) {

    /** What becomes of a fault. */
    public enum Outcome {
        /** The same requests are let through. */
        GONE,
        /** They are refused as before. */
        REMAINS,
        /** They are refused for another reason. */
        CHANGES,
        /** The model does not give the fault as things are, or lacks what it needs: nothing is concluded. */
        OPEN
    }
}
