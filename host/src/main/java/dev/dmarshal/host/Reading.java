package dev.dmarshal.host;

import java.util.Optional;
import java.util.function.Function;

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
        return Optional.empty();
    }

    /** In words, why there is no value: empty if there is one, or if it is plainly not there. */
    default Optional<String> trouble() {
        return Optional.empty();
    }

    /** The same outcome for a value made from what was read. */
    <R> Reading<R> map(Function<T, R> made);

    /** It is there and was read. */
    record Present<T>(String path, T value) implements Reading<T> {

        @Override
        public <R> Reading<R> map(Function<T, R> made) {
            return new Present<>(path, made.apply(value));
        }

        @Override
        public Optional<T> present() {
            return Optional.of(value);
        }
    }

    /** It is not there, and its folder could be seen. */
    record Absent<T>(String path) implements Reading<T> {

        @Override
        public <R> Reading<R> map(Function<T, R> made) {
            return new Absent<>(path);
        }
    }

    /** It may be there, but this process or this capture cannot tell. */
    record Denied<T>(String path, String reason) implements Reading<T> {

        @Override
        public <R> Reading<R> map(Function<T, R> made) {
            return new Denied<>(path, reason);
        }

        @Override
        public Optional<String> trouble() {
            return Optional.of(path + ": " + reason);
        }
    }

    /** It is there, but not in a form that it should have. */
    record Malformed<T>(String path, String reason) implements Reading<T> {

        @Override
        public <R> Reading<R> map(Function<T, R> made) {
            return new Malformed<>(path, reason);
        }

        @Override
        public Optional<String> trouble() {
            return Optional.of(path + ": " + reason);
        }
    }
}
