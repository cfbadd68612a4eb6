package dev.dmarshal.core.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.unit.RemappedInterrupt.Outcome;
import dev.dmarshal.core.vtd.InterruptMessage;
import dev.dmarshal.core.vtd.InvalidationDescriptor;
import dev.dmarshal.core.vtd.Irte;
import dev.dmarshal.core.vtd.RegisterName;
import java.util.BitSet;
import java.util.Random;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The interrupt entry cache against a naive model, and under threads. */
class InterruptCacheStressTest {

    private static final int ENTRIES = 4096;

    private static Bench table() {
        Bench unit = Bench.qemu().queue(false);
        unit.set(RegisterName.IRTA, 0x10_0000 | 11);
        unit.command(Bench.SIRTP, true);
        unit.command(Bench.IRE, true);
        return unit;
    }

    private static void entry(Bench unit, int index, int vector) {
        unit.memory.write64(0x10_0000 + 16L * index, vector == 0 ? 0 : Irte.xapic(vector, 1).low());
    }

    @Test
    void aFillThatAnInvalidationOvertookComesToNothing() {
        InterruptEntryCache cache = new InterruptEntryCache();
        RemappedInterrupt out = new RemappedInterrupt();
        long seen = cache.generation();
        cache.invalidate(7, 0);
        cache.fill(5, 1, 2, seen);
        assertThat(cache.find(5, out)).isFalse();
        cache.fill(5, 3, 4, cache.generation());
        assertThat(cache.find(5, out)).isTrue();
        assertThat(out.entryLow).isEqualTo(3);
        assertThat(out.entryHigh).isEqualTo(4);
        assertThat(cache.find(5 + 1024, out)).isFalse();
        cache.fill(5 + 1024, 6, 7, cache.generation());
        assertThat(cache.find(5, out)).as("one slot").isFalse();
        assertThat(cache.find(5 + 1024, out)).isTrue();
    }

    /** What a look-up may give: what memory holds, or what it held at a look-up since the entry was last invalidated. */
    @Test
    void randomOperationsNeverGiveWhatWasInvalidated() {
        String given = System.getProperty("seed", "");
        long seed = given.isEmpty() ? new Random().nextLong() : Long.parseLong(given);
        Random random = new Random(seed);
        Bench unit = table();
        int[] memory = new int[ENTRIES];
        BitSet[] mayBe = new BitSet[ENTRIES];
        for (int i = 0; i < ENTRIES; i++) {
            mayBe[i] = new BitSet();
        }
        RemappedInterrupt out = new RemappedInterrupt();
        for (int step = 0; step < 50_000; step++) {
            int index = random.nextInt(ENTRIES);
            switch (random.nextInt(20)) {
                case 0, 1, 2, 3, 4 -> {
                    memory[index] = random.nextInt(256);
                    entry(unit, index, memory[index]);
                }
                case 5 -> {
                    int mask = random.nextInt(8);
                    unit.submit(InvalidationDescriptor.interrupts(index, mask));
                    int first = index >>> mask << mask;
                    for (int i = first; i < first + (1 << mask); i++) {
                        mayBe[i].clear();
                    }
                }
                case 6 -> {
                    if (random.nextInt(50) == 0) {
                        unit.submit(InvalidationDescriptor.interrupts());
                        for (BitSet set : mayBe) {
                            set.clear();
                        }
                    }
                }
                default -> {
                    int near = index & 0xff | index & 0x400;
                    unit.registers.interrupts().remap(8, InterruptMessage.remappable(near).address(), 0, out);
                    int seen = out.outcome() == Outcome.REMAPPED ? out.value() : 0;
                    assertThat(seen == memory[near] || mayBe[near].get(seen)).as("seed %d step %d index %d gave %d", seed, step, near, seen).isTrue();
                    mayBe[near].set(memory[near]);
                    unit.clearFrcd(0);
                }
            }
        }
    }

    /**
     * A writer counts each entry up and invalidates it; a reader that starts after that must not see an older count. The four entries share a slot of
     * the cache, so that fills collide and must not be taken for each other.
     */
    @Test
    void readersNeverSeeWhatWasInvalidatedBeforeTheyAsked() throws InterruptedException {
        Bench unit = Bench.full().queue(false);
        unit.set(RegisterName.IRTA, 0x10_0000 | 1 << 11 | 11);
        unit.command(Bench.SIRTP, true);
        unit.command(Bench.IRE, true);
        AtomicIntegerArray floor = new AtomicIntegerArray(4);
        for (int i = 0; i < 4; i++) {
            write(unit, i, 1);
            floor.set(i, 1);
        }
        AtomicReference<String> wrong = new AtomicReference<>();
        Thread[] readers = new Thread[2];
        for (int t = 0; t < readers.length; t++) {
            readers[t] = Thread.ofPlatform().start(() -> {
                RemappedInterrupt out = new RemappedInterrupt();
                for (int n = 0; n < 200_000 && wrong.get() == null; n++) {
                    int which = n & 3;
                    int least = floor.get(which);
                    unit.registers.interrupts().remap(0x100, InterruptMessage.remappable(which * 1024).address(), 0, out);
                    int count = (int) (out.address() >>> 40 << 8 | out.address() >>> 12 & 0xff);
                    if (out.outcome() != Outcome.REMAPPED || out.value() != (count & 0xff) || count < least) {
                        wrong.compareAndSet(null, out + " but at least " + least);
                    }
                }
            });
        }
        Thread writer = Thread.ofPlatform().start(() -> {
            for (int count = 2; count < 20_000 && wrong.get() == null; count++) {
                for (int which = 0; which < 4; which++) {
                    write(unit, which, count);
                    unit.submit(InvalidationDescriptor.interrupts(which * 1024, 0));
                    floor.set(which, count);
                }
                Thread.onSpinWait();
            }
        });
        for (Thread reader : readers) {
            reader.join();
        }
        writer.join();
        assertThat(wrong.get()).isNull();
    }

    /** The destination has all bits of the count, the vector the low ones. */
    private static void write(Bench unit, int which, int count) {
        unit.memory.write64(0x10_0000 + 16L * 1024 * which, Irte.x2apic(count & 0xff, count).low());
    }

    @Test
    void concurrentPostsNotifyExactlyOncePerOn() throws InterruptedException {
        Bench unit = new Bench(Bench.FULL_CAP, Bench.FULL_ECAP, false).remapping(true);
        for (int i = 0; i < 256; i++) {
            unit.entry(i, Irte.posted(i, 0x4_0000, false));
        }
        unit.memory.write64(0x4_0020, 0x1_00f2_0000L);
        int[] notified = new int[4];
        Thread[] threads = new Thread[4];
        for (int t = 0; t < threads.length; t++) {
            int self = t;
            threads[t] = Thread.ofPlatform().start(() -> {
                RemappedInterrupt out = new RemappedInterrupt();
                for (int vector = self; vector < 256; vector += 4) {
                    unit.registers.interrupts().remap(8, InterruptMessage.remappable(vector).address(), 0, out);
                    notified[self] += out.hasMessage() ? 1 : 0;
                }
            });
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(notified[0] + notified[1] + notified[2] + notified[3]).isEqualTo(1);
        for (int word = 0; word < 4; word++) {
            assertThat(unit.memory.read64(0x4_0000 + 8 * word)).isEqualTo(-1L);
        }
    }
}
