package dev.dmarshal.passthrough.wish;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What becomes of refusals where labels are forced: each label lifts the refusal of that very name and nothing else.
 *
 * @param labels what the administrator takes upon himself
 * @param found  all that speaks against the wish
 */
record Forced(Set<String> labels, List<Refusal> found) {

    /** Keeps its own copies. */
    Forced {
        labels = Set.copyOf(labels);
        found = List.copyOf(found);
    }

    private boolean lifts(Refusal refusal) {
        return refusal.forcible() && labels.contains(refusal.label());
    }

    /** What still speaks against it. */
    List<Refusal> standing() {
        return found.stream().filter(refusal -> !lifts(refusal)).toList();
    }

    /** The labels that lifted something. */
    Set<String> lifted() {
        return found.stream().filter(this::lifts).map(Refusal::label).collect(Collectors.toUnmodifiableSet());
    }

    /** Of each label that lifted nothing, why. */
    List<String> remarks() {
        List<String> remarks = new ArrayList<>();
        labels.stream().filter(label -> !lifted().contains(label)).sorted().forEach(label -> remarks.add("--force " + label
                + (found.stream().anyMatch(refusal -> refusal.label().equals(label)) ? ": nothing lifts this refusal"
                        : " lifted nothing: nothing is refused under this label")));
        return remarks;
    }
}
