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
        boolean structures = cached && caches.hasStructures();
        long start = structures && t.trace == null ? caches.structure(t.tag, address, t.secondLevels, need) : 0;
        int level = start == 0 ? t.secondLevels : Mapping.level(start) + 1;
        long table = start == 0 ? t.secondTop : start & Mapping.FRAME;
        long rights = start == 0 ? READ_WRITE : start & READ_WRITE;
        int mode = t.secondMode;
        int masks = (mode & SCALABLE) * TableRules.SCALABLE;
        boolean watched = (mode & ACCESSED_DIRTY) != 0 || t.trace != null;
        while (true) {
            long at = table + (address >>> 3 + 9 * level & 511) * 8;
            if (!memory.contains(at, 8)) {
                return unreadable(t, level);
            }
            long entry = memory.read(at);
            boolean page = level == 1 || level <= 3 && (entry & PAGE_SIZE) != 0;
            boolean denied = (entry & READ_WRITE) == 0 || (~entry & need) != 0;
            boolean reservedSet = (entry & reserved[masks + level * 2 + (page ? 1 : 0)]) != 0;
            if (watched || denied || reservedSet) {
                long seen = denied ? denied(t, entry, need) : reservedSet ? fault(t, FaultReason.LSL_2, FaultReason.SSS_3) : 1;
                seen = watch(t, at, entry, level, seen, page && dirties && (rights & Mapping.WRITE) != 0);
                if (seen < 0) {
                    return seen;
                }
                if (seen == 0) {
                    continue;
                }
                entry = seen;
            }
            rights &= entry;
            if (page) {
                return leaf(t, entry, rights, level);
            }
            table = entry & ADDRESS;
            level--;
            if (structures) {
                caches.keepStructure(t, address, level, table | rights);
            }
        }
    }

    /** What the common walk does without: traces, and accessed and dirty bits. The entry as it is afterwards, 0 if it has to be read again, or a stop. */
    private long watch(Translation t, long at, long entry, int level, long verdict, boolean dirties) {
        if (t.trace != null) {
            t.trace.read(SecondStageEntry.layout(level, entry), level, at, entry);
        }
        if (verdict < 0 || (t.secondMode & ACCESSED_DIRTY) == 0) {
            return verdict < 0 ? verdict : entry & ~Mapping.STOP;
        }
        long wanted = entry | ACCESSED | (dirties && (entry & Mapping.WRITE) != 0 ? DIRTY : 0);
        long done = wanted == entry ? 1 : update(t, at, entry, wanted);
        return done > 0 ? wanted & ~Mapping.STOP : done;
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
