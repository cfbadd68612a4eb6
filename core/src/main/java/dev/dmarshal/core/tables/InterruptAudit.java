package dev.dmarshal.core.tables;

import dev.dmarshal.core.memory.MemoryImage;
import dev.dmarshal.core.tables.Candidate.InterruptTable;
import dev.dmarshal.core.vtd.Irte;
import java.util.function.Consumer;

/** Judges the entries of an interrupt-remapping table. */
final class InterruptAudit {

    private InterruptAudit() {
    }

    static void of(MemoryImage image, InterruptTable table, Consumer<TableFinding> to) {
        long[] page = new long[MemoryImage.PAGE_WORDS];
        int perPage = MemoryImage.PAGE_BYTES / Irte.SIZE_BYTES;
        for (int first = 0; first < table.entries(); first += perPage) {
            long address = table.address() + (long) first * Irte.SIZE_BYTES;
            if (!image.readPage(address, page)) {
                to.accept(TableFinding.of("irte-unreadable", "entries %d to %d at 0x%x: %s".formatted(first, first
                        + perPage - 1, address, image.presence(address))));
                continue;
            }
            for (int i = 0; i < Math.min(perPage, table.entries() - first); i++) {
                entry(first + i, page[i * 2], page[i * 2 + 1], to);
            }
        }
    }

    private static void entry(int index, long low, long high, Consumer<TableFinding> to) {
        if (!Irte.P.isSet(low)) {
            return;
        }
        String text = "index %d: %s".formatted(index, new Irte(low, high));
        boolean reserved = Irte.IM.isSet(low) ? Irte.POSTED.reservedSet(low, high) : Irte.REMAPPED.reservedSet(low, high);
        if (reserved || Irte.SVT.get(high) == 3) {
            to.accept(TableFinding.of("irte-reserved-bits", text));
        }
        if (Irte.SVT.get(high) == 0) {
            to.accept(TableFinding.of("irte-unvalidated", text));
        }
    }
}
