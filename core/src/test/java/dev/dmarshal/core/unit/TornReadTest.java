package dev.dmarshal.core.unit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

/**
 * Two keys that live in one slot, and a writer that puts now the one, now the other there as fast as it can: a reader finds what belongs to its key, or
 * nothing. With the second look at a slot's stamp taken out by hand, each test failed in two of three runs of 30 million turns. The long mode is
 * {@code -Doperations=300000000}.
 */
class TornReadTest {
    private static final long SHORT = 3_000_000;
    private static final int SLOTS = 16;

    /** A reader's check of one look-up: whether it found something. */
    private interface Look {
        boolean finds();
    }

    /** Slots at all places of a cache line: in those that lie across two lines, a key and its value come from memory at different times. */
    @Test
    void mappings() throws Exception {
        MappingCache cache = new MappingCache(SLOTS, () -> 1);
        long[] firsts = new long[SLOTS];
        long[] seconds = new long[SLOTS];
        for (long key = 0x1001, missing = 2 * SLOTS; missing > 0; key += 0x1000) {
            int slot = slotOf(cache, key);
            long[] into = firsts[slot] == 0 ? firsts : seconds;
            missing -= into[slot] == 0 ? 1 : 0;
            into[slot] = into[slot] == 0 ? key : into[slot];
        }
        AtomicInteger slot = new AtomicInteger();
        run(turn -> {
            slot.set(turn >>> 10 & SLOTS - 1);
            long key = ((turn & 1) == 0 ? firsts : seconds)[slot.get()];
            cache.put(5, key, key << 32 | turn & 0xFFFF | 1, 1);
            cache.drop(5, key);
        }, () -> {
            long key = firsts[slot.get()];
            long value = cache.find(5, key);
            assertThat(value == 0 || value >>> 32 == key).as("%x of key %x", value, key).isTrue();
            return value != 0;
        });
    }

    /** Where the key is looked for first. */
    private static int slotOf(MappingCache cache, long key) {
        cache.put(5, key, 1, 1);
        long[] cells = cache.save();
        cache.drop(5, key);
        for (int slot = 0; slot < SLOTS; slot++) {
            if (cells[4 * slot + 1] == key) {
                return slot;
            }
        }
        throw new AssertionError("not there: " + key);
    }

    @Test
    void bindings() throws Exception {
        BindingCache cache = new BindingCache(1, () -> 1);
        Translation in = new Translation();
        in.generation = 1;
        Translation out = new Translation();
        run(turn -> {
            int source = turn & 1;
            in.context0 = in.context1 = in.pasid0 = in.pasid1 = in.pasid2 = (long) turn << 1 | source;
            in.faultsDisabled = source == 1;
            cache.put(source, 0, 0, BindingCache.HIT, in);
        }, () -> {
            boolean found = cache.find(1, 0, out) != 0;
            boolean whole = out.context0 == out.context1 && out.context1 == out.pasid0 && out.pasid0 == out.pasid1 && out.pasid1 == out.pasid2;
            assertThat(!found || whole && (out.context0 & 1) == 1 && out.faultsDisabled).as("%x %x %x %x %x", out.context0, out.context1, out.pasid0,
                    out.pasid1, out.pasid2).isTrue();
            return found;
        });
    }

    @Test
    void interruptEntries() throws Exception {
        InterruptEntryCache cache = new InterruptEntryCache();
        RemappedInterrupt out = new RemappedInterrupt();
        run(turn -> {
            int index = 5 + (turn & 1) * 1024;
            cache.fill(index, (long) turn << 16 | index, (long) turn << 16 | index, cache.generation());
        }, () -> {
            boolean found = cache.find(5, out);
            assertThat(!found || out.entryLow == out.entryHigh && (out.entryLow & 0xFFFF) == 5).as("%x %x", out.entryLow, out.entryHigh).isTrue();
            return found;
        });
    }

    private static void run(IntConsumer write, Look look) throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        long turns = Seed.operations(SHORT);
        try (ExecutorService pool = Executors.newFixedThreadPool(1)) {
            Future<Long> reader = pool.submit(() -> read(look, done));
            for (long turn = 0; turn < turns && !reader.isDone(); turn++) {
                write.accept((int) turn);
            }
            done.set(true);
            assertThat(reader.get()).as("found while the writer was at it").isPositive();
        }
    }

    private static long read(Look look, AtomicBoolean done) {
        long found = 0;
        while (!done.get()) {
            for (int i = 0; i < 64; i++) {
                found += look.finds() ? 1 : 0;
            }
        }
        return found;
    }
}
