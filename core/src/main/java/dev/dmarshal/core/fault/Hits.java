package dev.dmarshal.core.fault;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Where in a chunk the needles of {@link Prefilter} begin, in order. Reused. */
final class Hits {

    private static final int PROBE = 512;
    private static final int PROBES = 64;
    private static final int NEEDLE = 3;

    private final boolean[] known = new boolean[PROBES];
    private final boolean[] holds = new boolean[PROBES];
    private ByteBuffer block;
    private int from;
    private int to;
    private int base;
    private int end;
    private boolean any;

    /** Takes {@code block[from, to)} as the chunk, and looks whether it holds a needle at all. */
    void chunk(ByteBuffer nowBlock, int nowFrom, int nowTo) {
        block = nowBlock;
        from = nowFrom;
        to = nowTo;
        any = Prefilter.hit(nowBlock, nowFrom, nowTo);
    }

    /** Says that there is nothing to be found. */
    void none() {
        any = false;
        end = 0;
        base = 0;
    }

    /** Says that the chunk stands in the work area from {@code nowBase} on. */
    void placed(int nowBase, int nowEnd) {
        base = nowBase;
        end = nowEnd;
        Arrays.fill(known, false);
    }

    /** Says that {@code length} bytes were taken out of the work area in front of the chunk's rest: what they held is of no interest. */
    void cut(int length) {
        from += length;
        end -= length;
        any = true;
    }

    /** The first needle in {@code work[at, …)} whose end is there, or {@link Integer#MAX_VALUE}. */
    int next(byte[] work, int at) {
        int i = at;
        for (; i < Math.min(base, end); i++) {
            if (needle(work, i, end)) {
                return i;
            }
        }
        if (!any) {
            return Integer.MAX_VALUE;
        }
        while (i < end) {
            int probe = (i - base) / PROBE;
            int last = Math.min(end, base + (probe + 1) * PROBE);
            if (holds(probe)) {
                for (; i < last; i++) {
                    if (needle(work, i, end)) {
                        return i;
                    }
                }
            }
            i = last;
        }
        return Integer.MAX_VALUE;
    }

    private boolean holds(int probe) {
        if (!known[probe]) {
            known[probe] = true;
            holds[probe] = Prefilter.hit(block, from + probe * PROBE, Math.min(to, from + (probe + 1) * PROBE + NEEDLE - 1));
        }
        return holds[probe];
    }

    private static boolean needle(byte[] work, int i, int end) {
        byte first = work[i];
        if (first == 'M') {
            return i + 1 < end && ((work[i + 1] ^ 'A') & (work[i + 1] ^ 'D')) == 0;
        }
        return i + 2 < end && (first == 'm' && work[i + 1] == 'm' && work[i + 2] == 'u' || first == 'v' && work[i + 1] == 'f' && work[i + 2] == 'i');
    }

    /** Whether a needle begins in {@code work[start, finish)}, perhaps to end in {@code chunk}. */
    static boolean acrossSeam(byte[] work, int start, int finish, ByteBuffer chunk) {
        byte[] joint = new byte[2 * NEEDLE];
        int before = finish - start;
        System.arraycopy(work, start, joint, 0, before);
        int after = Math.min(NEEDLE, chunk.limit());
        chunk.get(0, joint, before, after);
        for (int i = 0; i < before; i++) {
            if (needle(joint, i, before + after)) {
                return true;
            }
        }
        return false;
    }
}
