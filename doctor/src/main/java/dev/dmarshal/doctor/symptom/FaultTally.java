package dev.dmarshal.doctor.symptom;

import dev.dmarshal.core.fault.FaultEvent;
import dev.dmarshal.core.fault.FaultLine;
import java.util.ArrayList;
import java.util.List;

/**
 * Groups faults as they stream by: same requester, kind, reason and direction are one group. A fault costs one look-up in an open-addressing table and a few
 * compares; memory is bounded by {@link #GROUPS_KEPT} groups. Not thread-safe.
 */
final class FaultTally {

    /** Groups kept; faults of further groups are only counted. */
    static final int GROUPS_KEPT = 4096;
    /** Different pages remembered per group. */
    static final int PAGES_KEPT = 16;

    private static final int SLOTS = 4 * GROUPS_KEPT;

    /** What is kept of one group. Mutable, because a storm of faults must not allocate. */
    static final class Cell {
        final long who;
        final long what;
        final FaultEvent first;
        final String file;
        long count;
        long addresses;
        long lowest = -1;
        long highest;
        long previous;
        long steps;
        final long[] pages = new long[PAGES_KEPT];
        int distinctPages;
        final int[] indexes = new int[PAGES_KEPT];
        int distinctIndexes;
        int flags;
        int commonFlags = -1;
        boolean timed;
        long lastNanos;

        Cell(long who, long what, FaultEvent first, String file) {
            this.who = who;
            this.what = what;
            this.first = first;
            this.file = file;
        }

        private void add(FaultLine fault) {
            count++;
            if (fault.hasAmdFlags()) {
                flags |= fault.amdFlags();
                commonFlags &= fault.amdFlags();
            }
            if (fault.hasTime()) {
                timed = true;
                lastNanos = fault.timeNanos();
            }
            if (fault.hasIndex()) {
                addIndex(fault.index());
            }
            if (fault.hasAddress()) {
                addAddress(fault.address());
            }
        }

        private void addAddress(long address) {
            if (addresses++ == 0 || Long.compareUnsigned(address, lowest) < 0) {
                lowest = address;
            }
            if (Long.compareUnsigned(address, highest) > 0) {
                highest = address;
            }
            long distance = address - previous;
            if (count > 1 && distance > 0 && distance <= 1 << 16) {
                steps++;
            }
            previous = address;
            long page = address >>> 12;
            for (int i = 0; i < distinctPages; i++) {
                if (pages[i] == page) {
                    return;
                }
            }
            if (distinctPages < PAGES_KEPT) {
                pages[distinctPages++] = page;
            }
        }

        private void addIndex(int index) {
            for (int i = 0; i < distinctIndexes; i++) {
                if (indexes[i] == index) {
                    return;
                }
            }
            if (distinctIndexes < PAGES_KEPT) {
                indexes[distinctIndexes++] = index;
            }
        }
    }

    private final Cell[] table = new Cell[SLOTS];
    private final List<Cell> inOrder = new ArrayList<>();
    private long ungrouped;
    private long total;

    /** Counts one fault of the log {@code file}. */
    void add(FaultLine fault, String file) {
        total++;
        long who = (long) fault.segment() << 32 | (long) fault.source() << 16 | (fault.hasSegment() ? 1 : 0) | (fault.hasSource() ? 2 : 0)
                | (fault.hasPasid() ? 4 : 0) | (fault.hasAmdEvent() ? 8 : 0);
        // Event names are the scanner's constants and drivers' names repeat, so their hash codes are cached: nothing is computed twice.
        long what = (long) fault.dialect().ordinal() << 60 | (long) fault.kind().ordinal() << 56 | (long) fault.access().ordinal() << 52
                | (fault.hasReason() ? (long) fault.reason() + 1 << 32 : 0) | (fault.hasAmdEvent() ? fault.amdEvent().hashCode() & 0xffff_ffffL : 0);
        int slot = slot(who, what);
        for (Cell cell = table[slot]; cell != null; cell = table[slot = slot + 1 & SLOTS - 1]) {
            if (cell.who == who && cell.what == what) {
                cell.add(fault);
                return;
            }
        }
        if (inOrder.size() == GROUPS_KEPT) {
            ungrouped++;
            return;
        }
        Cell cell = new Cell(who, what, fault.toEvent(), file);
        table[slot] = cell;
        inOrder.add(cell);
        cell.add(fault);
    }

    private static int slot(long who, long what) {
        long mixed = (who ^ what * 0x9E37_79B9_7F4A_7C15L) * 0xD6E8_FEB8_6659_FD93L;
        return (int) (mixed >>> 40) & SLOTS - 1;
    }

    /** All groups in the order of their first fault; {@code width} is the number of address bits of the units, 0 if not known. */
    List<FaultGroup> groups(int width) {
        return inOrder.stream().map(cell -> FaultGroup.of(cell, AddressPattern.of(cell, width))).toList();
    }

    /** All faults. */
    long total() {
        return total;
    }

    /** Faults beyond {@link #GROUPS_KEPT} groups. */
    long ungrouped() {
        return ungrouped;
    }
}
