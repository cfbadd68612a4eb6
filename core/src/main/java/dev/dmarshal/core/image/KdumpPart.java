package dev.dmarshal.core.image;

import java.util.List;
import java.util.Optional;

/**
 * One file of a kdump-compressed dump.
 *
 * @param source      its bytes
 * @param firstPage   first page number that it holds descriptors for
 * @param endPage     the page number after the last one
 * @param split       whether there are other parts
 * @param memory      offset of the bitmap of pages that are memory
 * @param dumped      offset of the bitmap of pages that are in the dump
 * @param descriptors offset of the page descriptors
 * @param ranks       how many pages of the range are dumped before each group of {@link #GROUP_PAGES}; index 0 is the group of {@code firstPage}
 * @param infoOffset  where VMCOREINFO is
 * @param infoBytes   its length, 0 if there is none
 * @param noteOffset  where ELF notes are
 * @param noteBytes   their length, 0 if there are none
 */
record KdumpPart(ByteSource source, long firstPage, long endPage, boolean split, long memory, long dumped, long descriptors, int[] ranks, long infoOffset,
        long infoBytes, long noteOffset, long noteBytes) {

    /** Pages that one rank counts. */
    static final int GROUP_PAGES = 4096;
    /** Bytes of a page descriptor. */
    static final int DESCRIPTOR_BYTES = 24;
    /** Most bytes of one bitmap: 16 TiB of memory. */
    private static final long MOST_BITMAP = 512L << 20;
    private static final int BLOCK = 4096;
    private static final int GROUP_BYTES = GROUP_PAGES / 8;

    static Optional<KdumpPart> of(ByteSource source, FileFields header, FileFields sub, boolean wide, List<ImageFinding> findings) {
        long bitmaps = (1 + header.word32(432)) * BLOCK;
        long half = header.word32(436) / 2 * BLOCK;
        long pages = wide && sub.word64(96) != 0 ? sub.word64(96) : header.word32(440);
        boolean split = sub.word32(12) != 0;
        if (half <= 0 || half > MOST_BITMAP || bitmaps + 2 * half > source.sizeBytes()) {
            findings.add(new ImageFinding(ImageFinding.HEADER, "bitmaps of " + 2 * half + " bytes are not in the file, or too large"));
            return Optional.empty();
        }
        long most = Math.clamp(pages, 0, half * 8);
        if (most != pages) {
            findings.add(new ImageFinding(ImageFinding.HEADER, "the bitmaps are too short for " + pages + " pages"));
        }
        long first = split ? Math.clamp(wide ? sub.word64(80) : sub.word64(16), 0, most) : 0;
        long end = split ? Math.clamp(wide ? sub.word64(88) : sub.word64(24), first, most) : most;
        int[] ranks = ranks(source, bitmaps + half, first, end);
        return Optional.of(new KdumpPart(source, first, end, split, bitmaps, bitmaps + half, bitmaps + 2 * half, ranks, sub.word64(32), sub.word64(40),
                sub.word64(48), sub.word64(56)));
    }

    private static int[] ranks(ByteSource source, long bitmap, long first, long end) {
        long group = first / GROUP_PAGES;
        int[] ranks = new int[(int) (end / GROUP_PAGES - group + 1)];
        byte[] bits = new byte[GROUP_BYTES];
        int count = 0;
        for (int i = 0; i < ranks.length; i++) {
            ranks[i] = count;
            java.util.Arrays.fill(bits, (byte) 0);
            source.read(bitmap + (group + i) * GROUP_BYTES, bits, 0, GROUP_BYTES);
            long base = (group + i) * GROUP_PAGES;
            for (int at = 0; at < GROUP_BYTES; at++) {
                int kept = bits[at] & 0xFF;
                for (int bit = 0; kept != 0 && bit < 8; bit++) {
                    long page = base + at * 8L + bit;
                    count += (kept >>> bit & 1) != 0 && page >= first && page < end ? 1 : 0;
                }
            }
        }
        return ranks;
    }

    boolean covers(long page) {
        return page >= firstPage && page < endPage;
    }

    /** Whether a page is memory of the machine, dumped or not. */
    boolean isMemory(long page) {
        return bit(memory, page);
    }

    boolean isDumped(long page) {
        return bit(dumped, page);
    }

    private boolean bit(long bitmap, long page) {
        byte[] one = new byte[1];
        return source.read(bitmap + (page >>> 3), one, 0, 1) == 1 && (one[0] >>> (page & 7) & 1) != 0;
    }

    /** Which descriptor is that of a dumped page. */
    long rank(long page) {
        long group = page / GROUP_PAGES;
        byte[] bits = new byte[(int) (page % GROUP_PAGES / 8) + 1];
        source.read(dumped + group * GROUP_BYTES, bits, 0, bits.length);
        long rank = ranks[(int) (group - firstPage / GROUP_PAGES)];
        long base = group * GROUP_PAGES;
        for (int at = 0; at < bits.length; at++) {
            for (int bit = 0; bit < 8; bit++) {
                long other = base + at * 8L + bit;
                rank += (bits[at] >>> bit & 1) != 0 && other >= firstPage && other < page ? 1 : 0;
            }
        }
        return rank;
    }
}
