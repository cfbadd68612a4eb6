package dev.dmarshal.core.vtd;

import dev.dmarshal.core.memory.PhysicalMemory;

/**
 * Lays out whole trees of remapping tables in physical memory, for tests, emulators and what-if questions.
 *
 * <p>Pages come from a region that grows upwards and are never given back. A root table serves legacy or scalable mode, whichever its entries
 * are written for. Not thread-safe.
 */
public final class TableBuilder {
    private static final long PAGE = 0x1000;

    private final PhysicalMemory memory;
    private long next;

    /**
     * Takes pages from {@code firstPage} on.
     *
     * @param memory    where tables go
     * @param firstPage a multiple of 4 KiB; the pages above it must be free
     */
    public TableBuilder(PhysicalMemory memory, long firstPage) {
        if ((firstPage & PAGE - 1) != 0) {
            throw new IllegalArgumentException("not a page address: 0x" + Long.toHexString(firstPage));
        }
        this.memory = memory;
        this.next = firstPage;
    }

    PhysicalMemory memory() {
        return memory;
    }

    /** Takes a zeroed page. */
    public long page() {
        return pages(1);
    }

    /** Takes zeroed pages that follow each other. */
    public long pages(int count) {
        long first = next;
        if (!memory.contains(first, count * PAGE)) {
            throw new IllegalStateException("no memory left for tables at 0x" + Long.toHexString(first));
        }
        next = first + count * PAGE;
        for (long at = first; at < next; at += 8) {
            if (memory.read64(at) != 0) {
                memory.write64(at, 0);
            }
        }
        return first;
    }

    /** An empty second-stage tree. */
    public SecondStageTree secondStage(AddressWidth width) {
        return new SecondStageTree(this, width);
    }

    /** An empty first-stage tree of 4 or 5 levels. */
    public FirstStageTree firstStage(int levels) {
        return nestedFirstStage(levels, 0);
    }

    /**
     * An empty first-stage tree for nested translation.
     *
     * @param levels 4 or 5
     * @param offset what a second stage takes off: a table at physical address p is known to its guest as p + offset
     */
    public FirstStageTree nestedFirstStage(int levels, long offset) {
        if (levels != 4 && levels != 5) {
            throw new IllegalArgumentException("no first stage has " + levels + " levels");
        }
        return new FirstStageTree(this, levels, offset);
    }

    /** Stores a legacy context entry under a root table, which gets a context table for the bus if it has none. Returns the entry's address. */
    public long context(long rootTable, int sourceId, ContextEntry entry) {
        long at = rootTable + (sourceId >>> 8) * 16L;
        RootEntry root = RootEntry.read(memory, at);
        if (!root.present()) {
            root = RootEntry.builder().present(true).contextTable(page()).build();
            root.write(memory, at);
        }
        long address = root.contextTable() + (sourceId & 0xFF) * 16L;
        entry.write(memory, address);
        return address;
    }

    /** Stores a scalable-mode context entry under a root table, as {@link #context(long, int, ContextEntry)} does. */
    public long context(long rootTable, int sourceId, ScalableContextEntry entry) {
        long at = rootTable + (sourceId >>> 8) * 16L + (sourceId >>> 7 & 1) * 8L;
        long half = memory.read64(at);
        if (!ScalableRootEntry.LOWER_PRESENT.isSet(half)) {
            half = page() | ScalableRootEntry.LOWER_PRESENT.mask();
            memory.write64(at, half);
        }
        long address = (half & ScalableRootEntry.LOWER_TABLE.mask()) + (sourceId & 0x7F) * 32L;
        entry.write(memory, address);
        return address;
    }

    /** Takes pages for a PASID directory of PDTS {@code code} (0 to 7): 1 page to 2^(code + 7) entries of 8 bytes. */
    public long pasidDirectory(int code) {
        return pages(Math.max(1, 1 << Math.max(0, code - 2)));
    }

    /** Stores a PASID entry under a directory, which gets a table for the 64 PASIDs around it if it has none. Returns the entry's address. */
    public long pasid(long directory, int pasid, PasidEntry entry) {
        long at = directory + (pasid >>> 6) * 8L;
        PasidDirectoryEntry parent = PasidDirectoryEntry.read(memory, at);
        if (!parent.present()) {
            parent = PasidDirectoryEntry.builder().present(true).table(page()).build();
            parent.write(memory, at);
        }
        long address = parent.table() + (pasid & 63) * 64L;
        entry.write(memory, address);
        return address;
    }
}
