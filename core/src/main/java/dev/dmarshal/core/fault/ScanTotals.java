package dev.dmarshal.core.fault;

/**
 * What a scan saw in sum. Lines are ends of lines, plus the last if it has none.
 *
 * @param bytes        bytes scanned
 * @param lines        lines in them
 * @param faults       faults given to the sink
 * @param messages     other known lines given to the sink
 * @param unknownLines lines looked at and not known
 * @param skippedLines lines not looked at, because they lie outside the thorough parts of a large log and no word of a fault occurs in them
 * @param cutLines     lines longer than {@link LogScanner#LONGEST_LINE}, of which the rest was not looked at
 * @param binaryBytes  bytes in the lines looked at that are no text: NUL, control characters, bytes that no UTF-8 has
 * @param halves       first or second lines of two-line faults whose other half is not there; the fault is given without it
 * @param suppressed   lines that the kernel says it left out: with any, counts of faults are lower bounds
 * @param dropped      messages that the log says it lost
 * @param unended      whether the last line has no end: the log may be truncated
 */
public record ScanTotals(long bytes, long lines, long faults, long messages, long unknownLines, long skippedLines, long cutLines, long binaryBytes,
        long halves, long suppressed, long dropped, boolean unended) {

    /** Whether every count of faults is a lower bound. */
    public boolean lowerBounds() {
        return suppressed > 0 || dropped > 0;
    }
}
