package dev.dmarshal.core.fault;

import java.util.Optional;

/**
 * The time of a line, in any of the forms in which logs write it. Reused, allocates nothing until {@link #toTime}.
 * Where a line has both, the time since boot wins: it is what the kernel stamped itself.
 */
final class LogClock {

    private static final byte[] MONTHS = Ascii.of("JanFebMarAprMayJunJulAugSepOctNovDec");
    private static final byte[] DAYS = Ascii.of("SunMonTueWedThuFriSat");
    private static final long SECOND = 1_000_000_000L;

    private LogTime.Clock clock;
    private long nanos;
    private boolean wall;
    private int cursor;

    void reset() {
        clock = null;
        nanos = 0;
        wall = false;
    }

    boolean known() {
        return clock != null;
    }

    boolean hasBoot() {
        return clock == LogTime.Clock.BOOT;
    }

    boolean hasWall() {
        return wall;
    }

    LogTime.Clock clock() {
        return clock;
    }

    long nanos() {
        return nanos;
    }

    Optional<LogTime> toTime() {
        return clock == null ? Optional.empty() : Optional.of(new LogTime(clock, nanos));
    }

    /** {@code 12.345678}, or the delta {@code +0.000012}, which is passed over and gives no time; answers where it ends, or -1. */
    int seconds(byte[] line, int from, int end) {
        boolean delta = from < end && (line[from] == '+' || line[from] == '<');
        int i = delta ? from + 1 : from;
        while (delta && i < end && (line[i] == ' ' || line[i] == '+')) {
            i++;
        }
        long whole = 0;
        int start = i;
        for (; i < end && digit(line[i]) && i - start < 10; i++) {
            whole = whole * 10 + line[i] - '0';
        }
        if (i == start || i >= end || line[i] != '.') {
            return -1;
        }
        int dot = i;
        long fraction = fraction(line, i + 1, end);
        i = cursor;
        if (i - dot < 4) {
            return -1;
        }
        if (i < end && line[i] == '>') {
            i++;
        }
        if (!delta) {
            clock = LogTime.Clock.BOOT;
            nanos = whole * SECOND + fraction;
        }
        return i;
    }

    /** {@code 2014-04-25T09:37:53.595431+01:00} and its relatives: a blank for the T, a comma for the point, Z, +0100, no zone; -1 if it is none. */
    int iso(byte[] line, int from, int end) {
        if (end - from < 19 || line[from + 4] != '-' || line[from + 7] != '-' || line[from + 10] != 'T' && line[from + 10] != ' '
                || line[from + 13] != ':' || line[from + 16] != ':') {
            return -1;
        }
        int year = number(line, from, 4);
        int month = number(line, from + 5, 2);
        int day = number(line, from + 8, 2);
        long seconds = time(line, from + 11);
        if (year < 0 || month < 1 || month > 12 || day < 1 || seconds < 0) {
            return -1;
        }
        cursor = from + 19;
        long fraction = cursor < end && (line[cursor] == '.' || line[cursor] == ',') ? fraction(line, cursor + 1, end) : 0;
        long offset = zone(line, end);
        wall(LogTime.Clock.WALL, (days(year, month, day) * 86400 + seconds - offset) * SECOND + fraction);
        return cursor;
    }

    /** A zone at the cursor, in seconds east; moves the cursor. */
    private long zone(byte[] line, int end) {
        int i = cursor;
        if (i < end && line[i] == 'Z') {
            cursor++;
            return 0;
        }
        if (end - i < 5 || line[i] != '+' && line[i] != '-') {
            return 0;
        }
        boolean colon = line[i + 3] == ':';
        int hours = number(line, i + 1, 2);
        int minutes = colon && end - i < 6 ? -1 : number(line, colon ? i + 4 : i + 3, 2);
        if (hours < 0 || minutes < 0) {
            return 0;
        }
        cursor = i + (colon ? 6 : 5);
        if (cursor < end && line[cursor] == ':') {
            // libvirt ends its times so.
            cursor++;
        }
        return (line[i] == '-' ? -1 : 1) * (hours * 3600L + minutes * 60L);
    }

    /** {@code Apr 25 09:37:53} of RFC 3164; the year is not said. */
    int monthDay(byte[] line, int from, int end) {
        if (end - from < 15 || line[from + 3] != ' ' || line[from + 6] != ' ' || line[from + 9] != ':' || line[from + 12] != ':') {
            return -1;
        }
        int month = month(line, from);
        int day = padded(line, from + 4);
        long seconds = time(line, from + 7);
        if (month < 0 || day < 1 || seconds < 0) {
            return -1;
        }
        cursor = from + 15;
        long fraction = cursor < end && line[cursor] == '.' ? fraction(line, cursor + 1, end) : 0;
        wall(LogTime.Clock.WALL_WITHOUT_YEAR, (days(1972, month, day) * 86400 + seconds) * SECOND + fraction);
        return cursor;
    }

    /** {@code Sun May  3 10:29:00 2015} of dmesg -T, {@code May 3 10:29} of reltime, Xen's date; answers where it ends. */
    int calendar(byte[] line, int from, int end) {
        int dated = iso(line, from, end);
        if (dated > 0) {
            return dated;
        }
        if (end - from >= 24 && line[from + 3] == ' ' && name(DAYS, line, from) >= 0) {
            int month = month(line, from + 4);
            int day = padded(line, from + 8);
            long seconds = time(line, from + 11);
            int year = number(line, from + 20, 4);
            if (month > 0 && day > 0 && seconds >= 0 && year > 0) {
                wall(LogTime.Clock.WALL, (days(year, month, day) * 86400 + seconds) * SECOND);
                return from + 24;
            }
        }
        return end - from >= 3 && month(line, from) > 0 && from + 11 < end && line[from + 11] == ']' ? from + 11 : -1;
    }

    private void wall(LogTime.Clock which, long value) {
        wall = true;
        if (clock == null) {
            clock = which;
            nanos = value;
        }
    }

    /** Digits after the point as nanoseconds; leaves the cursor behind them. */
    private long fraction(byte[] line, int from, int end) {
        long value = 0;
        int i = from;
        for (; i < end && digit(line[i]); i++) {
            if (i - from < 9) {
                value = value * 10 + line[i] - '0';
            }
        }
        for (int k = i - from; k < 9; k++) {
            value *= 10;
        }
        cursor = i;
        return value;
    }

    private static long time(byte[] line, int from) {
        int hours = number(line, from, 2);
        int minutes = number(line, from + 3, 2);
        int seconds = number(line, from + 6, 2);
        return hours < 0 || minutes < 0 || seconds < 0 || line[from + 2] != ':' || line[from + 5] != ':' ? -1 : hours * 3600L + minutes * 60L + seconds;
    }

    private static int number(byte[] line, int from, int digits) {
        int value = 0;
        for (int i = from; i < from + digits; i++) {
            if (i >= line.length || !digit(line[i])) {
                return -1;
            }
            value = value * 10 + line[i] - '0';
        }
        return value;
    }

    private static int padded(byte[] line, int from) {
        return line[from] == ' ' ? number(line, from + 1, 1) : number(line, from, 2);
    }

    private static int month(byte[] line, int from) {
        int index = name(MONTHS, line, from);
        return index < 0 ? -1 : index + 1;
    }

    private static int name(byte[] names, byte[] line, int from) {
        for (int i = 0; i < names.length; i += 3) {
            if (names[i] == line[from] && names[i + 1] == line[from + 1] && names[i + 2] == line[from + 2]) {
                return i / 3;
            }
        }
        return -1;
    }

    private static boolean digit(byte c) {
        return c >= '0' && c <= '9';
    }

    /** Days since 1970-01-01 in the Gregorian calendar. */
    private static long days(int year, int month, int day) {
        int shifted = month <= 2 ? year - 1 : year;
        int era = shifted / 400;
        int yearOfEra = shifted - era * 400;
        int dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
        int dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
        return era * 146097L + dayOfEra - 719468;
    }
}
