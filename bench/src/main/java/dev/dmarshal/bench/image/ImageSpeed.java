package dev.dmarshal.bench.image;

import dev.dmarshal.core.image.RawLayout;
import dev.dmarshal.core.memory.MemoryImage;
import dev.dmarshal.core.tables.Attachment;
import dev.dmarshal.core.tables.DeviceScan;
import dev.dmarshal.core.tables.MappingSink;
import dev.dmarshal.core.tables.PageTree;
import dev.dmarshal.core.tables.TableSearch;
import dev.dmarshal.core.tables.TreeLister;
import dev.dmarshal.core.tables.UnitTables;
import dev.dmarshal.host.image.ImageFile;
import dev.dmarshal.host.image.TableLocator;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Speed of looking into an image of 4 GiB with a million mapped pages, each figure beside its baseline in the same process, in processor time where
 * one thread works: listing against reading the tables' bytes in order, searching against summing the file. Arguments: a file to make and use, rounds.
 */
public final class ImageSpeed {
    private static final long SIZE = 4L << 30;
    private static final int PAGES = 1 << 20;
    /** How often each tree is listed where two threads are compared with one. */
    private static final int TIMES = 32;
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static long sink;

    private ImageSpeed() {
    }

    /** Runs; prints the least of all rounds and ratios. */
    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[0]);
        int rounds = Integer.parseInt(arguments[1]);
        SpeedImage.make(file, SIZE, PAGES);
        long root = SpeedImage.root(SIZE);
        try (ImageFile image = ImageFile.open(List.of(file), new RawLayout.From(0))) {
            MemoryImage memory = image.machine().memory();
            listing(memory, root, rounds);
            search(memory, rounds);
        }
        if (sink == 42) {
            System.out.println();
        }
    }

    private static void listing(MemoryImage memory, long root, int rounds) throws Exception {
        UnitTables unit = SpeedImage.unit(root);
        List<Long> pages = new ArrayList<>();
        TreeLister counting = new TreeLister(memory, unit.capabilities()).telling(pages::add);
        double[] wall = new double[1];
        double first = busy(() -> {
            long start = System.nanoTime();
            long bytes = list(memory, unit, new TreeLister(memory, unit.capabilities()));
            wall[0] = (System.nanoTime() - start) / 1e9;
            return bytes;
        });
        list(memory, unit, counting);
        long[] tables = pages.stream().mapToLong(Long::longValue).sorted().toArray();
        MemorySegment whole = memory.slice(0, SIZE).orElseThrow();
        double[] reads = new double[rounds];
        double[] lists = new double[rounds];
        for (int i = 0; i < 20; i++) {
            sink += read(whole, tables);
        }
        for (int i = 0; i < rounds; i++) {
            reads[i] = busy(() -> read(whole, tables));
            lists[i] = busy(() -> list(memory, unit, new TreeLister(memory, unit.capabilities())));
        }
        System.out.printf("tables %d, pages %d%n", tables.length, counting.pages(1));
        System.out.printf("read of the tables' bytes    %8.2f ms%n", least(reads) * 1e3);
        System.out.printf("listing, first in the process%8.2f ms (wall %.2f)   target 3 x read + 100 = %.1f ms%n", first * 1e3, wall[0] * 1e3, 3 * least(
                reads) * 1e3 + 100);
        System.out.printf("listing, least               %8.2f ms   %.1f x read%n", least(lists) * 1e3, least(lists) / least(reads));
        long before = allocated();
        list(memory, unit, counting);
        System.out.printf("allocated by one listing     %8d bytes for %d pages%n", allocated() - before, PAGES);
        scaling(memory, unit, rounds);
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    private static long read(MemorySegment whole, long[] tables) {
        long sum = 0;
        for (long table : tables) {
            for (int i = 0; i < 4096; i += 8) {
                sum += whole.get(WORD, table + i);
            }
        }
        return sum;
    }

    static long list(MemoryImage memory, UnitTables unit, TreeLister lister) {
        Counter counter = new Counter();
        List<PageTree> trees = DeviceScan.scan(memory, unit).attachments().stream().flatMap((Attachment a) -> a.tree().stream()).toList();
        trees.forEach(tree -> lister.list(tree, false, counter));
        return counter.bytes;
    }

    /** As many devices as a large machine has: the image's trees many times over, by one thread and by two that take the next tree when they are done. */
    private static void scaling(MemoryImage memory, UnitTables unit, int rounds) throws Exception {
        List<PageTree> trees = DeviceScan.scan(memory, unit).attachments().stream().flatMap((Attachment a) -> a.tree().stream()).toList();
        double[] ones = new double[rounds];
        double[] twos = new double[rounds];
        double[] allOfOne = new double[rounds];
        double[] allOfTwo = new double[rounds];
        for (int i = 0; i < rounds; i++) {
            ones[i] = seconds(() -> parallel(memory, unit, trees, 1));
            twos[i] = seconds(() -> parallel(memory, unit, trees, 2));
            allOfOne[i] = processors(() -> parallel(memory, unit, trees, 1));
            allOfTwo[i] = processors(() -> parallel(memory, unit, trees, 2));
        }
        System.out.printf("listing of %d trees          %8.2f ms%n", trees.size() * TIMES, least(ones) * 1e3);
        System.out.printf("the same on two threads      %8.2f ms   %.2f x one, target 1.7 (least wall times)%n", least(twos) * 1e3, least(ones) / least(twos));
        System.out.printf("two threads take             %8.2f times the processor time of one (least), so that two free cores would give %.2f x one%n",
                least(allOfTwo) / least(allOfOne), 2 * least(allOfOne) / least(allOfTwo));
    }

    private static long parallel(MemoryImage memory, UnitTables unit, List<PageTree> trees, int threads) throws InterruptedException {
        AtomicInteger following = new AtomicInteger();
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            workers.add(Thread.ofPlatform().start(() -> {
                TreeLister lister = new TreeLister(memory, unit.capabilities());
                for (int next = following.getAndIncrement(); next < trees.size() * TIMES; next = following.getAndIncrement()) {
                    lister.list(trees.get(next % trees.size()), false, new Counter());
                }
            }));
        }
        for (Thread worker : workers) {
            worker.join();
        }
        return following.get();
    }

    private static final class Counter implements MappingSink {
        private long bytes;

        @Override
        public void run(long input, long output, long sizeBytes, int rights) {
            bytes += sizeBytes;
        }

        @Override
        public void gap(long input, long sizeBytes, Gap gap, long entryAddress, long entry, MemoryImage.Presence presence) {
            throw new IllegalStateException("a gap in the benchmark's own tables");
        }
    }

    private static void search(MemoryImage memory, int rounds) throws Exception {
        MemorySegment whole = memory.slice(0, SIZE).orElseThrow();
        double[] sums = new double[rounds];
        double[] ones = new double[rounds];
        double[] twos = new double[rounds];
        double[] walls = new double[rounds];
        double[] allOfOne = new double[rounds];
        double[] allOfTwo = new double[rounds];
        sum(whole);
        TableLocator.search(memory, 1);
        for (int i = 0; i < rounds; i++) {
            sums[i] = busy(() -> sum(whole));
            ones[i] = busy(() -> (long) TableSearch.all(memory).roots().size());
            walls[i] = seconds(() -> (long) TableLocator.search(memory, 1).roots().size());
            twos[i] = seconds(() -> (long) TableLocator.search(memory, 2).roots().size());
            allOfOne[i] = processors(() -> (long) TableLocator.search(memory, 1).roots().size());
            allOfTwo[i] = processors(() -> (long) TableLocator.search(memory, 2).roots().size());
        }
        System.out.printf("sum of the file              %8.0f MB/s%n", SIZE / least(sums) / 1e6);
        System.out.printf("search                       %8.0f MB/s   %.2f of the sum, target 0.70%n", SIZE / least(ones) / 1e6, least(sums) / least(ones));
        System.out.printf("search on two threads        %8.0f MB/s   %.2f x one, target 1.7 (least wall times)%n", SIZE / least(twos) / 1e6, least(
                walls) / least(twos));
        System.out.printf("search on two threads takes  %8.2f times the processor time of one (least), so that two free cores would give %.2f x one%n",
                least(allOfTwo) / least(allOfOne), 2 * least(allOfOne) / least(allOfTwo));
        System.out.println("found: " + TableLocator.search(memory, 2).roots());
    }

    private static long sum(MemorySegment whole) {
        long sum = 0;
        for (long base = 0; base < whole.byteSize(); base += 64 << 20) {
            MemorySegment piece = whole.asSlice(base, 64 << 20);
            for (int i = 0; i < 64 << 20; i += 8) {
                sum += piece.get(WORD, i);
            }
        }
        return sum;
    }

    private static double seconds(Callable<Long> work) throws Exception {
        long start = System.nanoTime();
        sink += work.call();
        return (System.nanoTime() - start) / 1e9;
    }

    /** Processor time of all threads of this process. */
    private static double processors(Callable<Long> work) throws Exception {
        var process = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long start = process.getProcessCpuTime();
        sink += work.call();
        return (process.getProcessCpuTime() - start) / 1e9;
    }

    /** Processor time of this thread: what other work on the machine does not spoil. */
    static double busy(Callable<Long> work) throws Exception {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();
        sink += work.call();
        return (threads.getCurrentThreadCpuTime() - start) / 1e9;
    }

    private static double least(double[] values) {
        return Arrays.stream(values).min().orElseThrow();
    }
}
