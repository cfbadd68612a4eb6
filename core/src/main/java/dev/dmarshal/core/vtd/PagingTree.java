package dev.dmarshal.core.vtd;

import dev.dmarshal.core.memory.PhysicalMemory;

/**
 * A tree of paging structures under construction: 512 entries of 8 bytes a table, 9 address bits a level, 12 bits of page offset.
 * Not thread-safe; the hardware model may walk the tree while it grows, because an entry is stored after the table it points to.
 */
public abstract sealed class PagingTree permits SecondStageTree, FirstStageTree {
    private static final long ADDRESS = SecondStageEntry.ADDRESS.mask();

    private final TableBuilder tables;
    private final PhysicalMemory memory;
    private final int levels;
    private final long root;
    private final long offset;
    private int largestPageLevel = 1;

    PagingTree(TableBuilder tables, int levels, long offset) {
        this.tables = tables;
        this.memory = tables.memory();
        this.levels = levels;
        this.offset = offset;
        this.root = tables.page();
    }

    abstract long tableEntry(long address);

    abstract long pageEntry(long address, int level, int rights);

    abstract boolean present(long entry);

    /** Address of the top table as the structures that point to it write it. */
    public long root() {
        return root + offset;
    }

    /** Levels of tables. */
    public int levels() {
        return levels;
    }

    /** Lets {@link #map} use pages up to this level where alignment allows: 1 is 4 KiB (the default), 2 is 2 MiB, 3 is 1 GiB. */
    public PagingTree largePages(int level) {
        if (level < 1 || level > 3) {
            throw new IllegalArgumentException("no pages at level " + level);
        }
        largestPageLevel = level;
        return this;
    }

    /**
     * Maps a range, replacing what was mapped there; throws {@link IllegalStateException} where a larger page is in the way.
     *
     * @param input     first input address, 4 KiB aligned
     * @param output    address it becomes, 4 KiB aligned
     * @param sizeBytes a multiple of 4 KiB
     * @param rights    a set of the tree's rights constants
     */
    public void map(long input, long output, long sizeBytes, int rights) {
        if (((input | output | sizeBytes) & 0xFFF) != 0) {
            throw new IllegalArgumentException("not in units of 4 KiB");
        }
        for (long done = 0; done != sizeBytes;) {
            int level = largestPageLevel;
            while (!fits(input + done | output + done, sizeBytes - done, level)) {
                level--;
            }
            memory.write64(entryAddress(input + done, level), pageEntry(output + done, level, rights));
            done += pageSize(level);
        }
    }

    private static boolean fits(long addresses, long left, int level) {
        return level == 1 || (addresses & pageSize(level) - 1) == 0 && Long.compareUnsigned(left, pageSize(level)) >= 0;
    }

    /** Clears the entries of a range of 4 KiB pages; larger pages that it touches go as a whole. */
    public void unmap(long input, long sizeBytes) {
        for (long done = 0; Long.compareUnsigned(done, sizeBytes) < 0; done += 0x1000) {
            memory.write64(leafAddress(input + done), 0);
        }
    }

    /** Physical address of the entry for {@code input} at a level, 1 being the lowest; missing tables above it are made, but a larger page is not split. */
    public long entryAddress(long input, int level) {
        long table = root;
        for (int at = levels; at > level; at--) {
            long address = table + index(input, at);
            long entry = memory.read64(address);
            if (!present(entry)) {
                long page = tables.page();
                entry = tableEntry(page + offset);
                memory.write64(address, entry);
            } else if (at <= 3 && SecondStageEntry.PAGE_SIZE.isSet(entry)) {
                throw new IllegalStateException("a page of level " + at + " is in the way of 0x" + Long.toHexString(input));
            }
            table = (entry & ADDRESS) - offset;
        }
        return table + index(input, level);
    }

    private long leafAddress(long input) {
        long address = root + index(input, levels);
        for (int at = levels; at > 1; at--) {
            long entry = memory.read64(address);
            if (!present(entry) || at <= 3 && SecondStageEntry.PAGE_SIZE.isSet(entry)) {
                return address;
            }
            address = (entry & ADDRESS) - offset + index(input, at - 1);
        }
        return address;
    }

    private static long pageSize(int level) {
        return 1L << 12 + 9 * (level - 1);
    }

    private static long index(long input, int level) {
        return (input >>> 12 + 9 * (level - 1) & 511) * 8;
    }
}
