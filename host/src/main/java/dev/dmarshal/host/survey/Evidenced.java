package dev.dmarshal.host.survey;

import java.util.Optional;

/**
 * An answer that has three values, with where it came from.
 *
 * @param <T>      what was asked
 * @param value    the answer; empty if it could not be measured
 * @param evidence path that says so, or why nothing could
 */
public record Evidenced<T>(Optional<T> value, String evidence) {

    /** Known. */
    public static <T> Evidenced<T> of(T value, String evidence) {
        return new Evidenced<>(Optional.of(value), evidence);
    }

    /** Could not be measured. */
    public static <T> Evidenced<T> unmeasured(String why) {
        return new Evidenced<>(Optional.empty(), why);
    }

    /** Whether the answer is known to be this. */
    public boolean is(T wanted) {
        return value.filter(wanted::equals).isPresent();
    }
}
