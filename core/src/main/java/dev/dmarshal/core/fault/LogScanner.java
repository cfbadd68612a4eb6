package dev.dmarshal.core.fault;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Finds faults and other known lines in a log that comes in blocks of bytes. Lines may straddle blocks; memory is bounded, whatever the log;
 * the result does not depend on how the log is cut into blocks. What the bytes say never makes it throw. Not thread-safe.
 *
 * <p>A thorough scanner looks at every line. A {@linkplain #selective selective} one is for logs too large for that: it looks at all lines of
 * the first part of the log and of the same length after each line that says that a system boots, and elsewhere only at lines in which a fault's words occur
 * ({@code MA}, {@code MD}, {@code mmu}, {@code vfi}: DMAR, INTR-REMAP, AMD-Vi, iommu, vfio), and at the line before each (up to 1 KiB), where
 * the kernel says how many faults it left out.
 */
public final class LogScanner {

    /** Longest line that is looked at as a whole, in bytes. Of a longer one only so many are. The kernel's own limit is about 1024 with its prefix. */
    public static final int LONGEST_LINE = 16 * 1024;

    private static final int CHUNK = 8 * 1024;
    private static final int NEEDLE = 3;
    private static final int LONGEST_BEFORE = 1024;

    private final LineDecoder decoder;
    private final long thoroughBytes;
    private final byte[] work = new byte[2 * LONGEST_LINE + CHUNK];
    private final ByteBuffer words = ByteBuffer.wrap(work).order(ByteOrder.LITTLE_ENDIAN);
    private final Hits hits = new Hits();

    private int filled;
    private int lineStart;
    private int previous;
    private boolean previousSeen = true;
    private boolean wanted;
    private boolean cutting;
    private int gone;
    private long thoroughUntil;
    private long workOffset;
    private long bytes;
    private long lines;
    private long looked;
    private long cutLines;
    private byte last = '\n';

    /** A scanner that looks at every line. */
    public LogScanner(LogSink sink) {
        this(sink, Long.MAX_VALUE);
    }

    private LogScanner(LogSink sink, long thoroughBytes) {
        this.decoder = new LineDecoder(Objects.requireNonNull(sink));
        this.thoroughBytes = thoroughBytes;
        this.thoroughUntil = thoroughBytes;
    }

    /** A scanner that looks at every line of the first {@code thoroughBytes} and of as many after each boot, and elsewhere only at lines that may be faults. */
    public static LogScanner selective(LogSink sink, long thoroughBytes) {
        if (thoroughBytes < 0) {
            throw new IllegalArgumentException("thoroughBytes: " + thoroughBytes);
        }
        return new LogScanner(sink, thoroughBytes);
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
        while (at < to) {
            int quiet = idle() ? quiet(view, at, to) : at;
            if (quiet > at && pass(view, at, quiet)) {
                at = quiet;
            } else {
                int end = Math.min(to, at + CHUNK);
                chunk(view, at, end);
                at = end;
            }
        }
    }

    /** How far the chunks from {@code from} on hold no needle: they are passed over together, since looking for the last two lines of each would cost more. */
    private static int quiet(ByteBuffer block, int from, int to) {
        int at = from;
        while (at < to && !Prefilter.hit(block, at, Math.min(to, at + CHUNK + NEEDLE - 1))) {
            at = Math.min(to, at + CHUNK);
        }
        return at;
    }

    /** Ends the log: gives what was kept back, and the totals. A scanner serves one log. */
    public ScanTotals finish() {
        boolean unended = last != '\n';
        if (unended) {
            lines++;
            if (wanted || workOffset + lineStart < thoroughUntil) {
                look(lineStart, filled);
                looked++;
            }
        }
        long halves = decoder.finish();
        return new ScanTotals(bytes, lines, decoder.faults, decoder.messages, decoder.unknown, lines - looked, cutLines, decoder.binaryBytes, halves,
                decoder.suppressed, decoder.dropped, unended);
    }

    private void chunk(ByteBuffer block, int from, int to) {
        int length = to - from;
        boolean thorough = bytes + length <= thoroughUntil;
        if (!thorough) {
            hits.chunk(block, from, to);
        }
        bytes += length;
        last = block.get(to - 1);
        room();
        int base = filled;
        block.get(from, work, filled, length);
        filled += length;
        if (thorough) {
            hits.none();
        } else {
            hits.placed(base, filled);
        }
        if (cutting && !endCut(base)) {
            return;
        }
        walk();
        if (filled - lineStart > LONGEST_LINE) {
            cutting = true;
            gone += filled - lineStart - LONGEST_LINE;
            filled = lineStart + LONGEST_LINE;
        }
    }

    /** Whether the line that is unfinished need not be looked at, for all that is known. */
    private boolean idle() {
        return !wanted && !cutting && workOffset + lineStart >= thoroughUntil;
    }

    /** Passes over bytes without a needle, keeping only its last two lines, if it has two ends of lines and no needle lies across its start. */
    private boolean pass(ByteBuffer block, int from, int to) {
        int end = lastNewline(block, from, to);
        int before = end < 0 ? -1 : lastNewline(block, from, end);
        if (before < 0 || Hits.acrossSeam(work, Math.max(lineStart, filled - NEEDLE + 1), filled, block.slice(from, to - from))) {
            return false;
        }
        bytes += to - from;
        last = block.get(to - 1);
        lines += Prefilter.newlines(block, from, to);
        workOffset = bytes - (to - before - 1);
        filled = to - before - 1;
        block.get(before + 1, work, 0, filled);
        lineStart = end - before;
        previous = 0;
        previousSeen = false;
        return true;
    }

    private static int lastNewline(ByteBuffer block, int from, int to) {
        for (int i = to - 1; i >= from; i--) {
            if (block.get(i) == '\n') {
                return i;
            }
        }
        return -1;
    }

    /** Looks at the lines of the work area that are to be looked at, in order, and leaves {@link #lineStart} at the last unfinished one. */
    private void walk() {
        int hit = -1;
        while (true) {
            hit = hit < lineStart ? hits.next(work, lineStart) : hit;
            boolean all = workOffset + lineStart < thoroughUntil;
            if (!all && !wanted) {
                passTo(Math.min(hit, filled));
            }
            int end = Ascii.newline(words, lineStart, filled);
            boolean holds = !all && hit < Math.min(end < 0 ? filled : end, lineStart + LONGEST_LINE);
            wanted |= holds;
            if (holds && !previousSeen && lineStart - previous <= LONGEST_BEFORE) {
                look(previous, lineStart - 1);
                looked++;
                previousSeen = true;
            }
            if (end < 0) {
                return;
            }
            if (all || wanted) {
                line(end);
            } else {
                passTo(end + 1);
            }
        }
    }

    private void line(int end) {
        lines++;
        look(lineStart, end);
        looked++;
        wanted = false;
        previous = lineStart;
        previousSeen = true;
        lineStart = end + 1;
        workOffset += gone;
        gone = 0;
        cutting = false;
    }

    private void look(int from, int to) {
        int end = to;
        if (end - from > LONGEST_LINE || from == lineStart && gone > 0) {
            cutLines++;
            end = Math.min(end, from + LONGEST_LINE);
        }
        if (decoder.decode(work, from, end, lines)) {
            long until = workOffset + from + thoroughBytes;
            thoroughUntil = until < 0 ? Long.MAX_VALUE : Math.max(thoroughUntil, until);
        }
    }

    /** Passes over the lines before the one that holds {@code at}. */
    private void passTo(int at) {
        int start = Ascii.lineStart(work, lineStart, at);
        if (start == lineStart) {
            return;
        }
        lines += Prefilter.newlines(words, lineStart, start);
        previous = Ascii.lineStart(work, lineStart, start - 1);
        previousSeen = false;
        lineStart = start;
        workOffset += gone;
        gone = 0;
        cutting = false;
    }

    /** Passes over the rest of a line that was cut; whether its end was there. */
    private boolean endCut(int base) {
        int end = Ascii.newline(words, base, filled);
        int over = (end < 0 ? filled : end) - base;
        gone += over;
        System.arraycopy(work, base + over, work, base, filled - base - over);
        filled -= over;
        hits.cut(over);
        return end >= 0;
    }

    /** Makes room for a chunk: moves the unfinished line, and the one before it if a needle might ask for it, to the start of the work area. */
    private void room() {
        int keep = previousSeen || lineStart - previous > LONGEST_BEFORE ? lineStart : previous;
        if (keep == lineStart) {
            previousSeen = true;
        }
        if (keep == 0) {
            return;
        }
        System.arraycopy(work, keep, work, 0, filled - keep);
        filled -= keep;
        lineStart -= keep;
        previous = previousSeen ? 0 : previous - keep;
        workOffset += keep;
    }
}
