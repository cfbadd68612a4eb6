package dev.dmarshal.passthrough.bind;

import dev.dmarshal.passthrough.plan.Action;
import dev.dmarshal.passthrough.plan.Condition;
import dev.dmarshal.passthrough.plan.Step;
import java.util.ArrayList;
import java.util.List;

/** Steps in the making; numbers them. */
public final class StepList {

    /** How long a write to sysfs may take before it counts as hung. Resets and firmware loads within a probe take seconds, not tens of seconds. */
    static final int WRITE_SECONDS = 30;

    /** How long a program may take that makes boot images. */
    static final int PROGRAM_SECONDS = 900;

    private final List<Step> steps = new ArrayList<>();
    private List<String> subjects = List.of();

    /** No steps yet. */
    public StepList() {
        // The list is all there is.
    }

    /** From here on, steps are about these paths ({@link Step#subjects}). */
    public StepList about(String... paths) {
        subjects = List.of(paths);
        return this;
    }

    /** Adds a step that does not outlive a restart of the host. */
    public StepList add(String title, List<Condition> before, Action action, List<Condition> after, List<Action> undo) {
        steps.add(new Step(steps.size() + 1, title, subjects, before, action, after, undo, false, WRITE_SECONDS));
        return this;
    }

    /** Adds a step that does not outlive a restart of the host and that may take this long. */
    public StepList addWithin(int seconds, String title, List<Condition> before, Action action, List<Condition> after, List<Action> undo) {
        steps.add(new Step(steps.size() + 1, title, subjects, before, action, after, undo, false, seconds));
        return this;
    }

    /** Adds a step that does outlive it, such as a file in {@code /etc}. */
    public StepList addPersistent(String title, List<Condition> before, Action action, List<Condition> after, List<Action> undo) {
        steps.add(new Step(steps.size() + 1, title, subjects, before, action, after, undo, true, WRITE_SECONDS));
        return this;
    }

    /** Adds a step that outlives it and runs a program that takes its time. */
    public StepList addLong(String title, List<Condition> before, Action action, List<Condition> after, List<Action> undo) {
        steps.add(new Step(steps.size() + 1, title, subjects, before, action, after, undo, true, PROGRAM_SECONDS));
        return this;
    }

    /** Adds a step that was made in another list, under the next number here. */
    public StepList append(Step step) {
        steps.add(new Step(steps.size() + 1, step.title(), step.subjects(), step.before(), step.action(), step.after(), step.undo(), step.persistent(),
                step.limitSeconds()));
        return this;
    }

    /** The steps so far. */
    public List<Step> steps() {
        return List.copyOf(steps);
    }
}
