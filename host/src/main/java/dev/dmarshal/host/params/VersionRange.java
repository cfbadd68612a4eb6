package dev.dmarshal.host.params;

import dev.dmarshal.host.version.Release;
import java.util.Optional;

/**
 * The releases that have a parameter, with what is not known about where they begin and end.
 *
 * @param since the edge before which it is absent; empty: the oldest release that was read has it
 * @param until the edge from which on it is absent; empty: the newest release that was read has it
 * @param existed false for what no release ever had
 */
public record VersionRange(Optional<Edge> since, Optional<Edge> until, boolean existed) {

    /** What no release ever had. */
    static final VersionRange NEVER = new VersionRange(Optional.empty(), Optional.empty(), false);

    /**
     * A change between two releases.
     *
     * @param before the last release known to be before the change; empty when {@code after} is the first after it
     * @param after the first release known to be after the change
     */
    public record Edge(Optional<Release> before, Release after) {

        /** Reads {@code 4.12} or {@code 4.2<4.4}. */
        static Edge parse(String text) {
            int less = text.indexOf('<');
            if (less < 0) {
                return new Edge(Optional.empty(), release(text));
            }
            Edge edge = new Edge(Optional.of(release(text.substring(0, less))), release(text.substring(less + 1)));
            if (edge.before.get().compareTo(edge.after) >= 0) {
                throw new IllegalArgumentException("releases out of order: " + text);
            }
            return edge;
        }

        private static Release release(String text) {
            return Release.parse(text).orElseThrow(() -> new IllegalArgumentException("no release: " + text));
        }

        /** Whether the release is surely before the change. A stable release counts with the series it belongs to. */
        boolean surelyBefore(Release release) {
            return before.map(last -> series(release).compareTo(series(last)) <= 0).orElse(!release.atLeast(after));
        }

        /** Whether the release is surely after the change. */
        boolean surelyAfter(Release release) {
            return release.atLeast(after);
        }

        /** 2.6.x kernels are one series a third number; later releases, and Xen, one series a second number. */
        private static Release series(Release release) {
            return release.major() == 2 ? release : new Release(release.major(), release.minor(), 0);
        }

        @Override
        public String toString() {
            return before.map(last -> "between " + last + " and " + after).orElse(after.toString());
        }
    }

    /** Reads the columns since and until of a reviewed table; throws IllegalArgumentException for anything else. */
    public static VersionRange parse(String since, String until) {
        Optional<Edge> from = "*".equals(since) ? Optional.empty() : Optional.of(Edge.parse(since));
        Optional<Edge> to = "-".equals(until) ? Optional.empty() : Optional.of(Edge.parse(until));
        if (from.isPresent() && to.isPresent() && from.get().after().compareTo(to.get().after()) >= 0) {
            throw new IllegalArgumentException("ends before it begins: " + since + " " + until);
        }
        return new VersionRange(from, to, true);
    }

    /** How a release stands to these; an unknown release is unsure unless all have it. */
    public Standing standing(Optional<Release> release) {
        if (!existed) {
            return Standing.NEVER;
        }
        if (release.isEmpty()) {
            return since.isEmpty() && until.isEmpty() ? Standing.PRESENT : Standing.UNSURE;
        }
        Release here = release.get();
        if (since.isPresent() && !since.get().surelyAfter(here)) {
            return since.get().surelyBefore(here) ? Standing.NOT_YET : Standing.UNSURE;
        }
        if (until.isPresent() && !until.get().surelyBefore(here)) {
            return until.get().surelyAfter(here) ? Standing.NO_LONGER : Standing.UNSURE;
        }
        return Standing.PRESENT;
    }
}
