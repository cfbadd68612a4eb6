package dev.dmarshal.bench.unit;

import dev.dmarshal.core.memory.LittleEndian;
import dev.dmarshal.core.unit.AddressBatch;
import dev.dmarshal.core.unit.RemappingUnit;
import dev.dmarshal.core.unit.Request;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/**
 * IOTLB hits and walks, each beside its baseline: a plain look-up by the same hash in an array, and the same six dependent loads by the same accessor without
 * a check of any kind. {@code …Chained} waits for each result before it starts on the next input.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgs = {"-Xmx2g", "-XX:+UseParallelGC"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class UnitBenchmark {
    private static final long FRAME = 0x000F_FFFF_FFFF_F000L;

    private static long translate(RemappingUnit unit, long input, Cursor c) {
        unit.translate(Tables.REQUESTER, input, Request.READ, 0, c.out);
        return c.out.address();
    }

    /** An IOTLB hit. */
    @Benchmark
    public long hit(Tables t, Cursor c) {
        return translate(t.cached, c.next(t.inputs), c);
    }

    /** An IOTLB hit after another. */
    @Benchmark
    public long hitChained(Tables t, Cursor c) {
        return c.last = translate(t.cached, c.nextAfter(t.inputs, c.last), c);
    }

    /** IOTLB hits of a batch, with the filling of it. */
    @Benchmark
    @OperationsPerInvocation(Cursor.BATCH)
    public long hitBatch(Tables t, Cursor c) {
        return translateAll(t.cached, t.inputs, c);
    }

    /** Walks of a batch, with the filling of it. */
    @Benchmark
    @OperationsPerInvocation(Cursor.BATCH)
    public long walkBatch(Tables t, Cursor c) {
        return translateAll(t.uncached, t.inputs, c);
    }

    private static long translateAll(RemappingUnit unit, long[] inputs, Cursor c) {
        AddressBatch batch = c.batch;
        batch.clear();
        for (int i = 0; i < Cursor.BATCH; i++) {
            batch.add(c.next(inputs));
        }
        int done = unit.translateAll(Tables.REQUESTER, Request.READ, batch, c.out);
        long sum = 0;
        for (int i = 0; i < done; i++) {
            sum += batch.output(i);
        }
        return sum;
    }

    /** A plain look-up. */
    @Benchmark
    public long hitBare(Tables t, Cursor c) {
        return plain(t.plain, c.next(t.inputs));
    }

    /** A plain look-up after another. */
    @Benchmark
    public long hitBareChained(Tables t, Cursor c) {
        return c.last = plain(t.plain, c.nextAfter(t.inputs, c.last));
    }

    private static long plain(long[] cells, long input) {
        long key = input & -0x1000L | 1;
        int at = Tables.slot(input);
        while (cells[at] != key) {
            at = at + 2 & cells.length - 1;
        }
        return cells[at + 1] | input & 0xFFF;
    }

    /** A walk of root, context and four levels. */
    @Benchmark
    public long walk(Tables t, Cursor c) {
        return translate(t.uncached, c.next(t.inputs), c);
    }

    /** A walk after another. */
    @Benchmark
    public long walkChained(Tables t, Cursor c) {
        return c.last = translate(t.uncached, c.nextAfter(t.inputs, c.last), c);
    }

    /** The loads of a walk. */
    @Benchmark
    public long walkBare(Tables t, Cursor c) {
        return loads(t.segment, t.root, c.next(t.inputs));
    }

    /** The loads of a walk after those of another. */
    @Benchmark
    public long walkBareChained(Tables t, Cursor c) {
        return c.last = loads(t.segment, t.root, c.nextAfter(t.inputs, c.last));
    }

    private static long loads(MemorySegment memory, long root, long input) {
        long entry = memory.get(LittleEndian.WORD64, root + (Tables.REQUESTER >>> 8) * 16);
        entry = memory.get(LittleEndian.WORD64, (entry & FRAME) + (Tables.REQUESTER & 0xFF) * 16);
        for (int shift = 39; shift >= 12; shift -= 9) {
            entry = memory.get(LittleEndian.WORD64, (entry & FRAME) + (input >>> shift & 511) * 8);
        }
        return entry & FRAME | input & 0xFFF;
    }
}
