package dev.dmarshal.passthrough.apply;

import dev.dmarshal.passthrough.journal.Entry;
import dev.dmarshal.passthrough.plan.Action;
import dev.dmarshal.passthrough.plan.Deed;

/** What just happened in a run, for progress on a terminal, and for tests that end a process at every one of these. */
public sealed interface Moment {

    /** A line is on the disk. */
    record Written(Entry entry) implements Moment {
    }

    /** An action is about to be done. */
    record Acting(int step, Action action) implements Moment {
    }

    /** An action has been done, or not. */
    record Acted(int step, Action action, Deed deed) implements Moment {
    }
}
