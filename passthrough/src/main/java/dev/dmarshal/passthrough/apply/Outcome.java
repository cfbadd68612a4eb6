package dev.dmarshal.passthrough.apply;

import java.util.List;

/** How a run of a plan ended. */
public sealed interface Outcome {

    /** All steps are done and the goal holds. */
    record Applied() implements Outcome {
    }

    /** The host is as it was before the plan. @param reason why it was taken back; empty if that was asked for */
    record Undone(String reason) implements Outcome {
    }

    /** Nothing was done. @param reasons what does not hold */
    record Refused(List<String> reasons) implements Outcome {

        /** Keeps its own copy. */
        public Refused {
            reasons = List.copyOf(reasons);
        }
    }

    /** The host has to be restarted by its administrator before the plan goes on. */
    record Waiting(int step) implements Outcome {
    }

    /** An action did not return. Nothing further was tried: the kernel holds the device. */
    record Hung(int step, String action) implements Outcome {
    }

    /** Neither done nor taken back. @param step where @param reason what stands in the way */
    record Stuck(int step, String reason) implements Outcome {
    }
}
