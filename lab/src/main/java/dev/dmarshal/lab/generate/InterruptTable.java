package dev.dmarshal.lab.generate;

import dev.dmarshal.lab.scenario.Registers;
import dev.dmarshal.lab.scenario.Requester;
import dev.dmarshal.lab.scenario.Scenario;
import dev.dmarshal.lab.scenario.Step;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * An interrupt-remapping table of random entries, and MSIs that use it (VT-d specification chapter 5.1).
 *
 * <p>Destinations are never the machine's only processor: an NMI or INIT that reached it would make it run what is in memory.
 */
final class InterruptTable {

    private static final int MESSAGE = 0xfee0_0000;
    private static final int REMAPPABLE = 1 << 4;
    private static final int SUBHANDLE_VALID = 1 << 3;

    /** IRTA.EIME. */
    private static final int EXTENDED = 1 << 11;

    private final Draft draft;
    private final Invalidator invalidator;
    private final long table;
    private final int sizeExponent;
    private final boolean readable;
    private final boolean extended;
    private final Set<Integer> stale = new HashSet<>();

    /** {@code extended}: the unit has extended interrupt mode, which the table may then use. */
    InterruptTable(Draft draft, Invalidator invalidator, boolean extended) {
        this.draft = draft;
        this.invalidator = invalidator;
        this.readable = !draft.oneIn(30);
        this.table = readable ? draft.page() : draft.pick(Scenario.HOLE, Scenario.HIGH_MEMORY_END + 0x5000);
        this.sizeExponent = 2 + draft.below(5);
        this.extended = extended && !draft.oneIn(4);
        if (readable) {
            for (int index = 0; index < entries(); index++) {
                fill(index);
            }
        }
    }

    /** The value for IRTA. */
    long pointer() {
        return table | (extended ? EXTENDED : 0) | sizeExponent;
    }

    /** Changes an entry, mostly with the invalidation that it needs. */
    void change() {
        if (!readable) {
            return;
        }
        int index = draft.below(entries());
        fill(index);
        stale.add(index);
        if (!draft.oneIn(4)) {
            boolean all = draft.oneIn(2);
            if (invalidator.interrupts(index, all)) {
                if (all) {
                    stale.clear();
                } else {
                    stale.remove(index);
                }
            }
        }
    }

    /** A device sends an MSI. */
    void signal() {
        Requester requester = draft.pick(List.of(Requester.EDU_A, Requester.EDU_B, Requester.EDU_C, Requester.EDU_BRIDGE));
        if (draft.oneIn(12)) {
            draft.add(new Step.Interrupt(requester, MESSAGE | 1 + draft.below(0xfe) << 12, 0x20 + draft.below(0xc0), false));
            return;
        }
        int handle = draft.oneIn(10) ? draft.below(0x10000) : draft.below(entries());
        boolean valid = draft.oneIn(3);
        int subhandle = valid ? draft.below(draft.oneIn(10) ? 0x10000 : 4) : draft.oneIn(8) ? draft.below(0x10000) : 0;
        int index = valid ? handle + subhandle : handle;
        int address = MESSAGE | REMAPPABLE | (handle & 0x7fff) << 5 | (handle >>> 15) << 2 | (valid ? SUBHANDLE_VALID : 0);
        draft.add(new Step.Interrupt(requester, address, subhandle, stale.contains(index)));
    }

    private int entries() {
        return 2 << sizeExponent;
    }

    private void fill(int index) {
        long entry = table + 16L * index;
        draft.store(entry + 8, validation());
        draft.store(entry, remapping());
    }

    private long remapping() {
        long destination = extended ? 1 + draft.below(0xfd) | (long) draft.below(1 << 23) << 8 : 1 + draft.below(0xfd) << 8;
        long mode = draft.oneIn(6) ? draft.pick(2, 3, 4, 5, 7) : draft.below(2);
        long word = 1 | mode << 5 | (long) (0x10 + draft.below(0xe0)) << 16 | destination << 32;
        word |= draft.oneIn(4) ? 1L << 4 : 0;
        word |= draft.oneIn(4) ? 1L << 3 : 0;
        word |= draft.oneIn(6) ? 1L << 2 : 0;
        word |= (long) draft.below(16) << 8;
        word |= draft.oneIn(4) ? 2 : 0;
        return switch (draft.below(20)) {
            case 0 -> word & ~1L;
            case 1 -> word | 1L << draft.pick(12, 13, 14, 24, 31);
            case 2 -> word | 1L << 15;
            case 3 -> extended ? word : word | (long) draft.below(1 << 24) << 40 | (long) draft.below(256) << 32;
            case 4 -> word & ~(0xffL << 16) | (long) draft.below(16) << 16;
            case 5 -> 0;
            default -> word;
        };
    }

    private long validation() {
        Requester requester = draft.pick(List.of(Requester.EDU_A, Requester.EDU_B, Requester.EDU_C, Requester.EDU_BRIDGE));
        int source = requester.sourceId().value();
        long word = switch (draft.below(12)) {
            case 0 -> 1L << 18 | source;
            case 1 -> 1L << 18 | (long) draft.below(4) << 16 | source ^ draft.below(8);
            case 2 -> 2L << 18 | (long) (source >>> 8) << 8 | (source >>> 8) + draft.below(3);
            case 3 -> 2L << 18 | (long) draft.below(5) << 8 | draft.below(5);
            case 4 -> 3L << 18 | source;
            default -> draft.below(0x10000);
        };
        return draft.oneIn(25) ? word | 1L << 20 + draft.below(44) : word;
    }

    /** Puts the table in force: IRTA, SIRTP and IRE, on top of what GCMD holds. */
    long enable(long command) {
        draft.write64(Registers.IRTA, pointer());
        draft.write32(Registers.GCMD, command | 1 << 24);
        draft.write32(Registers.GCMD, command | 1 << 25);
        return command | 1 << 25;
    }
}
