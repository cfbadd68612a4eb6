package dev.dmarshal.core.unit;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The interrupt entry cache: raw interrupt-remapping entries by index, direct-mapped.
 *
 * <p>Look-ups take no lock and allocate nothing. Each slot has a stamp that is odd while the slot is being filled and changes with each fill; a reader that
 * sees the stamp change takes the look-up for a miss. After {@link #invalidate} has returned, no look-up finds an entry that was read from memory before
 * it was called: a fill that began before comes to nothing.
 */
final class InterruptEntryCache {

    private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int SLOT_LONGS = 4;
    private static final int SLOTS = 1024;
    private static final long VALID = 1L << 16;
    private static final long SPOILED = 1L << 17;
    private static final int STAMP_SHIFT = 32;

    /** A slot: stamp 63:32, spoiled 17, valid 16, index 15:0; entry low; entry high; unused. */
    private final long[] slots = new long[SLOTS * SLOT_LONGS];
    private volatile long generation;

    /** To be read before the entry is read from memory, and given to {@link #fill}. */
    long generation() {
        return generation;
    }

    /** Puts the entry with this index into {@code out}; false if it is not cached. */
    boolean find(int index, RemappedInterrupt out) {
        int at = (index & SLOTS - 1) * SLOT_LONGS;
        long tag = (long) WORDS.getAcquire(slots, at);
        // While a slot is being filled, it is not valid.
        if ((tag & 0x1_ffff) != (VALID | index)) {
            return false;
        }
        out.entryLow = (long) WORDS.getOpaque(slots, at + 1);
        out.entryHigh = (long) WORDS.getOpaque(slots, at + 2);
        VarHandle.acquireFence();
        return (long) WORDS.getOpaque(slots, at) == tag;
    }

    /**
     * Caches an entry, unless another thread is at that slot or an invalidation came between. The slot is taken before the generation is looked at: an
     * invalidation that the look misses comes later, finds the slot taken and spoils it, so that what was read before it is never seen.
     */
    void fill(int index, long low, long high, long seen) {
        int at = (index & SLOTS - 1) * SLOT_LONGS;
        long tag = (long) WORDS.getAcquire(slots, at);
        long stamp = tag >>> STAMP_SHIFT;
        long taken = stamp + 1 << STAMP_SHIFT;
        if ((stamp & 1) != 0 || !WORDS.compareAndSet(slots, at, tag, taken)) {
            return;
        }
        long free = stamp + 2 << STAMP_SHIFT;
        if (generation == seen) {
            VarHandle.releaseFence();
            WORDS.setOpaque(slots, at + 1, low);
            WORDS.setOpaque(slots, at + 2, high);
            if (WORDS.compareAndSet(slots, at, taken, free | VALID | index)) {
                return;
            }
        }
        WORDS.setVolatile(slots, at, free);
    }

    /** Drops everything. Needs the register lock. */
    void invalidate() {
        invalidate(0, 16);
    }

    /** Drops {@code 2^mask} (mask 0 to 31) entries from {@code index}, which is taken down to a multiple of that number. Needs the register lock. */
    void invalidate(int index, int mask) {
        generation = generation + 1;
        int keep = 0xffff << mask & 0xffff;
        for (int slot = 0; slot < SLOTS; slot++) {
            boolean settled = false;
            while (!settled) {
                long tag = (long) WORDS.getVolatile(slots, slot * SLOT_LONGS);
                settled = settle(slot * SLOT_LONGS, tag, index, keep);
            }
        }
    }

    /** Empties a slot whose entry is meant and spoils one that is being filled; false if it changed meanwhile. */
    private boolean settle(int at, long tag, int index, int keep) {
        if ((tag >>> STAMP_SHIFT & 1) != 0) {
            return WORDS.compareAndSet(slots, at, tag, tag | SPOILED);
        }
        boolean hit = (tag & VALID) != 0 && ((int) tag & keep) == (index & keep);
        return !hit || WORDS.compareAndSet(slots, at, tag, (tag >>> STAMP_SHIFT) + 2 << STAMP_SHIFT);
    }

    /** A copy of the slots, while no other thread uses the cache. */
    long[] copy() {
        return slots.clone();
    }

    /** Puts a copy back, while no other thread uses the cache. */
    void restore(long[] saved) {
        System.arraycopy(saved, 0, slots, 0, slots.length);
        generation = generation + 1;
    }
}
