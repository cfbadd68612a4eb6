package dev.dmarshal.doctor.policy;

import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.twin.Played;
import dev.dmarshal.doctor.twin.Replay;
import dev.dmarshal.doctor.twin.Scene;
import java.util.List;
import java.util.Optional;

/**
 * What becomes of an observed fault.
 *
 * @param fault   as the log has it
 * @param outcome what becomes of it
 * @param words   how the model says so, a sentence
 */
public record FaultForecast(FaultGroup fault, Outcome outcome, String words) {

    /** Plays a fault's requests on the tables before and after; either is empty if what is known does not decide how the requester is treated. */
    static FaultForecast of(FaultGroup fault, Optional<Scene> before, Optional<Scene> after) {
        Replay replay = Replay.of(fault);
        if (replay.empty() || before.isEmpty() || after.isEmpty()) {
            return new FaultForecast(fault, Outcome.OPEN, replay.empty() ? "The log does not say enough of it to make the request again."
                    : "What is known does not decide how the requester is treated.");
        }
        List<Played> shown = replay.on(before.get());
        if (!replay.same(shown)) {
            return new FaultForecast(fault, Outcome.OPEN, "The tables as they are now do not give this fault: " + shown.getFirst().inWords() + ".");
        }
        List<Played> afterwards = replay.on(after.get());
        boolean gone = afterwards.stream().allMatch(Played::passed);
        Outcome outcome = gone ? Outcome.GONE : replay.same(afterwards) ? Outcome.REMAINS : Outcome.CHANGES;
        return new FaultForecast(fault, outcome, afterwards.stream().filter(played -> played.passed() == gone).findFirst().orElseThrow().inWords() + ".");
    }

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
