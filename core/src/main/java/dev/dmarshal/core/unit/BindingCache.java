package dev.dmarshal.core.unit;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.IntSupplier;

/**
 * A direct-mapped cache of what a requester is bound to: context entries by source-id, or context and PASID entries by source-id and PASID.
 * The same seqlock as in {@link MappingCache}.
 *
 * <pre>
 *   slot: stamp (version 63:38, writing 37, domain 16:0) | key | context 0, 1 | PASID entry 0 to 2 | state
 * </pre>
 *
 * State is {@link #HIT}, with FPD in bit 8, or a stop with its reason (caching mode keeps those).
 */
final class BindingCache {
    /** State: the entries are there. */
    static final long HIT = 1L << 62;
    /** State bit: FPD of any of the structures. */
    static final long FAULTS_DISABLED = 1 << 8;
    /** Domain of entries that belong to every domain: scalable-mode context entries have none. */
    static final int ANY_DOMAIN = 1 << 16;
    private static final long KEY = 1L << 62;
    private static final int STRIDE = 8;
    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final long DOMAIN = -1L >>> 27;
    private static final long WRITING = DOMAIN + 1;

    /** Says which entries an invalidation means. */
    @FunctionalInterface
    interface Match {
        boolean test(int domain, int sourceId, int pasid);
    }

    private final long[] cells;
    private final int mask;
    private final IntSupplier generation;

    BindingCache(int entries, IntSupplier generation) {
        cells = new long[entries * STRIDE];
        mask = entries - 1;
        this.generation = generation;
    }

    private static long key(int sourceId, int pasid) {
        return KEY | (long) sourceId << 20 | pasid;
    }

    private int slot(int sourceId, int pasid) {
        return (sourceId + (sourceId >>> 8) * 31 + pasid * 17 & mask) * STRIDE;
    }

    /** Fills {@code t} with the entries and gives the state, or 0. */
    long find(int sourceId, int pasid, Translation t) {
        if (cells.length == 0) {
            return 0;
        }
        long[] c = cells;
        int at = slot(sourceId, pasid);
        long stamp = (long) LONGS.getAcquire(c, at);
        if (c[at + 1] != key(sourceId, pasid) || (stamp & WRITING) != 0) {
            return 0;
        }
        long context0 = c[at + 2];
        long context1 = c[at + 3];
        long pasid0 = c[at + 4];
        long pasid1 = c[at + 5];
        long pasid2 = c[at + 6];
        long state = c[at + 7];
        VarHandle.loadLoadFence();
        if ((long) LONGS.getOpaque(c, at) != stamp) {
            return 0;
        }
        t.context0 = context0;
        t.context1 = context1;
        t.pasid0 = pasid0;
        t.pasid1 = pasid1;
        t.pasid2 = pasid2;
        t.faultsDisabled = (state & FAULTS_DISABLED) != 0;
        return state;
    }

    /** Keeps the entries of {@code t}. */
    void put(int sourceId, int pasid, int domain, long state, Translation t) {
        if (cells.length == 0) {
            return;
        }
        int at = slot(sourceId, pasid);
        long stamp = (long) LONGS.getVolatile(cells, at);
        if ((stamp & WRITING) != 0 || !LONGS.compareAndSet(cells, at, stamp, stamp | WRITING)) {
            return;
        }
        long owner = stamp & DOMAIN;
        if (generation.getAsInt() == t.generation) {
            owner = domain;
            VarHandle.storeStoreFence();
            LONGS.setOpaque(cells, at + 1, key(sourceId, pasid));
            LONGS.setOpaque(cells, at + 2, t.context0);
            LONGS.setOpaque(cells, at + 3, t.context1);
            LONGS.setOpaque(cells, at + 4, t.pasid0);
            LONGS.setOpaque(cells, at + 5, t.pasid1);
            LONGS.setOpaque(cells, at + 6, t.pasid2);
            LONGS.setOpaque(cells, at + 7, state | (t.faultsDisabled ? FAULTS_DISABLED : 0));
        }
        LONGS.setRelease(cells, at, (stamp & ~(DOMAIN | WRITING)) + (WRITING << 1) | owner);
    }

    /** Drops every entry that matches. */
    void drop(Match match) {
        for (int at = 0; at < cells.length; at += STRIDE) {
            drop(at, match);
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
            if (key == 0 || !match.test((int) (stamp & DOMAIN), (int) (key >>> 20) & 0xFFFF, (int) key & 0xF_FFFF)) {
                VarHandle.loadLoadFence();
                if ((long) LONGS.getOpaque(cells, at) == stamp) {
                    return;
                }
            } else if (LONGS.compareAndSet(cells, at, stamp, stamp | WRITING)) {
                LONGS.setOpaque(cells, at + 1, 0L);
                LONGS.setRelease(cells, at, (stamp & ~(DOMAIN | WRITING)) + (WRITING << 1));
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
