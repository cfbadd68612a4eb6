package dev.dmarshal.doctor.symptom;

import java.util.List;

/**
 * How complete the sources are.
 *
 * @param sources     what was read, by name
 * @param bytes       bytes read, uncompressed
 * @param lines       lines read
 * @param faults      faults in them
 * @param suppressed  lines that the kernel says it left out
 * @param dropped     messages that the log says it lost
 * @param binaryBytes bytes that are no text
 * @param truncated   whether a log ends in the middle of a line
 * @param ungrouped   faults that were counted but not grouped, because there were too many groups
 * @param missing     what could not be measured, and why; one sentence each
 */
public record SourceQuality(List<String> sources, long bytes, long lines, long faults, long suppressed, long dropped, long binaryBytes, boolean truncated,
        long ungrouped, List<String> missing) {

    /** Whether counts of faults are lower bounds. */
    public boolean lowerBounds() {
        return suppressed > 0 || dropped > 0;
    }

    /** Whether the logs are no text: a tenth of the bytes or more are none. */
    public boolean binary() {
        return binaryBytes * 10 >= bytes && bytes > 0;
    }
}
