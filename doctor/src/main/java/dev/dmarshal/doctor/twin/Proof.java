package dev.dmarshal.doctor.twin;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the twin made of one finding.
 *
 * @param cause whether the state that the cause claims gives the faults of the log
 * @param words for people, one sentence
 * @param shown what the hardware did with each fault that was played
 * @param fixes what it did after each way out
 */
public record Proof(Cause cause, String words, List<Played> shown, List<FixProof> fixes) {

    /** Keeps its own copies. */
    public Proof {
        shown = List.copyOf(shown);
        fixes = List.copyOf(fixes);
    }

    /** Labels of the ways out after which all faults remain. */
    public Set<String> refuted() {
        return fixes.stream().filter(one -> one.fix() == Fix.REFUTED).map(FixProof::label).collect(Collectors.toUnmodifiableSet());
    }

    /** What became of one way out. */
    public Optional<FixProof> of(String label) {
        return fixes.stream().filter(one -> one.label().equals(label)).findFirst();
    }

    /** Whether the twin agrees with a cause. */
    public enum Cause {
        /** Every fault played is the one of the log: reason, requester, direction, page. */
        REPRODUCED,
        /** Some are. */
        PARTLY,
        /** None is: the cause as stated does not give these faults. */
        CONTRADICTED,
        /** The cause is not about the state of the tables, or the log lacks what would be played. */
        NOT_MODELLED
    }

    /** Whether a way out works on the twin. */
    public enum Fix {
        /** No fault remains. */
        GONE,
        /** Some faults remain. */
        PARTLY,
        /** All faults remain: it is not offered. */
        REFUTED,
        /** It changes nothing that the twin has. */
        NOT_MODELLED
    }

    /**
     * One way out.
     *
     * @param label of the fix
     * @param fix   whether it works
     * @param words what remains, or at what cost, one sentence; empty if there is nothing to say
     */
    public record FixProof(String label, Fix fix, String words) {
    }
}
