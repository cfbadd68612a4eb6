package dev.dmarshal.doctor.kdump;

import dev.dmarshal.core.memory.PhysicalMemory;
import dev.dmarshal.core.vtd.ContextEntry;
import dev.dmarshal.core.vtd.TableBuilder;
import java.util.HashSet;
import java.util.Set;

/**
 * Copies root and context tables as {@code copy_translation_tables} and {@code copy_context_table} do (Linux drivers/iommu/intel/iommu.c, commit 091d42e43d21
 * and later), with the defects that they have.
 *
 * <p>Known defects: the copy of a bus that has devices only from 10.0 on goes into the lower half of the root entry in scalable mode (in all versions, a fix
 * was posted in 2026); the mark of 4.2 to 5.19 in bit 67 is a bit of RID_PASID in scalable mode (mended by commit 0c5f6c0d8201).
 */
final class ContextCopy {

    private static final int BUSES = 256;
    private static final long PAGE = 4096;
    /** {@code context_set_copied}: bit 3 of the upper word. */
    private static final long MARK = 1L << 3;
    /** PASIDE of the extended mode that never came to be used; bit 11 of the lower word. */
    private static final long PASID_ENABLE = 1L << 11;

    private final PhysicalMemory memory;
    private final TableBuilder tables;
    private final boolean scalable;
    private final boolean marked;
    private final Set<Integer> reserved = new HashSet<>();
    private final Set<Integer> copied = new HashSet<>();

    /** @param marked whether entries are marked in bit 67, as 4.2 to 5.19 do */
    ContextCopy(PhysicalMemory memory, TableBuilder tables, boolean scalable, boolean marked) {
        this.memory = memory;
        this.tables = tables;
        this.scalable = scalable;
        this.marked = marked;
    }

    /** Copies all buses into {@code newRoot}. */
    void copy(long oldRoot, long newRoot) {
        for (int bus = 0; bus < BUSES; bus++) {
            bus(oldRoot + bus * 16L, newRoot + bus * 16L, bus);
        }
    }

    /**
     * The kernel's loop, with its variable {@code pos}: it is raised only when a table is closed, so that an upper table without a lower one comes to lie in
     * the place of the lower.
     */
    private void bus(long oldEntry, long newEntry, int bus) {
        int at = 0;
        long lower = pointer(oldEntry);
        if (lower != 0) {
            memory.write64(newEntry + 8L * at++, table(lower, bus, 0) | 1);
        } else if (!scalable) {
            return;
        }
        long upper = scalable ? pointer(oldEntry + 8) : 0;
        if (upper != 0) {
            memory.write64(newEntry + 8L * at, table(upper, bus, 0x80) | 1);
        }
    }

    private long pointer(long half) {
        long word = memory.read64(half);
        return (word & 1) == 0 ? 0 : word & -PAGE;
    }

    /** In scalable mode the first half of each entry is copied; the other is reserved and stays 0. */
    private long table(long old, int bus, int firstDevfn) {
        long table = tables.page();
        int stride = scalable ? 32 : 16;
        for (int i = 0; i < PAGE / stride; i++) {
            long low = memory.read64(old + (long) i * stride);
            long high = memory.read64(old + (long) i * stride + 8);
            if ((low & 1) == 0) {
                continue;
            }
            if (!scalable) {
                reserved.add(new ContextEntry(low, high).domain());
            }
            copied.add(bus << 8 | firstDevfn + i);
            memory.write64(table + (long) i * stride, marked ? low & ~PASID_ENABLE : low);
            memory.write64(table + (long) i * stride + 8, marked ? high | MARK : high);
        }
        return table;
    }

    /** Domain-ids that must not be given out again: translations tagged with them may still be cached. */
    Set<Integer> reserved() {
        return reserved;
    }

    /** Requester ids whose entry is a copy. */
    Set<Integer> copied() {
        return copied;
    }
}
