package dev.dmarshal.core.image;

/**
 * Decompresses raw Snappy blocks, for images that were made with it. Our own, because the Java library that is kept up reaches memory through
 * {@code sun.misc.Unsafe}, which a current JDK complains of. Source: Snappy's format description, {@code format_description.txt} of google/snappy.
 */
final class Snappy {
    /** By the kind of a copy; literals have none. */
    private static final int[] DISTANCE_BYTES = {0, 1, 2, 4};

    private Snappy() {
    }

    /** As {@link PageCodec#decompress}. */
    static boolean decompress(byte[] in, int length, byte[] out) {
        int at = 0;
        long size = 0;
        for (int shift = 0;; shift += 7) {
            if (at >= length || shift > 28) {
                return false;
            }
            int part = in[at++];
            size |= (long) (part & 0x7F) << shift;
            if (part >= 0) {
                break;
            }
        }
        return size == out.length && body(in, at, length, out);
    }

    private static boolean body(byte[] in, int start, int length, byte[] out) {
        int at = start;
        int to = 0;
        while (at < length) {
            int tag = in[at++] & 0xFF;
            int extra = (tag & 3) == 0 ? Math.max(0, (tag >>> 2) - 59) : DISTANCE_BYTES[tag & 3];
            if (extra > length - at) {
                return false;
            }
            long number = 0;
            for (int i = 0; i < extra; i++) {
                number |= (long) (in[at++] & 0xFF) << 8 * i;
            }
            if ((tag & 3) == 0) {
                long count = (extra == 0 ? tag >>> 2 : number) + 1;
                if (count > length - at || count > out.length - to) {
                    return false;
                }
                System.arraycopy(in, at, out, to, (int) count);
                at += (int) count;
                to += (int) count;
            } else {
                int count = (tag & 3) == 1 ? (tag >>> 2 & 7) + 4 : (tag >>> 2) + 1;
                long distance = (tag & 3) == 1 ? number | (tag >>> 5) << 8 : number;
                if (!Lzo.copy(out, to, distance, count)) {
                    return false;
                }
                to += count;
            }
        }
        return to == out.length;
    }
}
