package dev.dmarshal.passthrough;

import dev.dmarshal.passthrough.journal.Entry;
import dev.dmarshal.passthrough.journal.JournalContents;
import dev.dmarshal.passthrough.plan.Plan;
import java.util.Optional;

/**
 * How a plan stands on this host.
 *
 * @param id       the plan's id
 * @param plan     the plan, if the journal's first line can be read
 * @param contents what the journal says
 * @param boot     whether the host was restarted since the last run acted
 * @param goal     whether the plan's goal holds now; empty if there is no plan to ask
 */
public record Standing(String id, Optional<Plan> plan, JournalContents contents, Boot boot, Optional<Boolean> goal) {

    /** Whether the last run acted in this boot of the host. */
    public enum Boot {
        /** In this one. */
        SAME,
        /** In an earlier one: what does not outlive a restart is gone. */
        EARLIER,
        /** The journal does not tell. */
        UNKNOWN
    }

    /**
     * A word for lists: {@code applied}, {@code undone}, {@code stuck}, {@code refused}, {@code waiting}, {@code hung}, {@code interrupted} or {@code damaged}.
     */
    public String word() {
        if (contents.health() == JournalContents.Health.DAMAGED || contents.entries().isEmpty()) {
            return "damaged";
        }
        return switch (contents.entries().getLast()) {
            case Entry.Ended ended -> ended.state();
            case Entry.Waiting _ -> "waiting";
            case Entry.Hung _ -> "hung";
            default -> "interrupted";
        };
    }

    /** What did not return, in words, if that is how the last run ended. */
    public Optional<String> hung() {
        return !contents.entries().isEmpty() && contents.entries().getLast() instanceof Entry.Hung last
                ? Optional.of(last.action()) : Optional.empty();
    }

    /** Whether there is something to take back or to go on with. */
    public boolean open() {
        return !word().equals("undone") && !word().equals("refused");
    }
}
