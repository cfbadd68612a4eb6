package dev.dmarshal.core.fault;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Finds faults and other known lines in a log that comes in blocks of bytes. Lines may straddle blocks; memory is bounded, whatever the log;
 * the result does not depend on how the log is cut into blocks. What the bytes say never makes it throw. Not thread-safe.
 *
 * <p>A thorough scanner looks at every line. A {@linkplain #selective selective} one is for logs too large for that: it looks at all lines of
 * the first part of the log and of a stretch after each line that says that a Linux system boots, and elsewhere only at lines in which a fault's words occur
 * ({@code MA}, {@code MD}, {@code vfi}: DMAR, INTR-REMAP, AMD-Vi, vfio), and at the line before each (up to 1 KiB) if it says that lines were left out
 * or lost.
 */
public final class LogScanner {

    /** Longest line that is looked at as a whole, in bytes. Of a longer one only so many are. The kernel's own limit is about 1024 with its prefix. */
    public static final int LONGEST_LINE = 16 * 1024;

    private static final int CHUNK = 4 * 1024;
    private static final int LONGEST_BEFORE = 1024;

    private final LineDecoder decoder;
    private final long afterBoot;
    private final byte[] line = new byte[LONGEST_LINE];
    /** A copy of {@link #line} off the heap: if the filter saw buffers of two classes, it would not be compiled to vector instructions. */
    private final ByteBuffer lineView = ByteBuffer.allocateDirect(LONGEST_LINE).order(ByteOrder.LITTLE_ENDIAN);
    private final byte[] before = new byte[LONGEST_BEFORE];

    /** Bytes of the unfinished line in {@link #line}, and how many more it has that are not kept. */
    private int filled;
    private long gone;
    /** Bytes of the line before it in {@link #before}, if that was not looked at; 0 if it was, or is too long. */
    private int beforeLength;
    /** Up to where the block's lines are counted. */
    private int counted;
    private long thoroughUntil;
    private long bytes;
    private long lines;
    private long looked;
    private long cutLines;
    private long blockOffset;

    /** A scanner that looks at every line. */
    public LogScanner(LogSink sink) {
        this(sink, Long.MAX_VALUE, Long.MAX_VALUE);
    }

    private LogScanner(LogSink sink, long first, long afterBoot) {
        this.decoder = new LineDecoder(Objects.requireNonNull(sink));
        this.afterBoot = afterBoot;
        this.thoroughUntil = first;
    }

    /**
     * A scanner that looks at every line of the first {@code first} bytes and of {@code afterBoot} bytes from each boot, and elsewhere only at lines that may
     * be faults.
     */
    public static LogScanner selective(LogSink sink, long first, long afterBoot) {
        if (first < 0 || afterBoot < 0) {
            throw new IllegalArgumentException("negative length: " + first + ", " + afterBoot);
        }
        return new LogScanner(sink, first, afterBoot);
    }

    /** Scans {@code block[from, to)}, which goes on where the last block ended. */
    public void scan(byte[] block, int from, int to) {
        scan(ByteBuffer.wrap(block, from, to - from));
    }

    /** Scans what remains in {@code block}, whose position stays where it is. Direct buffers are scanned fastest. */
    public void scan(ByteBuffer block) {
        ByteBuffer view = block.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        int to = block.limit();
        int at = block.position();
        blockOffset = bytes - at;
        bytes += to - at;
        while (at < to) {
            if (filled > 0 || gone > 0) {
                at = complete(view, at, to);
            } else if (blockOffset + at < thoroughUntil) {
                at = thorough(view, at, to);
            } else {
                at = quick(view, at, to);
            }
        }
    }

    /** Ends the log: gives what was kept back, and the totals. A scanner serves one log. */
    public ScanTotals finish() {
        boolean unended = filled > 0 || gone > 0;
        if (unended) {
            judge(bytes - filled - gone);
        }
        long halves = decoder.finish();
        return new ScanTotals(bytes, lines, decoder.faults, decoder.messages, decoder.unknown, lines - looked, cutLines, decoder.binaryBytes, halves,
                decoder.suppressed, decoder.dropped, unended);
    }

    /** Looks at all lines until the thorough part or the block ends; keeps an unfinished one. */
    private int thorough(ByteBuffer block, int from, int to) {
        int at = from;
        while (at < to && blockOffset + at < thoroughUntil) {
            int end = Prefilter.newline(block, at, to);
            if (end < 0) {
                keep(block, at, to);
                return to;
            }
            take(block, at, end);
            at = end + 1;
        }
        return at;
    }

    /** Looks at lines with needles until the block ends or a boot asks for a thorough look; keeps an unfinished line. Small, so that it compiles fast. */
    private int quick(ByteBuffer block, int from, int to) {
        counted = from;
        int at = from;
        while (at < to) {
            int chunk = Math.min(to, at + CHUNK);
            at = Prefilter.hit(block, at, Math.min(to, chunk + 1)) ? takeHits(block, at, chunk, to) : chunk;
            if (blockOffset + at < thoroughUntil) {
                return at;
            }
        }
        return keepLast(block, to);
    }

    /** Looks at the lines that have a needle in {@code [from, chunk)}; gives where to go on: at the block's end if the last line has no end here. */
    private int takeHits(ByteBuffer block, int from, int chunk, int to) {
        int at = from;
        for (int hit = Prefilter.first(block, at, chunk, to); hit >= 0; hit = Prefilter.first(block, at, chunk, to)) {
            int start = Prefilter.lineStart(block, counted, hit);
            int end = Prefilter.newline(block, hit, to);
            if (end < 0) {
                return to;
            }
            lines += Prefilter.newlines(block, counted, start);
            if (start > counted) {
                noteBefore(block, counted, start - 1);
            }
            take(block, start, end);
            at = end + 1;
            counted = at;
            if (blockOffset + at < thoroughUntil) {
                return at;
            }
        }
        return Math.max(at, chunk);
    }

    /** Looks at the line before if it was not looked at and speaks of losses. */
    private void lookBefore() {
        if (beforeLength > 0 && Prefilter.loss(before, 0, beforeLength)) {
            looked++;
            decoder.decode(before, 0, beforeLength, lines);
        }
        beforeLength = 0;
    }

    /** Notes the line that ends at {@code end} as the one before the next. */
    private void noteBefore(ByteBuffer block, int least, int end) {
        int start = Prefilter.lineStart(block, least, end);
        beforeLength = end - start <= LONGEST_BEFORE ? end - start : 0;
        block.get(start, before, 0, beforeLength);
    }

    /** Counts what is left of the block and keeps its unfinished line. */
    private int keepLast(ByteBuffer block, int to) {
        int start = Prefilter.lineStart(block, counted, to);
        lines += Prefilter.newlines(block, counted, start);
        if (start > counted) {
            noteBefore(block, counted, start - 1);
        }
        if (start < to) {
            keep(block, start, to);
        }
        return to;
    }

    /** Adds to the unfinished line. */
    private void keep(ByteBuffer block, int from, int to) {
        int length = Math.min(to - from, LONGEST_LINE - filled);
        block.get(from, line, filled, length);
        filled += length;
        gone += to - from - length;
    }

    /** Finishes the unfinished line, if its end is here. */
    private int complete(ByteBuffer block, int from, int to) {
        int end = Prefilter.newline(block, from, to);
        keep(block, from, end < 0 ? to : end);
        if (end < 0) {
            return to;
        }
        long start = blockOffset + end - filled - gone;
        judge(start);
        return end + 1;
    }

    /** Takes a line of the block that has a needle, or lies in a thorough part. */
    private void take(ByteBuffer block, int start, int end) {
        keep(block, start, end);
        if (gone > 0) {
            judge(blockOffset + start);
        } else {
            look(blockOffset + start);
        }
    }

    /** Looks at the kept line if it lies in a thorough part or a needle occurs in what is kept of it. */
    private void judge(long start) {
        if (start < thoroughUntil || Prefilter.first(lineView.put(0, line, 0, filled), 0, filled, filled) >= 0) {
            look(start);
            return;
        }
        lines++;
        beforeLength = filled <= LONGEST_BEFORE ? filled : 0;
        System.arraycopy(line, 0, before, 0, beforeLength);
        filled = 0;
        gone = 0;
    }

    private void look(long start) {
        lookBefore();
        lines++;
        looked++;
        cutLines += gone > 0 ? 1 : 0;
        int length = filled;
        filled = 0;
        gone = 0;
        if (decoder.decode(line, 0, length, lines)) {
            long until = start + afterBoot;
            thoroughUntil = until < 0 ? Long.MAX_VALUE : Math.max(thoroughUntil, until);
        }
    }
}
