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

    /** How a descent ends: the low bits of its result. */
    private static final int LEAF = 0;
    private static final int DENIED = 1;
    private static final int RESERVED = 2;
    private static final int UNREADABLE = 3;
    private static final int STEP = 3;
    private static final int STEP_BITS = 2;

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
        while (true) {
            long start = structures && t.trace == null ? caches.structure(t.tag, address, t.secondLevels, need) : 0;
            int first = start == 0 ? t.secondLevels : Mapping.level(start) + 1;
            long rights = start == 0 ? READ_WRITE : start & READ_WRITE;
            int last = descend(t, address, start == 0 ? t.secondTop : start & Mapping.FRAME, first, need);
            int lowest = last >>> STEP_BITS;
            if (t.trace != null || (t.secondMode & ACCESSED_DIRTY) != 0) {
                long settled = settle(t, first, last, rights, dirties);
                if (settled < 0) {
                    return settled;
                }
                if (settled == 0) {
                    continue;
                }
            }
            if (structures) {
                keepStructures(t, address, first, lowest, rights);
            }
            return switch (last & STEP) {
                case LEAF -> leaf(t, rights, first, lowest);
                case DENIED -> denied(t, t.entries[lowest], need);
                case RESERVED -> fault(t, FaultReason.LSL_2, FaultReason.SSS_3);
                default -> unreadable(t, lowest);
            };
        }
    }

    /**
     * Follows the tables as far as it goes, and leaves each entry and its address in {@code t}. The loop does nothing else, not even for traces or accessed
     * bits, so that the compiler can keep what does not change out of it.
     *
     * @return the level where it ended, and how
     */
    private int descend(Translation t, long address, long top, int first, long need) {
        long[] entries = t.entries;
        long[] addresses = t.addresses;
        int masks = (t.secondMode & SCALABLE) * TableRules.SCALABLE;
        long table = top;
        int level = first;
        while (true) {
            long at = table + (address >>> 3 + 9 * level & 511) * 8;
            if (!memory.contains(at, 8)) {
                return level << STEP_BITS | UNREADABLE;
            }
            long entry = memory.read(at);
            entries[level] = entry;
            addresses[level] = at;
            if ((entry & READ_WRITE) == 0 || (~entry & need) != 0) {
                return level << STEP_BITS | DENIED;
            }
            int page = level == 1 || level <= 3 && (entry & PAGE_SIZE) != 0 ? 1 : 0;
            if ((entry & reserved[masks + level * 2 + page]) != 0) {
                return level << STEP_BITS | RESERVED;
            }
            if (page != 0) {
                return level << STEP_BITS | LEAF;
            }
            table = entry & ADDRESS;
            level--;
        }
    }

    /** Shows the entries to people, and sets accessed and dirty bits from the top: 1 if all is well, 0 if the walk has to be done again, or a stop. */
    private long settle(Translation t, int first, int last, long rights, boolean dirties) {
        int lowest = last >>> STEP_BITS;
        int how = last & STEP;
        long path = rights;
        for (int level = first; level >= lowest && (level > lowest || how != UNREADABLE); level--) {
            long entry = t.entries[level];
            if (t.trace != null) {
                t.trace.read(SecondStageEntry.layout(level, entry), level, t.addresses[level], entry);
            }
            path &= entry;
            if ((t.secondMode & ACCESSED_DIRTY) == 0 || level == lowest && how != LEAF) {
                continue;
            }
            boolean dirty = level == lowest && dirties && (path & Mapping.WRITE) != 0;
            long wanted = entry | ACCESSED | (dirty ? DIRTY : 0);
            long done = wanted == entry ? 1 : update(t, t.addresses[level], entry, wanted);
            if (done <= 0) {
                return done;
            }
            t.entries[level] = wanted;
        }
        return 1;
    }

    private void keepStructures(Translation t, long address, int first, int lowest, long rights) {
        long path = rights;
        for (int level = first; level > lowest; level--) {
            path &= t.entries[level];
            caches.keepStructure(t, address, level - 1, t.entries[level] & ADDRESS | path);
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

    private static long leaf(Translation t, long granted, int first, int lowest) {
        long rights = granted;
        for (int level = first; level >= lowest; level--) {
            rights &= t.entries[level];
        }
        return mapping(t.entries[lowest], rights, lowest, t.secondMode);
    }

    private static long mapping(long entry, long rights, int level, int mode) {
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
