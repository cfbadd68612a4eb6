package dev.dmarshal.core.image;

/**
 * Decompresses LZO1X blocks, for images that were made with it; see {@link Snappy} for why it is our own. Source: the description of the LZO1X stream in Linux,
 * {@code Documentation/staging/lzo.rst} (bitstream version 0).
 */
final class Lzo {
    private final byte[] in;
    private final int length;
    private final byte[] out;
    private int at;
    private int to;
    private boolean failed;

    private Lzo(byte[] in, int length, byte[] out) {
        this.in = in;
        this.length = length;
        this.out = out;
    }

    /** As {@link PageCodec#decompress}. */
    static boolean decompress(byte[] in, int length, byte[] out) {
        return new Lzo(in, length, out).run();
    }

    /** Copies {@code count} bytes that lie {@code distance} before {@code to}, one after the other; says whether they are there and fit. */
    static boolean copy(byte[] out, int to, long distance, int count) {
        if (distance <= 0 || distance > to || count > out.length - to) {
            return false;
        }
        int from = to - (int) distance;
        for (int i = 0; i < count; i++) {
            out[to + i] = out[from + i];
        }
        return true;
    }

    private boolean run() {
        int state = 0;
        int first = next();
        if (first > 17) {
            literals(first - 17);
            state = first - 17 < 4 ? first - 17 : 4;
        } else {
            at = 0;
        }
        while (!failed) {
            int tag = next();
            if (tag >= 16) {
                int trailing = match(tag);
                if (trailing < 0) {
                    return !failed && at == length && to == out.length;
                }
                literals(trailing);
                state = trailing;
            } else if (state == 0) {
                literals(tag == 0 ? 18 + run(15) - 15 : tag + 3);
                state = 4;
            } else {
                int more = next();
                copy(state == 4 ? (more << 2) + (tag >>> 2) + 2049L : (more << 2) + (tag >>> 2) + 1L, state == 4 ? 3 : 2);
                literals(tag & 3);
                state = tag & 3;
            }
        }
        return false;
    }

    /** A match of a longer tag; the number of literals after it, or -1 at the end of the stream. */
    private int match(int tag) {
        if (tag >= 64) {
            int more = next();
            copy((more << 3) + (tag >>> 2 & 7) + 1L, (tag >>> 5) + 1);
            return tag & 3;
        }
        boolean far = tag < 32;
        int low = tag & (far ? 7 : 31);
        int count = low == 0 ? run(far ? 7 : 31) + 2 : low + 2;
        int pair = next() | next() << 8;
        long distance = (pair >>> 2) + (far ? 16_384L + ((tag & 8) << 11) : 1L);
        if (far && distance == 16_384) {
            failed |= count != 3;
            return -1;
        }
        copy(distance, count);
        return pair & 3;
    }

    /** A length that goes on in further bytes: zeros count 255 each, the first other byte ends it. */
    private int run(int base) {
        long count = base;
        int part = next();
        while (part == 0 && !failed) {
            count += 255;
            failed |= count > out.length;
            part = next();
        }
        return (int) (count + part);
    }

    private int next() {
        if (at >= length) {
            failed = true;
            return 0;
        }
        return in[at++] & 0xFF;
    }

    private void literals(int count) {
        if (failed || count > length - at || count > out.length - to) {
            failed = true;
            return;
        }
        System.arraycopy(in, at, out, to, count);
        at += count;
        to += count;
    }

    private void copy(long distance, int count) {
        failed = failed || !copy(out, to, distance, count);
        to += failed ? 0 : count;
    }
}
