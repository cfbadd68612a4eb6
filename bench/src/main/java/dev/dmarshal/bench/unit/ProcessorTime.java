package dev.dmarshal.bench.unit;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The lines of {@link UnitBenchmark} by processor time instead of time on the clock: for machines where other work takes the processors away.
 * Run it by {@code bench/unit LAYOUT LINE…}, a process for each line, so that the compiler sees no other. Prints nanoseconds a request: the least and the
 * median of 300 rounds of 20,000. Where several threads share a core's units or caches with others, those still count.
 */
public final class ProcessorTime {
    /** So long that the compiler is done even on a busy machine. */
    private static final long WARM_UP_NANOS = 1_500_000_000L;
    private static final int ROUNDS = 300;
    private static final int REQUESTS = 20_000;
    private static final UnitBenchmark LINES = new UnitBenchmark();

    /** A line, so many requests long. */
    private interface Line {
        long run(Tables tables, Cursor cursor);
    }

    private ProcessorTime() {
    }

    /** {@code near512} or {@code random32768}, and names of lines. */
    public static void main(String... arguments) {
        Map<String, Line> lines = lines();
        List<String> wanted = arguments.length < 2 ? List.of() : List.of(arguments).subList(1, arguments.length);
        if (wanted.isEmpty() || !lines.keySet().containsAll(wanted)) {
            System.err.println("usage: ProcessorTime near512|random32768 LINE...; lines are " + String.join(" ", lines.keySet()));
            System.exit(2);
        }
        Tables tables = new Tables();
        tables.layout = arguments[0];
        tables.build();
        for (String name : wanted) {
            measure(name, lines.get(name), tables);
        }
    }

    private static Map<String, Line> lines() {
        Map<String, Line> lines = new LinkedHashMap<>();
        lines.put("hit", ProcessorTime::hit);
        lines.put("hitBare", ProcessorTime::hitBare);
        lines.put("hitChained", ProcessorTime::hitChained);
        lines.put("hitBareChained", ProcessorTime::hitBareChained);
        lines.put("hitBatch", ProcessorTime::hitBatch);
        lines.put("walkBatch", ProcessorTime::walkBatch);
        lines.put("walk", ProcessorTime::walk);
        lines.put("walkBare", ProcessorTime::walkBare);
        lines.put("walkChained", ProcessorTime::walkChained);
        lines.put("walkBareChained", ProcessorTime::walkBareChained);
        return lines;
    }

    private static void measure(String name, Line line, Tables tables) {
        Cursor cursor = new Cursor();
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        double[] nanos = new double[ROUNDS];
        long sum = 0;
        long warm = threads.getCurrentThreadCpuTime() + WARM_UP_NANOS;
        while (threads.getCurrentThreadCpuTime() < warm) {
            sum += line.run(tables, cursor);
        }
        for (int round = 0; round < ROUNDS; round++) {
            long start = threads.getCurrentThreadCpuTime();
            sum += line.run(tables, cursor);
            nanos[round] = (threads.getCurrentThreadCpuTime() - start) / (double) REQUESTS;
        }
        Arrays.sort(nanos);
        System.out.printf("%-16s %-12s least %6.1f median %6.1f ns (sum %x)%n", name, tables.layout, nanos[0], nanos[ROUNDS / 2], sum);
    }

    // One loop each: a loop that takes the line as an argument would be compiled for all of them at once.

    private static long hit(Tables tables, Cursor cursor) {
        long sum = 0;
        for (int i = 0; i < REQUESTS; i++) {
            sum += LINES.hit(tables, cursor);
        }
        return sum;
    }

    private static long hitBatch(Tables tables, Cursor cursor) {
        long sum = 0;
        for (int i = 0; i < REQUESTS; i += Cursor.BATCH) {
            sum += LINES.hitBatch(tables, cursor);
        }
        return sum;
    }

    private static long walkBatch(Tables tables, Cursor cursor) {
        long sum = 0;
        for (int i = 0; i < REQUESTS; i += Cursor.BATCH) {
            sum += LINES.walkBatch(tables, cursor);
        }
        return sum;
    }

    private static long hitBare(Tables tables, Cursor cursor) {
        long sum = 0;
        for (int i = 0; i < REQUESTS; i++) {
            sum += LINES.hitBare(tables, cursor);
        }
        return sum;
    }

    private static long hitChained(Tables tables, Cursor cursor) {
        long sum = 0;
        for (int i = 0; i < REQUESTS; i++) {
            sum += LINES.hitChained(tables, cursor);
        }
        return sum;
    }

    private static long hitBareChained(Tables tables, Cursor cursor) {
        long sum = 0;
        for (int i = 0; i < REQUESTS; i++) {
            sum += LINES.hitBareChained(tables, cursor);
        }
        return sum;
    }

    private static long walk(Tables tables, Cursor cursor) {
        long sum = 0;
        for (int i = 0; i < REQUESTS; i++) {
            sum += LINES.walk(tables, cursor);
        }
        return sum;
    }

    private static long walkBare(Tables tables, Cursor cursor) {
        long sum = 0;
        for (int i = 0; i < REQUESTS; i++) {
            sum += LINES.walkBare(tables, cursor);
        }
        return sum;
    }

    private static long walkChained(Tables tables, Cursor cursor) {
        long sum = 0;
        for (int i = 0; i < REQUESTS; i++) {
            sum += LINES.walkChained(tables, cursor);
        }
        return sum;
    }

    private static long walkBareChained(Tables tables, Cursor cursor) {
        long sum = 0;
        for (int i = 0; i < REQUESTS; i++) {
            sum += LINES.walkBareChained(tables, cursor);
        }
        return sum;
    }
}
