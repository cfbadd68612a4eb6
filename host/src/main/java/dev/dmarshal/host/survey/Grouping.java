package dev.dmarshal.host.survey;

import java.util.List;

/**
 * The IOMMU groups of a host.
 *
 * @param source where they come from
 * @param groups all of them
 * @param notes  what could not be decided for certain
 */
public record Grouping(Source source, List<GroupFacts> groups, List<String> notes) {

    /** Where groups come from. */
    public enum Source {
        /** The running kernel made them. */
        KERNEL,
        /** They were computed from the topology, as the kernel would make them. */
        COMPUTED
    }

    /** Keeps its own copies. */
    public Grouping {
        groups = List.copyOf(groups);
        notes = List.copyOf(notes);
    }
}
