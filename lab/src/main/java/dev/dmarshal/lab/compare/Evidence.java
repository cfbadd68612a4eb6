package dev.dmarshal.lab.compare;

import java.util.List;

/**
 * All that may become of a step's requests by the tables. The first of each list is by the tables as they are; the others, for stale steps only,
 * are by entries that a cache may still hold. A list is empty where the step makes no such request.
 *
 * @param reads  for the step's read
 * @param writes for the step's write
 * @param uses   for the step's interrupt
 */
public record Evidence(List<Way> reads, List<Way> writes, List<EntryUse> uses) {

    /** Nothing is known: the step makes no request. */
    public static final Evidence NONE = new Evidence(List.of(), List.of(), List.of());

    /** Copies the lists. */
    public Evidence {
        reads = List.copyOf(reads);
        writes = List.copyOf(writes);
        uses = List.copyOf(uses);
    }
}
