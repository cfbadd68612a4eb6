package dev.dmarshal.lab.compare;

import java.util.List;

/**
 * All that may become of a step's requests by the tables. The first of each list is by the tables as they are; the others, for stale steps only,
 * are by entries that a cache may still hold. For DMA both directions are there, whichever the step uses.
 *
 * @param reads  for a read
 * @param writes for a write
 * @param uses   for the step's interrupt
 * @param twins  by the tables of other functions that wrongly have the same domain-id for other tables
 */
public record Evidence(List<Way> reads, List<Way> writes, List<EntryUse> uses, List<Way> twins) {

    /** Nothing is known: the step makes no request. */
    public static final Evidence NONE = new Evidence(List.of(), List.of(), List.of(), List.of());

    /** Copies the lists. */
    public Evidence {
        reads = List.copyOf(reads);
        writes = List.copyOf(writes);
        uses = List.copyOf(uses);
        twins = List.copyOf(twins);
    }
}
