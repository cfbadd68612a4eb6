package dev.dmarshal.core.fault;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Whether a stretch of bytes may hold a line that matters, at the speed of memory.
 *
 * <p>Every fault line of every known format holds one of the pairs {@code MA} (DMAR, DMA, INTR-REMAP) or {@code MD} (AMD-Vi), which ordinary kernel lines
 * seldom do; {@code vfi} finds the lines about VFIO, and {@code Linux version} those that say that a system boots. The loop looks for their pairs
 * {@code M[AD]}, {@code vf} and {@code ux}, eight bytes at a time: a byte of {@code (x - 01..01) & ~x & 80..80} is set if one of {@code x} is zero, and
 * {@code x} is the differences to the wanted bytes put together by "or". All pairs take the same two loads, the loop has one accumulator and no branch,
 * which is the shape that the C2 compiler turns into vector instructions: 13 GB/s and more, where a third load for triples made it 10.
 *
 * <p>A {@link ByteBuffer} does as well as a memory segment here, and spares the start-up the 30 ms in which the first use of a segment's layouts
 * builds method handles. All buffers are little-endian.
 */
final class Prefilter {

    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH = 0x8080808080808080L;
    /** A pair that begins in a word ends one byte behind it. */
    private static final int REACH = 9;
    private static final int STRIDE = 256;
    private static final byte[] BOOT = Ascii.of("Linux version");
    private static final int BOOT_PAIR = 3;
    private static final byte[] LOSS = Ascii.of("ppe");
    private static final byte[] LOST = Ascii.of("lost ");
    private static final byte[] MISSED = Ascii.of("Missed ");

    private Prefilter() {
    }

    /** Whether a pair may begin in {@code [from, to)} and end there; false is sure. */
    static boolean hit(ByteBuffer bytes, int from, int to) {
        if (to - from < REACH) {
            return true;
        }
        // The last word overlaps the others, so that nothing is left for a slow end.
        return (pairs(bytes, from, from + (to - from - 1 & ~7)) | word(bytes, to - REACH)) != 0;
    }

    private static long pairs(ByteBuffer bytes, int from, int to) {
        // The check is not for safety: it tells C2 that no index overflows, without which the loop keeps its own checks and gets no vectors (64 ms a
        // GiB, not 290).
        Objects.checkFromToIndex(from, to + 1, bytes.limit());
        long found = 0;
        for (int i = from; i < to; i += 8) {
            found |= pairs(bytes.getLong(i), bytes.getLong(i + 1));
        }
        return found & HIGH;
    }

    /** Apart from the loop, whose profile would otherwise say that it runs but once. */
    private static long word(ByteBuffer bytes, int at) {
        return pairs(bytes.getLong(at), bytes.getLong(at + 1)) & HIGH;
    }

    private static long pairs(long here, long next) {
        // The bits in which A and D differ are masked out: M@ and ME come along.
        long m = here ^ ONES * 'M' | next & ONES * 0xfa ^ ONES * '@';
        long v = here ^ ONES * 'v' | next ^ ONES * 'f';
        long u = here ^ ONES * 'u' | next ^ ONES * 'x';
        return m - ONES & ~m | v - ONES & ~v | u - ONES & ~u;
    }

    /** Where the first needle's pair begins in {@code [from, to)}, whose needle may end up to {@code limit}, or -1. */
    static int first(ByteBuffer bytes, int from, int to, int limit) {
        int at = from;
        while (at < to) {
            if (limit - at > STRIDE && pairs(bytes, at, at + STRIDE) == 0) {
                at += STRIDE;
                continue;
            }
            int stride = Math.min(to, at + STRIDE);
            int found = firstInStride(bytes, at, stride, limit);
            if (found >= 0) {
                return found;
            }
            at = stride;
        }
        return -1;
    }

    private static int firstInStride(ByteBuffer bytes, int from, int to, int limit) {
        int at = from;
        while (at < to) {
            if (limit - at >= REACH && word(bytes, at) == 0) {
                at += 8;
            } else {
                int end = Math.min(to, at + 8);
                for (; at < end; at++) {
                    if (needle(bytes, at, limit)) {
                        return at;
                    }
                }
            }
        }
        return -1;
    }

    /** Whether a needle has its pair at {@code i} and ends before {@code limit}. */
    private static boolean needle(ByteBuffer bytes, int i, int limit) {
        if (i + 1 >= limit) {
            return false;
        }
        byte next = bytes.get(i + 1);
        return switch (bytes.get(i)) {
            case 'M' -> next == 'A' || next == 'D';
            case 'v' -> next == 'f' && i + 2 < limit && bytes.get(i + 2) == 'i';
            case 'u' -> next == 'x' && i >= BOOT_PAIR && boot(bytes, i - BOOT_PAIR, limit);
            default -> false;
        };
    }

    private static boolean boot(ByteBuffer bytes, int at, int limit) {
        if (limit - at < BOOT.length) {
            return false;
        }
        for (int i = 0; i < BOOT.length; i++) {
            if (bytes.get(at + i) != BOOT[i]) {
                return false;
            }
        }
        return true;
    }

    /** Whether the line may say that lines were left out or lost: suppressed, dropped, lost, missed. */
    static boolean loss(byte[] line, int from, int to) {
        return Ascii.indexOf(line, from, to, LOSS) >= 0 || Ascii.indexOf(line, from, to, LOST) >= 0 || Ascii.indexOf(line, from, to, MISSED) >= 0;
    }

    /** Where the next end of line is in {@code [from, to)}, or -1. */
    static int newline(ByteBuffer bytes, int from, int to) {
        int i = from;
        for (; i + 8 <= to; i += 8) {
            long x = bytes.getLong(i) ^ ONES * '\n';
            long zero = x - ONES & ~x & HIGH;
            if (zero != 0) {
                return i + (Long.numberOfTrailingZeros(zero) >>> 3);
            }
        }
        for (; i < to; i++) {
            if (bytes.get(i) == '\n') {
                return i;
            }
        }
        return -1;
    }

    /** Where the line that holds {@code at} starts, not before {@code least}. */
    static int lineStart(ByteBuffer bytes, int least, int at) {
        int start = at;
        while (start > least && bytes.get(start - 1) != '\n') {
            start--;
        }
        return start;
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
