package dev.dmarshal.core.unit;

/**
 * The outcome of a translation packed into one word, as walks return it and the IOTLB keeps it.
 *
 * <pre>
 *   63   62      53  52  51          12 11 9  8  7  6   5  4  3  2 1 0
 *  |STOP|   0      |VALID|  page frame  | MT |SNP|LEVEL|SX|SW|SR|X|W|R|   a mapping
 *  |STOP|                   0                  |     reason code       |   a fault
 * </pre>
 *
 * R, W, X hold for user requests, SR, SW, SX for privileged ones. LEVEL is 0 for 4 KiB, 1 for 2 MiB, 2 for 1 GiB, 3 if nothing was translated.
 */
final class Mapping {
    static final long READ = 1;
    static final long WRITE = 2;
    static final long EXECUTE = 4;
    static final int RIGHTS = 7;
    static final int PRIVILEGED_SHIFT = 3;
    static final int LEVEL_SHIFT = 6;
    static final int UNTRANSLATED = 3;
    static final long SNOOP = 1 << 8;
    static final int TYPE_SHIFT = 9;
    static final long FRAME = 0x000F_FFFF_FFFF_F000L;
    static final long VALID = 1L << 52;
    static final long STOP = 1L << 63;
    static final int WRITE_BACK = 6;

    /** Multiplies rights into those for user and for privileged requests. */
    private static final long BOTH = 1 | 1 << PRIVILEGED_SHIFT;
    private static final long PLAIN = VALID | (long) WRITE_BACK << TYPE_SHIFT;

    /** Width of the offset by level, a byte each: a shift is cheaper than an array. */
    private static final int OFFSET_BITS = 12 | 21 << 8 | 30 << 16 | 52 << 24;

    private Mapping() {
    }

    static long stop(int reason) {
        return STOP | reason;
    }

    static boolean stopped(long word) {
        return word < 0;
    }

    static int reason(long word) {
        return (int) word & 0xFF;
    }

    static int level(long word) {
        return (int) (word >>> LEVEL_SHIFT) & 3;
    }

    /** Mask of the bits that pass through untranslated. */
    static long offsets(int level) {
        return -1L >>> -(OFFSET_BITS >>> level * 8);
    }

    static long address(long word, long input) {
        return word & FRAME | input & offsets(level(word));
    }

    /** The rights that hold for a request. */
    static long rights(long word, int request) {
        return (request & Request.PRIVILEGED) == 0 ? word & RIGHTS : word >>> PRIVILEGED_SHIFT & RIGHTS;
    }

    /** A mapping with the same rights for user and privileged requests. */
    static long of(long frame, long rights, int level) {
        return VALID | frame & FRAME & ~offsets(level) | (long) level << LEVEL_SHIFT | rights << PRIVILEGED_SHIFT | rights
                | (long) WRITE_BACK << TYPE_SHIFT;
    }

    /** {@link #of} for a page of 4 KiB (a frame, and SNP) and the READ and WRITE of {@code entry}; execution needs READ. */
    static long plain(long frame, long entry) {
        return PLAIN | frame | (entry & (READ | WRITE)) * BOTH | (entry & READ) * (EXECUTE * BOTH);
    }

    /** {@link #need} of an untranslated request without PASID that is not of zero length. */
    static long plainNeed(int request) {
        return request & (Request.READ | Request.ATOMIC) | request >>> 1 & READ | request >>> 9 & WRITE;
    }

    /** The rights that a request needs; translation requests need none. */
    static long need(int request) {
        if ((request & Request.TRANSLATION) != 0) {
            return 0;
        }
        long read = (request | request >>> 1) & 1;
        long write = (request >>> 1 | request >>> 10) & 1;
        long execute = request >>> 3 & 1;
        return read | write << 1 | execute << 2;
    }
}
