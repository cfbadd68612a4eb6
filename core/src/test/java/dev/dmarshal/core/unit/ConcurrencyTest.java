package dev.dmarshal.core.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.vtd.AddressWidth;
import dev.dmarshal.core.vtd.SecondStageTree;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;

/** Translating while another thread changes tables and invalidates. */
class ConcurrencyTest {
    private static final int PAGES = 64;
    private static final int BATCH = 6;

    /**
     * The writer moves a page forward, invalidates it, and only then publishes the new position as the least that may be seen.
     * So a reader that sees an older position has found something stale after its invalidation; one that sees a position of another page, a torn entry.
     */
    @Test
    void nothingStaleIsFoundAfterItsInvalidation() throws Exception {
        Rig rig = Rig.legacy(new CacheSizes(4, 0, 16, 8));
        SecondStageTree tree = rig.tables.secondStage(AddressWidth.BITS_48);
        tree.map(0, 0x1000_0000L, PAGES * 0x1000L, Rig.RW);
        rig.tables.context(rig.root, Rig.DEVICE, Rig.context(tree).build());
        AtomicLongArray least = new AtomicLongArray(PAGES);
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService pool = Executors.newFixedThreadPool(3)) {
            List<Future<Long>> readers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                long seed = Seed.value() + i;
                readers.add(pool.submit(() -> read(rig.unit, least, done, seed)));
            }
            SplittableRandom random = new SplittableRandom(Seed.value());
            long changes = Seed.operations(100_000);
            for (long change = 0; change < changes; change++) {
                int page = random.nextInt(PAGES);
                long next = least.get(page) + 1;
                rig.memory.write64(tree.entryAddress(page * 0x1000L, 1), target(page, next) | 3);
                switch (random.nextInt(3)) {
                    case 0 -> rig.unit.caches().invalidatePages(5, page * 0x1000L, 0, true);
                    case 1 -> rig.unit.caches().invalidateTranslationsOfDomain(5);
                    default -> rig.unit.caches().invalidateTranslations();
                }
                least.set(page, next);
            }
            done.set(true);
            for (Future<Long> reader : readers) {
                assertThat(reader.get()).as("translations made").isPositive();
            }
        }
    }

    private static long target(int page, long position) {
        return 0x1000_0000L + (position % 512 * PAGES + page) * 0x1000L;
    }

    private static long read(AddressRemapper unit, AtomicLongArray least, AtomicBoolean done, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Translation out = new Translation();
        AddressBatch batch = new AddressBatch(BATCH);
        long[] before = new long[BATCH];
        long count = 0;
        while (!done.get()) {
            batch.clear();
            // One request by itself, or several together: what was dropped before the call is not found in it.
            for (int size = random.nextBoolean() ? 1 : BATCH; size > 0; size--) {
                int page = random.nextInt(PAGES);
                before[batch.size()] = least.get(page);
                batch.add(page * 0x1000L + 8);
            }
            if (batch.size() == 1) {
                assertThat(unit.translate(Rig.DEVICE, batch.input(0), Request.READ, 0, out)).isTrue();
                check(batch.input(0), out.address(), before[0], least);
            } else {
                assertThat(unit.translateAll(Rig.DEVICE, Request.READ, batch, out)).isEqualTo(BATCH);
                for (int i = 0; i < BATCH; i++) {
                    check(batch.input(i), batch.output(i), before[i], least);
                }
            }
            count += batch.size();
        }
        return count;
    }

    private static void check(long input, long output, long before, AtomicLongArray least) {
        int page = (int) (input >>> 12);
        long after = least.get(page);
        long found = (output - 0x1000_0000L) >>> 12;
        assertThat(found % PAGES).isEqualTo(page);
        long ahead = Math.floorMod(found / PAGES - before, 512L);
        assertThat(ahead).as("page %d: %d after %d", page, found / PAGES, before % 512).isLessThanOrEqualTo(after - before + 1);
    }
}
