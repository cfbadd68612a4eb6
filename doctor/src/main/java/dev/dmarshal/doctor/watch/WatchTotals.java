package dev.dmarshal.doctor.watch;

/**
 * What a watch saw in sum.
 *
 * @param faults     faults
 * @param patterns   patterns that started, each time that they did
 * @param active     patterns that go on
 * @param rateLimit  fault lines that kernels left out, as they say
 * @param logLost    lines that logs lost, as they say
 * @param overflows  how often a unit had no free fault record
 * @param evicted    patterns forgotten because there were too many
 * @param heldBack   notices held back because they came too fast
 */
public record WatchTotals(long faults, long patterns, int active, long rateLimit, long logLost, long overflows, long evicted, long heldBack) {

    /** Whether the number of faults is a lower bound. */
    public boolean lowerBound() {
        return rateLimit > 0 || logLost > 0 || overflows > 0;
    }
}
