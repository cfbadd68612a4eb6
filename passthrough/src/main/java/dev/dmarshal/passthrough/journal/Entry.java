package dev.dmarshal.passthrough.journal;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.dmarshal.passthrough.plan.Plan;
import java.util.Map;

/** One line of a journal. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "entry")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Entry.Begun.class, name = "begun"),
    @JsonSubTypes.Type(value = Entry.Continued.class, name = "continued"),
    @JsonSubTypes.Type(value = Entry.Intended.class, name = "intended"),
    @JsonSubTypes.Type(value = Entry.Finished.class, name = "finished"),
    @JsonSubTypes.Type(value = Entry.Failed.class, name = "failed"),
    @JsonSubTypes.Type(value = Entry.Hung.class, name = "hung"),
    @JsonSubTypes.Type(value = Entry.Undoing.class, name = "undoing"),
    @JsonSubTypes.Type(value = Entry.Undone.class, name = "undone"),
    @JsonSubTypes.Type(value = Entry.Waiting.class, name = "waiting"),
    @JsonSubTypes.Type(value = Entry.Ended.class, name = "ended")
})
public sealed interface Entry {

    /** First line: the whole plan. @param bootId the kernel's, which tells a later reader whether the host was restarted */
    record Begun(String time, String bootId, Plan plan) implements Entry {
    }

    /** Another run took over after a crash, a restart or a wait. @param how {@code resume} or {@code undo} */
    record Continued(String time, String bootId, String how) implements Entry {
    }

    /** A step is about to be done. @param found what was read before, by path */
    record Intended(int step, Map<String, String> found) implements Entry {
    }

    /** A step was done and verified. */
    record Finished(int step) implements Entry {
    }

    /** A step was refused or could not be verified. */
    record Failed(int step, String reason) implements Entry {
    }

    /** An action did not return in time; whether it will is not known. */
    record Hung(int step, String action, int seconds) implements Entry {
    }

    /** A step is about to be taken back. */
    record Undoing(int step) implements Entry {
    }

    /** A step is as it was before. */
    record Undone(int step) implements Entry {
    }

    /** The plan goes on after the host has been restarted. */
    record Waiting(int step) implements Entry {
    }

    /** Nothing more will be done. @param state one of {@code applied}, {@code undone}, {@code stuck} */
    record Ended(String state, String reason) implements Entry {
    }
}
