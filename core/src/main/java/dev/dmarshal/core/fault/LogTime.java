package dev.dmarshal.core.fault;

import java.time.Instant;

/**
 * When a line was written, in the log's own clock.
 *
 * @param clock which clock; times of different clocks do not compare
 * @param nanos nanoseconds since that clock's zero
 */
public record LogTime(Clock clock, long nanos) implements Comparable<LogTime> {

    /** The clocks that logs use. */
    public enum Clock {
        /** Seconds since boot, as {@code dmesg} prints them. */
        BOOT,
        /** Wall time since 1970-01-01 UTC, as journals print it. A log that names no zone ({@code dmesg -T}) is taken as if it meant UTC. */
        WALL,
        /** Wall time without a year, as syslog prints it: nanoseconds since 1970 as if the year were 1972. */
        WALL_WITHOUT_YEAR
    }

    @Override
    public int compareTo(LogTime other) {
        int byClock = clock.compareTo(other.clock);
        return byClock != 0 ? byClock : Long.compare(nanos, other.nanos);
    }

    /** For people: {@code 8.490 s after boot}, or date and time in UTC. */
    @Override
    public String toString() {
        long millis = Math.floorDiv(nanos, 1_000_000);
        if (clock == Clock.BOOT) {
            String fraction = Long.toString(1000 + Math.floorMod(millis, 1000)).substring(1);
            return Math.floorDiv(millis, 1000) + "." + fraction + " s after boot";
        }
        String text = Instant.ofEpochMilli(millis).toString();
        return clock == Clock.WALL ? text : text.substring("1972-".length());
    }
}
