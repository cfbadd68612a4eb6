package dev.dmarshal.host.image;

import dev.dmarshal.core.memory.MemoryImage;
import dev.dmarshal.core.tables.Candidate.InterruptTable;
import dev.dmarshal.core.vtd.Irte;
import java.util.Map;

/**
 * Entries of one unit's tables that a text shows without saying where the tables are. By them the tables are known again in an image.
 *
 * @param unit       the unit's name in the text
 * @param scalable   whether they are of scalable mode
 * @param rootWords  64-bit words of the root table by their place in it, 0 to 511; none of them zero
 * @param interrupts present entries of the interrupt-remapping table by index
 */
public record SeenEntries(String unit, boolean scalable, Map<Integer, Long> rootWords, Map<Integer, SeenInterrupt> interrupts) {

    /**
     * What does not change while an interrupt stays in use. Its vector and its destination move between processors.
     *
     * @param validation SVT: how the source is checked
     * @param qualifier  SQ: which bits of it
     * @param source     SID
     */
    public record SeenInterrupt(int validation, int qualifier, int source) {
    }

    /** Copies the maps. */
    public SeenEntries {
        rootWords = Map.copyOf(rootWords);
        interrupts = Map.copyOf(interrupts);
    }

    /** Whether a table has all these interrupt entries. */
    boolean matches(MemoryImage image, InterruptTable table) {
        long[] page = new long[MemoryImage.PAGE_WORDS];
        for (Map.Entry<Integer, SeenInterrupt> seen : interrupts.entrySet()) {
            long address = table.address() + (long) seen.getKey() * Irte.SIZE_BYTES;
            if (seen.getKey() >= table.entries() || !image.readPage(address & -MemoryImage.PAGE_BYTES, page)) {
                return false;
            }
            int at = (int) (address & MemoryImage.PAGE_BYTES - 1) / Long.BYTES;
            if (!Irte.P.isSet(page[at]) || !of(page[at + 1]).equals(seen.getValue())) {
                return false;
            }
        }
        return !interrupts.isEmpty();
    }

    private static SeenInterrupt of(long high) {
        return new SeenInterrupt((int) Irte.SVT.get(high), (int) Irte.SQ.get(high), (int) Irte.SID.get(high));
    }

    /** The entries, for people. */
    String evidence() {
        String roots = rootWords.size() + " root entr" + (rootWords.size() == 1 ? "y" : "ies");
        String entries = interrupts.size() + " interrupt entries";
        return (rootWords.isEmpty() ? entries : interrupts.isEmpty() ? roots : roots + " and " + entries) + " that a log shows";
    }
}
