package dev.dmarshal.core.unit;

import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.core.vtd.SecondStageEntry;

/**
 * The second-stage walk (section 3.7): three to five levels, each checked in the order permission, reserved bits, and only then followed.
 * An entry without R and W is not present, and its other bits are not looked at.
 */
final class SecondStageWalk {
    /** Mode bit: faults have scalable-mode codes. */
    static final int SCALABLE = 1;
    /** Mode bit: accessed and dirty bits are kept (SSADE). */
    static final int ACCESSED_DIRTY = 2;
    /** Mode bit: walks snoop (PWSNP), so entries may be updated. */
    static final int SNOOPED = 4;
    /** Mode bit: pages are snooped whatever SNP says (PGSNP). */
    static final int SNOOP_PAGES = 8;
    /** Mode bit: the unit has snoop control, SNP means something. */
    static final int SNOOP_CONTROL = 16;
    /** Mode bit: memory types of entries count (EMTE). */
    static final int MEMORY_TYPES = 32;

    private static final long PAGE_SIZE = SecondStageEntry.PAGE_SIZE.mask();
    private static final long ADDRESS = SecondStageEntry.ADDRESS.mask();
    private static final long ACCESSED = SecondStageEntry.ACCESSED.mask();
    private static final long DIRTY = SecondStageEntry.DIRTY.mask();
    private static final long SNOOP = SecondStageEntry.SNOOP.mask();
    private static final long READ_WRITE = Mapping.READ | Mapping.WRITE;

    private final TableMemory memory;
    private final long[] reserved;
    private final TranslationCaches caches;

    SecondStageWalk(TableMemory memory, TableRules rules, TranslationCaches caches) {
        this.memory = memory;
        this.reserved = rules.secondStage;
        this.caches = caches;
    }

    /**
     * Walks the tables that {@code t} names.
     *
     * @param address input, checked against the table's width before
     * @param need    rights that every entry must give; 0 for translation requests
     * @param dirties whether the page is going to be written
     * @param cached  whether paging-structure caches may help; they are tagged by the domain, so not for nested walks
     * @return a mapping, or a stop with its reason
     */
    long walk(Translation t, long address, long need, boolean dirties, boolean cached) {
        long table = t.secondTop;
        int level = t.secondLevels;
        long rights = READ_WRITE;
        if (cached && caches.hasStructures() && t.trace == null) {
            long start = caches.structure(t.tag, address, level, need);
            if (start != 0) {
                level = Mapping.level(start) + 1;
                rights = start & READ_WRITE;
                table = start & Mapping.FRAME;
            }
        }
        int masks = (t.secondMode & SCALABLE) * TableRules.SCALABLE;
        while (true) {
            int shift = 3 + 9 * level;
            long at = table + (address >>> shift & 511) * 8;
            if (!memory.contains(at, 8)) {
                return unreadable(t, level);
            }
            long entry = memory.read(at);
            if (t.trace != null) {
                t.trace.read(SecondStageEntry.layout(level, entry), level, at, entry);
            }
            if ((entry & READ_WRITE) == 0 || (~entry & need) != 0) {
                return denied(t, entry, need);
            }
            boolean page = level == 1 || level <= 3 && (entry & PAGE_SIZE) != 0;
            if ((entry & reserved[masks + level * 2 + (page ? 1 : 0)]) != 0) {
                return fault(t, FaultReason.LSL_2, FaultReason.SSS_3);
            }
            if ((t.secondMode & ACCESSED_DIRTY) != 0) {
                long wanted = page && dirties && (entry & rights & Mapping.WRITE) != 0 ? entry | ACCESSED | DIRTY : entry | ACCESSED;
                if (wanted != entry) {
                    long stop = update(t, at, entry, wanted);
                    if (stop < 0) {
                        return stop;
                    }
                    if (stop == 0) {
                        continue;
                    }
                    entry = wanted;
                }
            }
            rights &= entry;
            if (page) {
                return leaf(t, entry, rights, level);
            }
            table = entry & ADDRESS;
            level--;
            if (cached && caches.hasStructures()) {
                caches.keepStructure(t, address, level, table | rights);
            }
        }
    }

    /** Stores an entry with its accessed and dirty bits: 1 if done, 0 if the entry has changed meanwhile, or a stop. */
    private long update(Translation t, long at, long entry, long wanted) {
        if ((t.secondMode & SNOOPED) == 0) {
            return Mapping.stop(FaultReason.SSS_5.code());
        }
        try {
            return memory.replace(at, entry, wanted) ? 1 : 0;
        } catch (UnsupportedOperationException readOnly) {
            return Mapping.stop(FaultReason.SSS_6.code());
        }
    }

    private static long leaf(Translation t, long entry, long rights, int level) {
        int mode = t.secondMode;
        long usable = (mode & ACCESSED_DIRTY) != 0 && (entry & DIRTY) == 0 ? rights & ~Mapping.WRITE : rights;
        usable |= (usable & Mapping.READ) << 2;
        long snoop = (mode & SNOOP_PAGES) != 0 || (mode & SNOOP_CONTROL) != 0 && (entry & SNOOP) != 0 ? Mapping.SNOOP : 0;
        long mapping = Mapping.of(entry & ADDRESS, usable, level - 1) | snoop;
        return (mode & MEMORY_TYPES) == 0 ? mapping : MemoryTypes.secondStage(mapping, entry);
    }

    private static long unreadable(Translation t, int level) {
        return level == t.secondLevels ? fault(t, FaultReason.LCT_4, FaultReason.SSS_4) : fault(t, FaultReason.LSL_1, FaultReason.SSS_1);
    }

    private static long denied(Translation t, long entry, long need) {
        boolean write = (need & ~entry & Mapping.WRITE) != 0;
        if ((t.secondMode & SCALABLE) != 0 && (entry & READ_WRITE) == 0) {
            return Mapping.stop(FaultReason.SSS_2.code());
        }
        return write ? fault(t, FaultReason.LGN_2, FaultReason.SGN_6) : fault(t, FaultReason.LGN_3, FaultReason.SGN_7);
    }

    private static long fault(Translation t, FaultReason legacy, FaultReason scalable) {
        return Mapping.stop(((t.secondMode & SCALABLE) != 0 ? scalable : legacy).code());
    }
}
