package dev.dmarshal.core.tables;

import dev.dmarshal.core.memory.MemoryImage;
import dev.dmarshal.core.memory.MemoryImage.Presence;
import dev.dmarshal.core.tables.MappingSink.Gap;
import dev.dmarshal.core.vtd.FirstStageEntry;
import dev.dmarshal.core.vtd.SecondStageEntry;
import dev.dmarshal.core.vtd.UnitCapabilities;
import java.util.function.LongConsumer;

/**
 * Lists all that a tree of paging structures maps. Each table is copied once and looked at in the copy, so that nothing is allocated per entry and what a
 * running machine changes meanwhile is seen old or new, not torn.
 *
 * <p>Ends on any tables: a table is read once a tree, and at most {@link #MOST_TABLES} are read by one lister. Not thread-safe; one each for several threads.
 */
public final class TreeLister {
    /** Most tables that one lister reads: with 4 KiB pages they map 8 TiB. */
    public static final int MOST_TABLES = 1 << 22;

    private static final int ENTRIES = MemoryImage.PAGE_WORDS;
    private static final long ADDRESS = SecondStageEntry.ADDRESS.mask();
    private static final long PAGE_SIZE = SecondStageEntry.PAGE_SIZE.mask();
    private static final long SNOOP = SecondStageEntry.SNOOP.mask();
    private static final long READ_WRITE = SecondStageEntry.READ.mask() | SecondStageEntry.WRITE.mask();
    private static final long PRESENT = FirstStageEntry.PRESENT.mask();
    private static final long WRITE = FirstStageEntry.WRITE.mask();
    private static final long USER = FirstStageEntry.USER.mask();
    private static final long NO_EXECUTE = FirstStageEntry.EXECUTE_DISABLE.mask();

    private final MemoryImage image;
    private final UnitCapabilities unit;
    private final long[][] tables = new long[6][ENTRIES];
    private final long[] pages = new long[4];
    private AddressSet visited = new AddressSet();
    private LongConsumer tableListener = address -> { };
    private long tablesRead;

    private StageRules rules;
    private long present;
    private long limit;
    private MappingSink sink;

    private long runInput;
    private long runOutput;
    private long runSize;
    private int runRights;

    /** Lists trees of a unit with these capabilities. */
    public TreeLister(MemoryImage image, UnitCapabilities unit) {
        this.image = image;
        this.unit = unit;
    }

    /** Has each table's address told from now on, as often as a tree uses it. */
    public TreeLister telling(LongConsumer listener) {
        tableListener = listener;
        return this;
    }

    /** Tables read so far. */
    public long tablesRead() {
        return tablesRead;
    }

    /** Pages found so far of a size: level 1 is 4 KiB, 2 is 2 MiB, 3 is 1 GiB. */
    public long pages(int level) {
        return pages[level];
    }

    /**
     * Lists a tree.
     *
     * @param scalable whether the unit is in scalable mode, in which fewer bits are reserved
     */
    public void list(PageTree tree, boolean scalable, MappingSink to) {
        rules = StageRules.of(unit, tree.firstStage(), scalable);
        present = tree.firstStage() ? PRESENT : READ_WRITE;
        limit = tree.firstStage() ? -1L >>> 64 - tree.width() : -1L >>> 64 - Math.min(tree.width(), unit.maximumGuestWidth());
        sink = to;
        visited = new AddressSet();
        runSize = 0;
        int rights = tree.firstStage() ? MappingSink.READ | MappingSink.WRITE | MappingSink.EXECUTE | MappingSink.USER
                : MappingSink.READ | MappingSink.WRITE;
        enter(tree.levels(), tree.top(), 0, rights, tree.top(), tree.top());
        flush();
    }

    /** Goes into a table: {@code from} and {@code entry} say what pointed to it. */
    private void enter(int level, long table, long input, int rights, long from, long entry) {
        long[] words = tables[level];
        Gap gap = null;
        if (tablesRead >= MOST_TABLES) {
            gap = Gap.TOO_MANY_TABLES;
        } else if (!visited.add(table)) {
            gap = Gap.REPEATED_TABLE;
        } else if (!image.readPage(table, words)) {
            gap = Gap.UNREADABLE_TABLE;
        }
        if (gap != null) {
            gap(input, 1L << 12 + 9 * level, gap, from, entry);
            return;
        }
        tablesRead++;
        tableListener.accept(table);
        if (level > 1) {
            upper(words, level, table, input, rights);
        } else if (rules.firstStage) {
            firstStagePages(words, table, input, rights);
        } else {
            secondStagePages(words, table, input, rights);
        }
    }

    private void gap(long input, long sizeBytes, Gap gap, long from, long entry) {
        flush();
        sink.gap(signed(input), sizeBytes, gap, from, entry, image.presence(entry & ADDRESS));
    }

    private void upper(long[] words, int level, long table, long input, int rights) {
        long span = 1L << 12 + 9 * (level - 1);
        for (int i = 0; i < ENTRIES; i++) {
            long entry = words[i];
            long at = input + i * span;
            if ((entry & present) == 0) {
                continue;
            }
            if (Long.compareUnsigned(at, limit) > 0) {
                return;
            }
            int page = level <= 3 && (entry & PAGE_SIZE) != 0 ? 1 : 0;
            if ((entry & rules.reserved[level * 2 + page]) != 0) {
                gap(at, span, Gap.RESERVED_BITS, table + i * 8L, entry);
            } else if (page != 0) {
                pages[level]++;
                add(at, entry & ADDRESS & -span, span, rights(entry, rights));
            } else {
                enter(level - 1, entry & ADDRESS, at, rights(entry, rights), table + i * 8L, entry);
            }
        }
    }

    /** The lowest level is where almost all entries are: as long as entries go on with the run, the inner loop compares each with what it would have to be. */
    private void secondStagePages(long[] words, long table, long input, int above) {
        long reserved = rules.reserved[3];
        long looked = ADDRESS | READ_WRITE | SNOOP | reserved;
        boolean plain = above == (MappingSink.READ | MappingSink.WRITE);
        for (int i = 0; i < ENTRIES; i++) {
            long entry = words[i];
            if ((entry & READ_WRITE) == 0) {
                continue;
            }
            if ((entry & reserved) != 0) {
                gap(input + ((long) i << 12), 0x1000, Gap.RESERVED_BITS, table + i * 8L, entry);
                continue;
            }
            add(input + ((long) i << 12), entry & ADDRESS, 0x1000, rights(entry, above));
            int first = i;
            if (plain) {
                long wanted = (entry & looked) + 0x1000;
                while (i + 1 < ENTRIES && (words[i + 1] & looked) == wanted) {
                    wanted += 0x1000;
                    i++;
                }
                runSize += (long) (i - first) << 12;
            }
            pages[1] += i - first + 1;
        }
    }

    private void firstStagePages(long[] words, long table, long input, int above) {
        long reserved = rules.reserved[3];
        for (int i = 0; i < ENTRIES; i++) {
            long entry = words[i];
            if ((entry & PRESENT) == 0) {
                continue;
            }
            long next = input + ((long) i << 12);
            if ((entry & reserved) != 0) {
                gap(next, 0x1000, Gap.RESERVED_BITS, table + i * 8L, entry);
            } else {
                pages[1]++;
                add(next, entry & ADDRESS, 0x1000, rights(entry, above));
            }
        }
    }

    private void add(long input, long output, long sizeBytes, int rights) {
        if (rights == runRights && runSize != 0 && input == runInput + runSize && output == runOutput + runSize) {
            runSize += sizeBytes;
            return;
        }
        flush();
        runInput = input;
        runOutput = output;
        runSize = sizeBytes;
        runRights = rights;
    }

    private void flush() {
        if (runSize != 0 && (runRights & (MappingSink.READ | MappingSink.WRITE)) != 0) {
            sink.run(signed(runInput), runOutput, runSize, runRights);
        }
        runSize = 0;
        runRights = 0;
    }

    private int rights(long entry, int above) {
        if (!rules.firstStage) {
            return (int) (entry & above & READ_WRITE) | ((entry & SNOOP) != 0 ? MappingSink.SNOOP : 0);
        }
        int own = MappingSink.READ | ((entry & WRITE) != 0 ? MappingSink.WRITE : 0) | ((entry & USER) != 0 ? MappingSink.USER : 0)
                | ((entry & NO_EXECUTE) == 0 ? MappingSink.EXECUTE : 0);
        return own & above;
    }

    /** Input addresses of a first stage are canonical. */
    private long signed(long input) {
        int unused = Long.numberOfLeadingZeros(limit);
        return rules.firstStage ? input << unused >> unused : input;
    }
}
