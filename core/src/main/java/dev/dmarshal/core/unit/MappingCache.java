package dev.dmarshal.core.unit;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.IntSupplier;

/**
 * A four-way cache from (tag, key) to a word, for the IOTLB and the paging-structure caches. Readers take no lock and never see half an entry:
 * a slot's stamp says so while it is written and is checked before and after reading (seqlock); a reader that meets a writer misses.
 *
 * <pre>
 *   slot: stamp (version 63:38, writing 37, tag 36:0) | key | value | unused
 * </pre>
 *
 * A filler gives the generation it read before it looked at any table. Invalidation raises the generation before it looks at the slots, and a filler compares
 * it after it has locked its slot: so either the filler gives up, or the invalidation finds the entry.
 */
final class MappingCache {
    private static final long TAG = -1L >>> 27;
    private static final long WRITING = TAG + 1;
    /** Shifts all but WRITING and the tag out of a stamp. */
    private static final int VERSION_BITS = 26;
    private static final int SLOT = 4;
    private static final int WAYS = 4;
    private static final int SET = WAYS * SLOT;
    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

    /** Says which entries an invalidation means. */
    @FunctionalInterface
    interface Match {
        boolean test(long tag, long key, long value);
    }

    private final long[] cells;
    private final int mask;
    private final IntSupplier generation;

    MappingCache(int entries, IntSupplier generation) {
        cells = new long[entries * SLOT];
        mask = (entries - 1) * SLOT;
        this.generation = generation;
    }

    /** The cell where a key is looked for first. */
    private int slot(long tag, long key) {
        return (int) ((key ^ tag << 40) * 0x9E37_79B9_7F4A_7C15L >>> 34) & mask;
    }

    /** The value, or 0. */
    long find(long tag, long key) {
        int first = slot(tag, key);
        for (int way = 0; way < SET; way += SLOT) {
            long value = way(tag, key, first ^ way);
            if (value != 0) {
                return value;
            }
        }
        return 0;
    }

    /** The value of the second-stage 4 KiB page that has the address, if it is where it is looked for first; or 0. */
    long firstPage(long domain, long address) {
        long key = address & -0x1000L | 1;
        return way(domain, key, slot(domain, key));
    }

    /** {@link #firstPage} for addresses of a batch from number {@code from} on, up to the first that is not found or lacks a right. */
    int firstPages(long domain, long need, AddressBatch batch, int from) {
        long[] c = cells;
        long[] inputs = batch.inputs;
        long[] outputs = batch.outputs;
        int size = batch.size();
        long wanted = Mapping.VALID | need;
        int i = from;
        while (i < size) {
            long address = inputs[i];
            long key = address & -0x1000L | 1;
            long value = way(domain, key, slot(domain, key));
            if ((~value & wanted) != 0) {
                return i;
            }
            outputs[i] = value & Mapping.FRAME | address & 0xFFF;
            i++;
        }
        return i;
    }

    private long way(long tag, long key, int at) {
        long[] c = cells;
        long stamp = (long) LONGS.getAcquire(c, at);
        if (c[at + 1] != key || (stamp ^ tag) << VERSION_BITS != 0) {
            return 0;
        }
        long value = c[at + 2];
        VarHandle.loadLoadFence();
        return (long) LONGS.getOpaque(c, at) == stamp ? value : 0;
    }

    /** Keeps a value unless the caches were invalidated since {@code sampled}, or another thread is writing the same slot. */
    void put(long tag, long key, long value, int sampled) {
        int at = choose(tag, key);
        long stamp = (long) LONGS.getVolatile(cells, at);
        if ((stamp & WRITING) != 0 || !LONGS.compareAndSet(cells, at, stamp, stamp | WRITING)) {
            return;
        }
        boolean current = generation.getAsInt() == sampled;
        if (current) {
            // Readers must not meet the new words before the stamp that says so.
            VarHandle.storeStoreFence();
            LONGS.setOpaque(cells, at + 1, key);
            LONGS.setOpaque(cells, at + 2, value);
        }
        LONGS.setRelease(cells, at, next(stamp) | (current ? tag : stamp & TAG));
    }

    private static long next(long stamp) {
        return (stamp & ~(TAG | WRITING)) + (WRITING << 1);
    }

    /** The slot to fill: the one that has the key, else the first free one in the order of the look-up, else one in turn. */
    private int choose(long tag, long key) {
        int first = slot(tag, key);
        int free = -1;
        for (int way = 0; way < SET; way += SLOT) {
            int at = first ^ way;
            long held = cells[at + 1];
            if (held == key && (cells[at] & TAG) == tag) {
                return at;
            }
            free = held == 0 && free < 0 ? at : free;
        }
        return free >= 0 ? free : first ^ ((int) (cells[first & -SET] >>> 38) + (int) (key >>> 12) & WAYS - 1) * SLOT;
    }

    /** Drops every entry that matches. */
    void drop(Match match) {
        for (int at = 0; at < cells.length; at += SLOT) {
            drop(at, match);
        }
    }

    /** Drops the entry of one key. */
    void drop(long tag, long key) {
        int first = slot(tag, key);
        for (int way = 0; way < SET; way += SLOT) {
            drop(first ^ way, (heldTag, heldKey, value) -> heldTag == tag && heldKey == key);
        }
    }

    private void drop(int at, Match match) {
        while (true) {
            long stamp = (long) LONGS.getVolatile(cells, at);
            if ((stamp & WRITING) != 0) {
                Thread.onSpinWait();
                continue;
            }
            long key = (long) LONGS.getOpaque(cells, at + 1);
            long value = (long) LONGS.getOpaque(cells, at + 2);
            if (key == 0 || !match.test(stamp & TAG, key, value)) {
                VarHandle.loadLoadFence();
                if ((long) LONGS.getOpaque(cells, at) == stamp) {
                    return;
                }
            } else if (LONGS.compareAndSet(cells, at, stamp, stamp | WRITING)) {
                LONGS.setOpaque(cells, at + 1, 0L);
                LONGS.setRelease(cells, at, next(stamp));
                return;
            }
        }
    }

    /** A copy of everything. */
    long[] save() {
        return cells.clone();
    }

    /** Puts a copy back; nobody may translate meanwhile. */
    void restore(long[] saved) {
        System.arraycopy(saved, 0, cells, 0, cells.length);
        VarHandle.fullFence();
    }
}
