package dev.dmarshal.host;

import java.util.Optional;

/**
 * What came of reading one thing from a host. "Could not read" is never "is not there".
 *
 * @param <T> what was read
 */
public sealed interface Reading<T> {

    /** Where it was looked for, as a path on the host. */
    String path();

    /** What was read, if it was read. */
    default Optional<T> present() {
        return this instanceof Present<T> present ? Optional.of(present.value) : Optional.empty();
    }

    /** In words, why there is no value: empty if there is one, or if it is plainly not there. */
    default Optional<String> trouble() {
        return switch (this) {
            case Present<T> present -> Optional.empty();
            case Absent<T> absent -> Optional.empty();
            case Denied<T> denied -> Optional.of(denied.path + ": " + denied.reason);
            case Malformed<T> malformed -> Optional.of(malformed.path + ": " + malformed.reason);
        };
    }

    /** It is there and was read. */
    record Present<T>(String path, T value) implements Reading<T> {
    }

    /** It is not there, and its folder could be seen. */
    record Absent<T>(String path) implements Reading<T> {
    }

    /** It may be there, but this process or this capture cannot tell. */
    record Denied<T>(String path, String reason) implements Reading<T> {
    }

    /** It is there, but not in a form that it should have. */
    record Malformed<T>(String path, String reason) implements Reading<T> {
    }
}
