package dev.dmarshal.core.unit;

import dev.dmarshal.core.memory.SegmentMemory;
import dev.dmarshal.core.vtd.AddressWidth;
import dev.dmarshal.core.vtd.ContextEntry;
import dev.dmarshal.core.vtd.ExtendedCapability;
import dev.dmarshal.core.vtd.RootEntry;
import dev.dmarshal.core.vtd.SecondStageEntry;

/**
 * A short way for the usual request of a unit without caches whose memory is one segment: legacy mode, an untranslated read or write, every entry in order,
 * a page of 4 KiB. It only ever says yes; whatever is not so is left to {@link Translator}, which looks at everything again and names the fault.
 *
 * <p>It reads all levels, and only then looks at what it has read: fewer branches. What an entry that is not in order points to is read in vain, which a
 * segment does not notice (other memories might, so they have no short way).
 */
final class PlainWalk {
    /** There is no short way from this state. */
    static final long NONE = -1;

    private static final long PRESENT = 1;
    private static final long ROOT_TABLE = RootEntry.CONTEXT_TABLE.mask();
    private static final long SECOND_STAGE = ContextEntry.SECOND_STAGE.mask();
    private static final long FRAME = SecondStageEntry.ADDRESS.mask();
    private static final long RIGHTS = Mapping.READ | Mapping.WRITE;
    private static final int SNOOP_DISTANCE = SecondStageEntry.SNOOP.low() - Long.numberOfTrailingZeros(Mapping.SNOOP);
    private static final long TABLE_BYTES = 4096;
    private static final int CODE_SHIFT = 4;
    /** How many addresses of a batch are walked together: more than a processor can wait for at once. */
    private static final int GROUP = 64;

    private final SegmentMemory memory;
    private final long rootMask;
    private final long contextMask;
    private final long contextHigh;
    /** Reserved bits of entries that point to tables: those of level 5, where PS is one; but for PS they are the same at all levels and in both modes. */
    private final long tableMask;
    private final long pageMask;
    private final long scalablePageMask;
    private final long snoop;
    /** Input width by AW code, a byte each; 0 where it is not supported. */
    private final long widths;

    PlainWalk(SegmentMemory memory, TableRules rules) {
        this.memory = memory;
        rootMask = rules.rootLow | PRESENT;
        contextMask = rules.contextLow | PRESENT | ContextEntry.TRANSLATION_TYPE.mask();
        contextHigh = rules.contextHigh;
        tableMask = rules.secondStage[10];
        pageMask = rules.secondStage[3];
        scalablePageMask = rules.secondStage[TableRules.SCALABLE + 3];
        snoop = rules.unit.hasExtended(ExtendedCapability.SNOOP_CONTROL) ? Mapping.SNOOP : 0;
        long packed = 0;
        for (AddressWidth width : AddressWidth.values()) {
            packed |= rules.unit.supports(width) ? (long) Translator.width(width.code() + 2, rules) << width.code() * 8 : 0;
        }
        widths = packed;
    }

    /** What {@link #find} has to be given as root while the state is in force: the root table's address, or {@link #NONE}. */
    long root(UnitState state) {
        boolean plain = state.translationEnabled() && state.mode() == UnitState.TableMode.LEGACY && memory.contains(state.rootTable(), TABLE_BYTES);
        return plain ? state.rootTable() : NONE;
    }

    /** The mapping of an untranslated request without PASID, whose rights are still to be compared; 0 if it is not plain. */
    long find(long root, int sourceId, long address) {
        // What context() does, once more: by way of it a walk takes 20.6 ns for 18.8, a chained one 21.1 for 19.1 (FORKS=3 bench/unit near512).
        SegmentMemory tables = memory;
        long place = sourceId >>> 4 & 0xFF0;
        long low = tables.readOrZero(root, place);
        if (root == NONE || ((low ^ PRESENT) & rootMask | tables.readOrZero(root, place + 8)) != 0) {
            return 0;
        }
        long contexts = low & ROOT_TABLE;
        place = (sourceId & 0xFF) * 16L;
        low = tables.readOrZero(contexts, place);
        long high = tables.readOrZero(contexts, place + 8);
        int code = (int) high & 7;
        int width = (int) (widths >>> code * 8) & 0xFF;
        if (width == 0 || ((low ^ PRESENT) & contextMask | high & contextHigh | address >>> width) != 0) {
            return 0;
        }
        return pages(low & SECOND_STAGE, code + 2, address, pageMask);
    }

    /** As {@link #find} for addresses of a batch from number {@code from} on: up to the first that is not plain, or does not give the rights needed. */
    int findAll(long root, int sourceId, long need, AddressBatch batch, int from) {
        long context = context(root, sourceId);
        if (context == 0) {
            return from;
        }
        int code = (int) context >>> CODE_SHIFT & 7;
        int done = from;
        while (done < batch.size()) {
            int end = Math.min(batch.size(), done + GROUP);
            int fit = fitting(batch, done, end, (int) (widths >>> code * 8));
            descend(batch, done, fit, context, code + 2);
            done = leaves(batch, done, fit, need);
            if (done != end) {
                return done;
            }
        }
        return done;
    }

    /** Lower word of the context entry with its AW in bits 6:4; 0 unless it and the root entry are in order. */
    private long context(long root, int sourceId) {
        SegmentMemory tables = memory;
        long place = sourceId >>> 4 & 0xFF0;
        long low = tables.readOrZero(root, place);
        if (root == NONE || ((low ^ PRESENT) & rootMask | tables.readOrZero(root, place + 8)) != 0) {
            return 0;
        }
        long contexts = low & ROOT_TABLE;
        place = (sourceId & 0xFF) * 16L;
        low = tables.readOrZero(contexts, place);
        long high = tables.readOrZero(contexts, place + 8);
        long code = high & 7;
        boolean plain = (byte) (widths >>> (int) code * 8) != 0 && ((low ^ PRESENT) & contextMask | high & contextHigh) == 0;
        return plain ? low & (SECOND_STAGE | PRESENT) | code << CODE_SHIFT : 0;
    }

    /**
     * The mapping of an address that fits a second stage of so many levels, from its top table down; 0 if it is not plain. Neither accessed and dirty bits nor
     * memory types count.
     *
     * @param scalable whether the page's reserved bits are those of scalable mode
     */
    long pages(long top, int levels, long address, boolean scalable) {
        return pages(top, levels, address, scalable ? scalablePageMask : pageMask);
    }

    private long pages(long top, int levels, long address, long reserved) {
        SegmentMemory tables = memory;
        long entry = top;
        // Of all tables' entries: bits 1:0, which rights are missing; above, which bits are set.
        long any = 0;
        if (levels > 3) {
            if (levels > 4) {
                entry = tables.readOrZero(entry & FRAME, address >>> 45 & 0xFF8);
                any = entry ^ RIGHTS;
            }
            entry = tables.readOrZero(entry & FRAME, address >>> 36 & 0xFF8);
            any |= entry ^ RIGHTS;
        }
        entry = tables.readOrZero(entry & FRAME, address >>> 27 & 0xFF8);
        any |= entry ^ RIGHTS;
        entry = tables.readOrZero(entry & FRAME, address >>> 18 & 0xFF8);
        any |= entry ^ RIGHTS;
        entry = tables.readOrZero(entry & FRAME, address >>> 9 & 0xFF8);
        boolean plain = (any & tableMask | entry & reserved) == 0 && entry << 12 >>> 32 != 0xFEE;
        return plain ? Mapping.plain(entry & FRAME | entry >>> SNOOP_DISTANCE & snoop, entry & ~any) : 0;
    }

    /** The first address that is beyond the tables or in the interrupt address range. */
    private static int fitting(AddressBatch batch, int from, int end, int width) {
        for (int i = from; i < end; i++) {
            long address = batch.inputs[i];
            if (address >>> width != 0 || address >>> 20 == 0xFEE) {
                return i;
            }
        }
        return end;
    }

    /** Reads all but the last level, for all addresses before going on to the next level: so they wait for memory together. */
    private void descend(AddressBatch batch, int from, int end, long top, int levels) {
        SegmentMemory tables = memory;
        long[] inputs = batch.inputs;
        long[] entries = batch.entries;
        long[] found = batch.found;
        for (int i = from; i < end; i++) {
            long entry = tables.readOrZero(top & FRAME, inputs[i] >>> 9 * levels & 0xFF8);
            entries[i] = entry;
            found[i] = entry ^ RIGHTS;
        }
        for (int level = levels - 1; level > 1; level--) {
            for (int i = from; i < end; i++) {
                long entry = tables.readOrZero(entries[i] & FRAME, inputs[i] >>> 9 * level & 0xFF8);
                entries[i] = entry;
                found[i] |= entry ^ RIGHTS;
            }
        }
    }

    private int leaves(AddressBatch batch, int from, int end, long need) {
        SegmentMemory tables = memory;
        long[] inputs = batch.inputs;
        long[] entries = batch.entries;
        long[] found = batch.found;
        for (int i = from; i < end; i++) {
            long address = inputs[i];
            long any = found[i];
            long entry = tables.readOrZero(entries[i] & FRAME, address >>> 9 & 0xFF8);
            if ((any & tableMask | entry & pageMask | ~(entry & ~any) & need) != 0 || entry << 12 >>> 32 == 0xFEE) {
                return i;
            }
            batch.outputs[i] = entry & FRAME | address & 0xFFF;
        }
        return end;
    }
}
