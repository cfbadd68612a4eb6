package dev.dmarshal.passthrough.plan;

import java.util.List;

/**
 * What is to be done to a host, in order. A plan names no moment and holds no secret; the same plan applied to a host that has changed is refused by its
 * premises.
 *
 * @param format     version of this form, {@link #FORMAT}
 * @param id         names the plan and its journal: letters, digits, {@code -}
 * @param title      for people
 * @param devices    the functions that it takes, the host's addresses
 * @param forced     labels of refusals that were lifted by name
 * @param premises   what makes the host the host of the plan; must hold before the first step and on resuming; not on undoing, where a device may be
 *                   gone
 * @param steps      numbered from 1 without gaps
 * @param goal       what must hold when all is done
 * @param requesters the ids with which the functions may sign, for people; nothing is done by them
 */
public record Plan(int format, String id, String title, List<String> devices, List<String> forced, List<Condition> premises, List<Step> steps,
        List<Condition> goal, List<RequesterId> requesters) {

    /** The version that this dmarshal writes, and the highest that it reads. */
    public static final int FORMAT = 1;
    /** Most steps of one plan. */
    public static final int MOST_STEPS = 1000;

    /** Checks what the components promise. */
    public Plan {
        devices = List.copyOf(devices);
        forced = List.copyOf(forced);
        premises = List.copyOf(premises);
        steps = List.copyOf(steps);
        goal = List.copyOf(goal);
        requesters = List.copyOf(requesters);
        if (format < 1 || format > FORMAT) {
            throw new IllegalArgumentException("a plan of format " + format + "; this dmarshal reads up to " + FORMAT);
        }
        if (!id.matches("[A-Za-z0-9][A-Za-z0-9-]{0,63}")) {
            throw new IllegalArgumentException("not a plan's id: " + id);
        }
        if (steps.size() > MOST_STEPS) {
            throw new IllegalArgumentException("a plan has at most " + MOST_STEPS + " steps");
        }
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i).number() != i + 1) {
                throw new IllegalArgumentException("step " + (i + 1) + " is numbered " + steps.get(i).number());
            }
        }
    }

    /** A plan that does not tell of requester ids. */
    public Plan(int format, String id, String title, List<String> devices, List<String> forced, List<Condition> premises, List<Step> steps,
            List<Condition> goal) {
        this(format, id, title, devices, forced, premises, steps, goal, List.of());
    }

    /** The id of a plan that {@code dmarshal plan} makes: a digest of what it does, so that the same plan has the same journal. */
    public static String idOf(String title, List<Step> steps, List<Condition> premises) {
        return Condition.Digest.of(title + steps + premises).substring(0, 12);
    }

    /** Whether it is another plan than the one that was given this id. Ids that were not made by {@link #idOf} tell nothing. */
    public boolean edited() {
        return id.matches("[0-9a-f]{12}") && !id.equals(idOf(title, steps, premises));
    }

    /** A step by its number. */
    public Step step(int number) {
        return steps.get(number - 1);
    }
}
