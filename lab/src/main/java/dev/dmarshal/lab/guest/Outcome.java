package dev.dmarshal.lab.guest;

import java.time.Duration;
import java.util.OptionalInt;

/**
 * What a command in the guest did.
 *
 * @param exitCode its exit code; empty if it was killed because its time was over
 * @param out      its standard output, at most {@link Agent#OUTPUT_LIMIT} bytes
 * @param err      its standard error, likewise
 * @param took     how long the answer took
 */
public record Outcome(OptionalInt exitCode, String out, String err, Duration took) {

    /** Whether it ended by itself with exit code 0. */
    public boolean fine() {
        return exitCode.isPresent() && exitCode.getAsInt() == 0;
    }

    /** Whether it had to be killed. */
    public boolean late() {
        return exitCode.isEmpty();
    }

    /** All of it for a message. */
    public String describe() {
        String end = late() ? "did not end in time" : "exit code " + exitCode.getAsInt();
        return end + (out.isEmpty() ? "" : "\n" + out.strip()) + (err.isEmpty() ? "" : "\nstandard error:\n" + err.strip());
    }
}
