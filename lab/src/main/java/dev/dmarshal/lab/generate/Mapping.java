package dev.dmarshal.lab.generate;

import dev.dmarshal.lab.scenario.Bait;
import java.util.List;

/**
 * A page of a domain, at which a bait can be met.
 *
 * @param domain  whose
 * @param iova    first address of the page
 * @param level   1 for 4 KiB, 2 for 2 MiB, 3 for 1 GiB
 * @param bait    what lies in it
 * @param entries addresses of the paging entries, from the top table's to the leaf
 */
record Mapping(Domain domain, long iova, int level, Bait bait, List<Long> entries) {

    /** Bytes of the page. */
    long sizeBytes() {
        return 1L << 12 + 9 * (level - 1);
    }

    /** The IOVA of the bait. */
    long baitIova() {
        return iova + (bait.address() & sizeBytes() - 1);
    }

    /** Address of the leaf entry. */
    long leaf() {
        return entries.getLast();
    }

    /** Bytes of IOVA that the entry of this index covers. */
    long coverage(int index) {
        return 1L << 12 + 9 * (domain.levels() - index - 1);
    }
}
