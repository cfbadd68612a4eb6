package dev.dmarshal.core.fault;

import java.nio.ByteBuffer;

/**
 * Whether a stretch of bytes may hold a line that matters, at the speed of memory.
 *
 * <p>Every fault line of every known format holds one of the pairs {@code MA} (DMAR, DMA, INTR-REMAP) or {@code MD} (AMD-Vi), which ordinary
 * kernel lines seldom do; {@code ommu} and {@code vfi} find the lines about IOMMU and VFIO. The loops take eight bytes at a time:
 * a byte of {@code (x - 01..01) & ~x & 80..80} is set if one of {@code x} is zero, and {@code x} is the differences to the wanted bytes put together by
 * "or". Each loop has one accumulator and no branch, which is the shape that the C2 compiler turns into vector instructions
 * (more needles in one loop measured five to ten times slower, because then it does not).
 * A {@link ByteBuffer} does as well as a memory segment here, and spares the start-up the 30 ms in which the first use of a segment's layouts
 * builds method handles. The test is exact for a stretch: no hit is missed, none invented;
 * only {@code M@} and {@code ME} come along with {@code MA} and {@code MD}.
 */
final class Prefilter {

    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH = 0x8080808080808080L;
    private static final int REACH = 10;

    private Prefilter() {
    }

    /** Whether a needle begins in {@code [from, to)} and ends there. */
    static boolean hit(ByteBuffer bytes, int from, int to) {
        if (to - from < REACH) {
            return narrow(bytes, from, to);
        }
        // The last words overlap the others, so that nothing is left for a slow end; only a pair can begin in the last two bytes.
        int length = (to - from) - REACH + 8 & ~7;
        return (any(bytes, from, length) | any(bytes, to - REACH, 8)) != 0 || at(bytes, to - 2, to);
    }

    private static long any(ByteBuffer bytes, int from, int length) {
        return pair(bytes, from, length) | triple(bytes, from, length, ONES * 'm', ONES * 'm', ONES * 'u')
                | triple(bytes, from, length, ONES * 'v', ONES * 'f', ONES * 'i');
    }

    private static boolean narrow(ByteBuffer bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (at(bytes, i, to)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a needle begins at {@code i} and ends before {@code to}. */
    static boolean at(ByteBuffer bytes, int i, int to) {
        if (i + 1 >= to) {
            return false;
        }
        byte first = bytes.get(i);
        byte second = bytes.get(i + 1);
        return first == 'M' ? ((second ^ 'A') & (second ^ 'D')) == 0
                : i + 2 < to && (first == 'm' && second == 'm' && bytes.get(i + 2) == 'u'
                        || first == 'v' && second == 'f' && bytes.get(i + 2) == 'i');
    }

    private static long pair(ByteBuffer bytes, int from, int length) {
        long found = 0;
        for (int i = 0; i < length; i += 8) {
            long here = bytes.getLong(from + i);
            long next = bytes.getLong(from + i + 1);
            long x = here ^ ONES * 'M' | (next ^ ONES * 'A') & (next ^ ONES * 'D');
            found |= x - ONES & ~x;
        }
        return found & HIGH;
    }

    private static long triple(ByteBuffer bytes, int from, int length, long a, long b, long c) {
        long found = 0;
        for (int i = 0; i < length; i += 8) {
            long x = bytes.getLong(from + i) ^ a | bytes.getLong(from + i + 1) ^ b | bytes.getLong(from + i + 2) ^ c;
            found |= x - ONES & ~x;
        }
        return found & HIGH;
    }

    /** How many ends of lines there are in {@code [from, to)}; at most 2000 bytes at a time are summed, since each lane counts to 255. */
    static long newlines(ByteBuffer bytes, int from, int to) {
        long lines = 0;
        int at = from;
        while (to - at >= 8) {
            int length = Math.min(to - at, 2000) & ~7;
            long lanes = count(bytes, at, length);
            lines += (lanes & 0x00ff00ff00ff00ffL) * 0x0001000100010001L >>> 48;
            lines += (lanes >>> 8 & 0x00ff00ff00ff00ffL) * 0x0001000100010001L >>> 48;
            at += length;
        }
        for (; at < to; at++) {
            lines += bytes.get(at) == '\n' ? 1 : 0;
        }
        return lines;
    }

    private static long count(ByteBuffer bytes, int from, int length) {
        long lanes = 0;
        for (int i = 0; i < length; i += 8) {
            long x = bytes.getLong(from + i) ^ ONES * '\n';
            lanes += (~((x & ~HIGH) + ~HIGH | x) & HIGH) >>> 7;
        }
        return lanes;
    }
}
