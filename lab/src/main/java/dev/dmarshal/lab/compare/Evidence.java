package dev.dmarshal.lab.compare;

import java.util.List;

/**
 * All that may become of a step's requests by the tables. The first of each list is by the tables as they are; the others, for stale steps only,
 * are by entries that a cache may still hold. For DMA both directions are there, whichever the step uses.
 *
 * @param reads        for a read
 * @param writes       for a write
 * @param uses         for the step's interrupt
 * @param twins        by the tables of other functions that wrongly have the same domain-id for other tables
 * @param besideReads  for a write to where the read comes from
 * @param besideWrites for a read of where the write goes; a copy has two addresses
 */
public record Evidence(List<Way> reads, List<Way> writes, List<EntryUse> uses, List<Way> twins, List<Way> besideReads, List<Way> besideWrites) {

    /** Nothing is known: the step makes no request. */
    public static final Evidence NONE = new Evidence(List.of(), List.of(), List.of(), List.of());

    /** Of a step whose requests, if there are two, go to one address. */
    public Evidence(List<Way> reads, List<Way> writes, List<EntryUse> uses, List<Way> twins) {
        this(reads, writes, uses, twins, writes, reads);
    }

    /** Copies the lists. */
    public Evidence {
        reads = List.copyOf(reads);
        writes = List.copyOf(writes);
        uses = List.copyOf(uses);
        twins = List.copyOf(twins);
        besideReads = List.copyOf(besideReads);
        besideWrites = List.copyOf(besideWrites);
    }
}
