package dev.dmarshal.core.unit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

/** The stamps by which readers notice writers: another one after every write, and while a slot is being written nobody finds or fills it. */
class CacheStampsTest {
    private static final long WRITING = 1L << 37;
    private static final long KEY = 0x1001;
    private static final int TAG = 5;

    /** Asked for the generation, as a cache does while it has a slot locked, it does something first. */
    private static final class Interloper implements IntSupplier {
        Runnable act = () -> { };

        @Override
        public int getAsInt() {
            Runnable now = act;
            act = () -> { };
            now.run();
            return 1;
        }
    }

    private static int slotOf(long[] cells, int stride) {
        for (int at = 0; at < cells.length; at += stride) {
            if (cells[at + 1] != 0) {
                return at;
            }
        }
        throw new AssertionError("nothing is cached");
    }

    @Test
    void mappings() {
        Interloper between = new Interloper();
        MappingCache cache = new MappingCache(4, between);
        cache.put(TAG, KEY, 7, 1);
        int at = slotOf(cache.save(), 4);
        assertThat(cache.save()[at]).isEqualTo(1L << 38 | TAG);
        between.act = () -> {
            assertThat(cache.save()[at]).isEqualTo(1L << 38 | WRITING | TAG);
            assertThat(cache.find(TAG, KEY)).isZero();
            cache.put(TAG, KEY, 9, 1);
            assertThat(cache.save()[at + 2]).isEqualTo(7);
        };
        cache.put(TAG, KEY, 8, 1);
        assertThat(cache.find(TAG, KEY)).isEqualTo(8);
        assertThat(cache.save()[at]).isEqualTo(2L << 38 | TAG);
        cache.put(TAG, KEY, 9, 2);
        assertThat(cache.find(TAG, KEY)).as("of another generation").isEqualTo(8);
        assertThat(cache.save()[at]).isEqualTo(3L << 38 | TAG);
        cache.drop(TAG, KEY);
        assertThat(cache.save()[at] >>> 37).isEqualTo(4 << 1);
        assertThat(cache.find(TAG, KEY)).isZero();
    }

    @Test
    void bindings() {
        Interloper between = new Interloper();
        BindingCache cache = new BindingCache(1, between);
        Translation entry = new Translation();
        Translation found = new Translation();
        entry.generation = 1;
        entry.context0 = 7;
        cache.put(0x100, 0, TAG, BindingCache.HIT, entry);
        assertThat(cache.save()[0]).isEqualTo(1L << 38 | TAG);
        between.act = () -> {
            assertThat(cache.save()[0]).isEqualTo(1L << 38 | WRITING | TAG);
            assertThat(cache.find(0x100, 0, found)).isZero();
            entry.context0 = 9;
            cache.put(0x100, 0, TAG, BindingCache.HIT, entry);
            assertThat(cache.save()[2]).isEqualTo(7);
            entry.context0 = 8;
        };
        cache.put(0x100, 0, TAG + 1, BindingCache.HIT, entry);
        assertThat(cache.find(0x100, 0, found)).isNotZero();
        assertThat(found.context0).isEqualTo(8);
        assertThat(cache.save()[0]).isEqualTo(2L << 38 | TAG + 1);
        entry.generation = 2;
        cache.put(0x200, 0, TAG, BindingCache.HIT, entry);
        assertThat(cache.save()[0]).as("of another generation").isEqualTo(3L << 38 | TAG + 1);
        cache.drop((domain, source, pasid) -> domain == TAG + 1);
        assertThat(cache.save()[0] >>> 37).isEqualTo(4 << 1);
        assertThat(cache.find(0x100, 0, found)).isZero();
    }

    @Test
    void interruptEntries() {
        InterruptEntryCache cache = new InterruptEntryCache();
        int at = 3 * 4;
        cache.fill(3, 7, 8, cache.generation());
        assertThat(cache.copy()[at]).isEqualTo(2L << 32 | 1 << 16 | 3);
        long before = cache.generation();
        cache.invalidate(5, 0);
        assertThat(cache.generation()).isNotEqualTo(before);
        assertThat(cache.copy()[at]).as("another entry's").isEqualTo(2L << 32 | 1 << 16 | 3);
        cache.invalidate(2, 1);
        assertThat(cache.copy()[at]).isEqualTo(4L << 32);
        cache.invalidate();
        assertThat(cache.copy()[at]).as("nothing there").isEqualTo(4L << 32);
        cache.fill(3, 7, 8, before);
        assertThat(cache.copy()[at]).as("read before the invalidation").isEqualTo(6L << 32);
        cache.fill(3 + 1024, 7, 8, cache.generation());
        cache.invalidate(0, 16);
        assertThat(cache.copy()[at]).isEqualTo(10L << 32);
        before = cache.generation();
        cache.restore(cache.copy());
        assertThat(cache.generation()).isNotEqualTo(before);
    }
}
