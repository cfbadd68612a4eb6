package dev.dmarshal.core.tables;

import dev.dmarshal.core.memory.MemoryImage.Presence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Keeps the runs of one tree, in the order in which they come: ascending input addresses. Bounded; what is beyond the bound is counted. */
public final class RunList implements MappingSink {
    /** Most runs that are kept. */
    public static final int MOST_RUNS = 1 << 20;
    /** Most gaps that are kept. */
    public static final int MOST_GAPS = 1 << 10;

    /** A part of the tree that was not listed; see {@link MappingSink#gap}. */
    public record Hole(long input, long sizeBytes, Gap gap, long entryAddress, long entry, Presence presence) {
    }

    private long[] inputs = new long[64];
    private long[] outputs = new long[64];
    private long[] sizes = new long[64];
    private byte[] rights = new byte[64];
    private final int mostRuns;
    private final int mostGaps;
    private int count;
    private long dropped;
    private long gapCount;
    private final List<Hole> gaps = new ArrayList<>();

    /** An empty list. */
    public RunList() {
        this(MOST_RUNS, MOST_GAPS);
    }

    /** An empty list that keeps at most so many runs and gaps, and counts the others. */
    RunList(int mostRuns, int mostGaps) {
        this.mostRuns = Math.min(mostRuns, MOST_RUNS);
        this.mostGaps = Math.min(mostGaps, MOST_GAPS);
    }

    @Override
    public void run(long input, long output, long sizeBytes, int right) {
        if (count == mostRuns) {
            dropped++;
            return;
        }
        if (count == inputs.length) {
            inputs = Arrays.copyOf(inputs, count * 2);
            outputs = Arrays.copyOf(outputs, count * 2);
            sizes = Arrays.copyOf(sizes, count * 2);
            rights = Arrays.copyOf(rights, count * 2);
        }
        inputs[count] = input;
        outputs[count] = output;
        sizes[count] = sizeBytes;
        rights[count++] = (byte) right;
    }

    @Override
    public void gap(long input, long sizeBytes, Gap gap, long entryAddress, long entry, Presence presence) {
        gapCount++;
        if (gaps.size() < mostGaps) {
            gaps.add(new Hole(input, sizeBytes, gap, entryAddress, entry, presence));
        }
    }

    /** How many runs are kept. */
    public int size() {
        return count;
    }

    /** How many runs there was no room for. */
    public long dropped() {
        return dropped;
    }

    /** First input address of a run. */
    public long input(int run) {
        return inputs[run];
    }

    /** First output address of a run. */
    public long output(int run) {
        return outputs[run];
    }

    /** Length of a run. */
    public long sizeBytes(int run) {
        return sizes[run];
    }

    /** Rights of a run, flags of {@link MappingSink}. */
    public int rights(int run) {
        return rights[run];
    }

    /** The first gaps. */
    public List<Hole> gaps() {
        return List.copyOf(gaps);
    }

    /** How many gaps there are. */
    public long gapCount() {
        return gapCount;
    }

    /** Whether two lists say the same. */
    public boolean sameAs(RunList other) {
        return count == other.count && dropped == other.dropped && Arrays.equals(inputs, 0, count, other.inputs, 0, count)
                && Arrays.equals(outputs, 0, count, other.outputs, 0, count) && Arrays.equals(sizes, 0, count, other.sizes, 0, count)
                && Arrays.equals(rights, 0, count, other.rights, 0, count);
    }
}
