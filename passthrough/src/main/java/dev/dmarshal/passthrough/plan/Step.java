package dev.dmarshal.passthrough.plan;

import java.util.List;

/**
 * One step of a plan.
 *
 * <p>{@code before} and {@code after} must be telling: where the step has been done, {@code before} does not hold. Undo and recovery after a crash decide by
 * them.
 *
 * @param number       counted from 1
 * @param title        for people
 * @param subjects     paths of what the step is about; when one of them is gone, such as a device that was pulled out, there is nothing to take back
 * @param before       what is read first and must hold
 * @param action       what is done
 * @param after        what must hold afterwards
 * @param undo         what takes it back, in this order; leads from {@code after} to {@code before}
 * @param persistent   whether it is still done after a restart of the host
 * @param limitSeconds how long the action, or one action of the undo, may take
 */
public record Step(int number, String title, List<String> subjects, List<Condition> before, Action action, List<Condition> after, List<Action> undo,
        boolean persistent, int limitSeconds) {

    /** Keeps its own copies. */
    public Step {
        subjects = List.copyOf(subjects);
        before = List.copyOf(before);
        after = List.copyOf(after);
        undo = List.copyOf(undo);
        if (number < 1 || limitSeconds < 1) {
            throw new IllegalArgumentException("a step is numbered from 1 and has at least a second");
        }
        if (after.isEmpty() && !(action instanceof Action.Reboot)) {
            throw new IllegalArgumentException("step " + number + " could not be verified: nothing must hold after it");
        }
    }
}
