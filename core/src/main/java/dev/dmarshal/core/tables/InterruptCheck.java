package dev.dmarshal.core.tables;

import dev.dmarshal.core.memory.MemoryImage;
import dev.dmarshal.core.tables.Candidate.InterruptTable;
import dev.dmarshal.core.tables.UnitTables.Confidence;
import dev.dmarshal.core.vtd.Irte;
import java.util.Optional;

/**
 * Judges what may be pages of interrupt-remapping tables. Linux and Xen allocate 1 MiB for 65,536 entries, at a multiple of 1 MiB; a table that
 * starts elsewhere
 * is taken to be as long as its pages are in order. Not thread-safe.
 */
final class InterruptCheck {
    /** Bytes of a table of 65,536 entries. */
    static final long FULL_BYTES = 1 << 20;

    private final MemoryImage image;
    private final long[] page = new long[MemoryImage.PAGE_WORDS];
    private int present;
    private int validated;

    InterruptCheck(MemoryImage image) {
        this.image = image;
    }

    /** Whether every entry of a page is in order, and one of them present. */
    boolean plausible(long address) {
        present = 0;
        return image.readPage(address, page) && inOrder() && present > 0;
    }

    /** The table that a plausible page belongs to. */
    Optional<InterruptTable> table(long pageAddress) {
        long base = pageAddress & -FULL_BYTES;
        long pages = run(base);
        boolean aligned = pages * MemoryImage.PAGE_BYTES == FULL_BYTES;
        if (!aligned) {
            base = pageAddress;
            pages = Long.highestOneBit(Math.max(1, run(base)));
        }
        if (present == 0) {
            return Optional.empty();
        }
        int entries = (int) (pages * MemoryImage.PAGE_BYTES / Irte.SIZE_BYTES);
        String evidence = "%d of %d entries present, %d of them check the source-id%s".formatted(present, entries, validated,
                aligned ? "; 1 MiB at a multiple of 1 MiB, all of it in order" : "");
        return Optional.of(new InterruptTable(base, entries, present, validated, confidence(aligned), evidence));
    }

    private Confidence confidence(boolean aligned) {
        if (aligned && validated >= 4) {
            return Confidence.HIGH;
        }
        return validated >= 2 ? Confidence.MEDIUM : Confidence.LOW;
    }

    /** How many pages from here on are in order, 256 at most; counts their entries. */
    private long run(long base) {
        present = 0;
        validated = 0;
        for (int i = 0; i < FULL_BYTES / MemoryImage.PAGE_BYTES; i++) {
            if (!image.readPage(base + (long) i * MemoryImage.PAGE_BYTES, page) || !inOrder()) {
                return i;
            }
        }
        return FULL_BYTES / MemoryImage.PAGE_BYTES;
    }

    private boolean inOrder() {
        int found = 0;
        int checked = 0;
        for (int i = 0; i < page.length; i += 2) {
            long low = page[i];
            long high = page[i + 1];
            if (low == 0 && high == 0) {
                continue;
            }
            if (!Irte.P.isSet(low) || !entry(low, high)) {
                return false;
            }
            found++;
            checked += Irte.SVT.get(high) != 0 ? 1 : 0;
        }
        present += found;
        validated += checked;
        return true;
    }

    /**
     * A present entry as drivers write them: vectors from 16 on, a delivery mode that exists, and a source-id only if it is checked. Xen keeps the entries of
     * masked IOAPIC pins present, with nothing in them but the source (its key V shows them; {@code xen/drivers/passthrough/vtd/intremap.c}
     * ioapic_rte_to_remap_entry).
     */
    private static boolean entry(long low, long high) {
        boolean posted = Irte.IM.isSet(low);
        boolean reserved = posted ? Irte.POSTED.reservedSet(low, high) : Irte.REMAPPED.reservedSet(low, high);
        int mode = (int) Irte.DLM.get(low);
        boolean masked = mode == 0 && Irte.V.get(low) == 0 && Irte.DST.get(low) == 0 && Irte.SVT.get(high) != 0;
        boolean delivery = posted || masked || mode != 3 && mode != 6 && (Irte.V.get(low) >= 16 || mode == 2 || mode == 4 || mode == 5 || mode == 7);
        boolean source = Irte.SVT.get(high) != 3 && (Irte.SVT.get(high) != 0 || Irte.SID.get(high) == 0 && Irte.SQ.get(high) == 0);
        return !reserved && delivery && source && (!posted || Irte.descriptorAddress(low, high) != 0);
    }
}
