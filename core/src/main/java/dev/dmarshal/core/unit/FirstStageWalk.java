package dev.dmarshal.core.unit;

import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.core.vtd.FirstStageEntry;

/**
 * The first-stage walk (section 3.6), alone or nested over the second stage (section 3.8): four or five levels, each checked in the order present,
 * permission, reserved bits. Accessed and dirty bits are always kept.
 */
final class FirstStageWalk {
    /** Mode bit: every address goes through the second stage. */
    static final int NESTED = 1;
    /** Mode bit: write protection holds for privileged requests (WPE). */
    static final int WRITE_PROTECT = 2;
    /** Mode bit: XD counts (NXE); without it XD is reserved. */
    static final int NO_EXECUTE = 4;
    /** Mode bit: EA is kept too (EAFE). */
    static final int EXTENDED_ACCESSED = 8;
    /** Mode bit: walks snoop (PWSNP). */
    static final int SNOOPED = 16;
    /** Mode bit: pages are snooped (PGSNP). */
    static final int SNOOP_PAGES = 32;
    /** Mode bit: memory types count (EMTE). */
    static final int MEMORY_TYPES = 64;

    private static final long PRESENT = FirstStageEntry.PRESENT.mask();
    private static final long WRITE = FirstStageEntry.WRITE.mask();
    private static final long USER = FirstStageEntry.USER.mask();
    private static final long PAGE_SIZE = FirstStageEntry.PAGE_SIZE.mask();
    private static final long ADDRESS = FirstStageEntry.ADDRESS.mask();
    private static final long ACCESSED = FirstStageEntry.ACCESSED.mask();
    private static final long DIRTY = FirstStageEntry.DIRTY.mask();
    private static final long EXTENDED = FirstStageEntry.EXTENDED_ACCESSED.mask();
    private static final long EXECUTE_DISABLE = FirstStageEntry.EXECUTE_DISABLE.mask();
    private static final long PATH = PRESENT | WRITE | USER;

    private final TableMemory memory;
    private final TableRules rules;
    private final SecondStageWalk second;

    FirstStageWalk(TableMemory memory, TableRules rules, SecondStageWalk second) {
        this.memory = memory;
        this.rules = rules;
        this.second = second;
    }

    /**
     * Walks the tables that {@code t} names.
     *
     * @param address canonical input
     * @param need    rights that the request needs; 0 for translation requests
     * @param dirties whether the page is going to be written
     * @return a mapping, or a stop with its reason
     */
    long walk(Translation t, long address, long need, boolean dirties) {
        int mode = t.firstMode;
        boolean user = (t.effective & Request.PRIVILEGED) == 0;
        long xd = (mode & NO_EXECUTE) != 0 ? 0 : EXECUTE_DISABLE;
        long path = PATH;
        long table = t.firstTop;
        int level = t.firstLevels;
        while (true) {
            long at = table + (address >>> 3 + 9 * level & 511) * 8;
            if ((mode & NESTED) != 0) {
                long through = locate(t, at, level);
                if (Mapping.stopped(through)) {
                    return through;
                }
                at = Mapping.address(through, at);
            }
            if (!memory.contains(at, 8)) {
                return stop(level == t.firstLevels ? FaultReason.SFS_4 : FaultReason.SFS_1);
            }
            long entry = memory.read(at);
            if (t.trace != null) {
                t.trace.read(FirstStageEntry.layout(level, entry), level, at, entry);
            }
            boolean page = level == 1 || level <= 3 && (entry & PAGE_SIZE) != 0;
            long denied = check(entry, need, user, mode);
            if (denied != 0) {
                return denied;
            }
            if ((entry & (rules.firstStage[level * 2 + (page ? 1 : 0)] | xd)) != 0) {
                return stop(FaultReason.SFS_3);
            }
            long wanted = entry | ACCESSED | ((mode & EXTENDED_ACCESSED) != 0 ? EXTENDED : 0);
            wanted |= page && dirties && writable(entry & path, user, mode) ? DIRTY : 0;
            if (wanted != entry) {
                long done = update(t, table, at, entry, wanted);
                if (done < 0) {
                    return done;
                }
                if (done == 0) {
                    continue;
                }
            }
            path = path & entry | (path | entry) & EXECUTE_DISABLE;
            if (page) {
                return leaf(t, wanted, path, level, address);
            }
            table = entry & ADDRESS;
            level--;
        }
    }

    private static boolean writable(long path, boolean user, int mode) {
        return (path & WRITE) != 0 || !user && (mode & WRITE_PROTECT) == 0;
    }

    private static long check(long entry, long need, boolean user, int mode) {
        if ((entry & PRESENT) == 0) {
            return stop(FaultReason.SFS_2);
        }
        if (user && (entry & USER) == 0) {
            return stop(FaultReason.SGN_2);
        }
        if ((need & Mapping.WRITE) != 0 && !writable(entry, user, mode)) {
            return stop(FaultReason.SGN_6);
        }
        return (need & Mapping.EXECUTE) != 0 && (mode & NO_EXECUTE) != 0 && (entry & EXECUTE_DISABLE) != 0 ? stop(FaultReason.SGN_3) : 0;
    }

    /** Where a first-stage entry lies, through the second stage. */
    private long locate(Translation t, long guest, int level) {
        if (guest >>> Translator.width(t.secondLevels, rules) != 0) {
            return stop(FaultReason.SFS_5);
        }
        long mapping = second.walk(t, guest, Mapping.READ, false, false);
        if (Mapping.stopped(mapping) && Mapping.reason(mapping) == FaultReason.SGN_7.code()) {
            return stop(level == t.firstLevels ? FaultReason.SFS_6 : FaultReason.SFS_7);
        }
        return mapping;
    }

    /**
     * Stores an entry with its accessed and dirty bits: 1 if done, 0 if the entry has changed meanwhile, or a stop.
     *
     * @param guest address of the table: the page that a second stage must let be written
     */
    private long update(Translation t, long guest, long at, long entry, long wanted) {
        if ((t.firstMode & SNOOPED) == 0) {
            return stop(FaultReason.SFS_9);
        }
        if ((t.firstMode & NESTED) != 0) {
            long writable = second.walk(t, guest, Mapping.READ | Mapping.WRITE, true, false);
            if (Mapping.stopped(writable)) {
                return Mapping.reason(writable) == FaultReason.SGN_6.code() ? stop(FaultReason.SFS_8) : writable;
            }
        }
        try {
            return memory.replace(at, entry, wanted) ? 1 : 0;
        } catch (UnsupportedOperationException readOnly) {
            return stop(FaultReason.SFS_10);
        }
    }

    private long leaf(Translation t, long entry, long path, int level, long address) {
        int mode = t.firstMode;
        boolean clean = (entry & DIRTY) == 0;
        long execute = (path & EXECUTE_DISABLE) == 0 ? Mapping.EXECUTE : 0;
        long user = (path & USER) == 0 ? 0 : Mapping.READ | execute | (!clean && writable(path, true, mode) ? Mapping.WRITE : 0);
        long privileged = Mapping.READ | execute | (!clean && writable(path, false, mode) ? Mapping.WRITE : 0);
        long mapping = Mapping.of(entry & ADDRESS, 0, level - 1) | user | privileged << Mapping.PRIVILEGED_SHIFT
                | ((mode & SNOOP_PAGES) != 0 ? Mapping.SNOOP : 0);
        if ((mode & MEMORY_TYPES) != 0) {
            mapping = MemoryTypes.firstStage(mapping, entry, level, t.pasid1);
        }
        return mapping;
    }

    private static long stop(FaultReason reason) {
        return Mapping.stop(reason.code());
    }
}
