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
        long count = 0;
        while (!done.get()) {
            int page = random.nextInt(PAGES);
            long before = least.get(page);
            assertThat(unit.translate(Rig.DEVICE, page * 0x1000L + 8, Request.READ, 0, out)).isTrue();
            long after = least.get(page);
            long found = (out.address() - 0x1000_0000L) >>> 12;
            assertThat(found % PAGES).isEqualTo(page);
            long ahead = Math.floorMod(found / PAGES - before, 512L);
            assertThat(ahead).as("page %d: %d after %d", page, found / PAGES, before % 512).isLessThanOrEqualTo(after - before + 1);
            count++;
        }
        return count;
    }
}
