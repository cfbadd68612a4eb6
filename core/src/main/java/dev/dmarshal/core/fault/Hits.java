package dev.dmarshal.core.fault;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Where in a chunk the needles of {@link Prefilter} begin, in order. Reused. */
final class Hits {

    private static final int PROBE = 1024;
    private static final int NEEDLE = 3;
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH = 0x8080808080808080L;

    int[] at = new int[256];
    int count;

    void clear() {
        count = 0;
    }

    /** All needles that begin and end in {@code block[from, to)}, counted from {@code from}. */
    void find(MemorySegment block, long from, long to) {
        if (!Prefilter.hit(block, from, to)) {
            return;
        }
        for (long probe = from; probe < to; probe += PROBE) {
            long end = Math.min(to, probe + PROBE + NEEDLE - 1);
            if (Prefilter.hit(block, probe, end)) {
                exact(block, from, probe, to);
            }
        }
    }

    private void exact(MemorySegment block, long from, long probe, long to) {
        for (long i = probe; i < Math.min(to, probe + PROBE); i++) {
            if (Prefilter.at(block, i, to)) {
                insert(count, (int) (i - from));
            }
        }
    }

    /** Moves all by {@code base}: from places in the chunk to places in the work area. */
    void shift(int base) {
        for (int i = 0; i < count; i++) {
            at[i] += base;
        }
    }

    /** Takes out what lies in the {@code length} bytes from {@code base} on, which were taken out of the work area. */
    void cut(int base, int length) {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (at[i] < base || at[i] >= base + length) {
                at[kept++] = at[i] < base ? at[i] : at[i] - length;
            }
        }
        count = kept;
    }

    /** Adds the needles that begin in {@code work[from, base)} and end behind {@code base}, ahead of the others. */
    void seam(byte[] work, int from, int base, int end) {
        MemorySegment bytes = MemorySegment.ofArray(work);
        int place = 0;
        for (int i = from; i < base; i++) {
            if (Prefilter.at(bytes, i, Math.min(end, i + NEEDLE))) {
                insert(place++, i);
            }
        }
    }

    /** Whether a needle begins in {@code work[from, base)} and ends in the block that follows. */
    boolean acrossSeam(byte[] work, int from, int base, MemorySegment block, long start) {
        byte[] joint = new byte[2 * NEEDLE];
        int before = base - from;
        System.arraycopy(work, from, joint, 0, before);
        int after = (int) Math.min(NEEDLE, block.byteSize() - start);
        MemorySegment.copy(block, ValueLayout.JAVA_BYTE, start, joint, before, after);
        MemorySegment bytes = MemorySegment.ofArray(joint);
        for (int i = 0; i < before; i++) {
            if (Prefilter.at(bytes, i, before + after)) {
                return true;
            }
        }
        return false;
    }

    private void insert(int place, int value) {
        if (count == at.length) {
            at = Arrays.copyOf(at, count * 2);
        }
        System.arraycopy(at, place, at, place + 1, count - place);
        at[place] = value;
        count++;
    }

    /** Ends of lines in {@code work[from, to)}. */
    static int newlines(byte[] work, int from, int to) {
        int lines = 0;
        int at = from;
        while (to - at >= 8) {
            int end = at + (Math.min(to - at, 2000) & ~7);
            long lanes = lanes(work, at, end);
            lines += (int) ((lanes & 0x00ff00ff00ff00ffL) * 0x0001000100010001L >>> 48);
            lines += (int) ((lanes >>> 8 & 0x00ff00ff00ff00ffL) * 0x0001000100010001L >>> 48);
            at = end;
        }
        for (; at < to; at++) {
            lines += work[at] == '\n' ? 1 : 0;
        }
        return lines;
    }

    private static long lanes(byte[] work, int from, int end) {
        long lanes = 0;
        for (int i = from; i < end; i += 8) {
            long x = (long) WORD.get(work, i) ^ 0x0a0a0a0a0a0a0a0aL;
            lanes += (~((x & ~HIGH) + ~HIGH | x) & HIGH) >>> 7;
        }
        return lanes;
    }
}
