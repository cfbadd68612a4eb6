package dev.dmarshal.host.version;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A release number. Kernels before 3.0 have 2.6 as their first two numbers, so that the third one is what later kernels call the second.
 *
 * @param major first number
 * @param minor second number
 * @param patch third number, 0 where it is not written
 */
public record Release(int major, int minor, int patch) implements Comparable<Release> {

    private static final Pattern LEADING = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})(?:\\.(\\d{1,6}))?");

    /** Refuses negative numbers. */
    public Release {
        if (major < 0 || minor < 0 || patch < 0) {
            throw new IllegalArgumentException("negative number in a release: " + major + "." + minor + "." + patch);
        }
    }

    /** A release that is nothing but numbers ({@code 6.1} or {@code 6.1.55}), or empty. */
    public static Optional<Release> parse(String text) {
        Matcher matcher = LEADING.matcher(text);
        return matcher.matches() ? Optional.of(of(matcher)) : Optional.empty();
    }

    /** Where the numbers at the start of a text end, or empty when it does not start with a release. */
    static Optional<Leading> leading(String text) {
        Matcher matcher = LEADING.matcher(text);
        return matcher.lookingAt() ? Optional.of(new Leading(of(matcher), matcher.end())) : Optional.empty();
    }

    private static Release of(Matcher matcher) {
        String patch = matcher.group(3);
        return new Release(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)), patch == null ? 0 : Integer.parseInt(patch));
    }

    /** Whether this release is the given one or a later one. */
    public boolean atLeast(Release other) {
        return compareTo(other) >= 0;
    }

    @Override
    public int compareTo(Release other) {
        // Comparator.comparing and its kin are serializable lambdas, which the AOT cache does not hold: each costs a class spun at every start.
        int order = Integer.compare(major, other.major);
        order = order != 0 ? order : Integer.compare(minor, other.minor);
        return order != 0 ? order : Integer.compare(patch, other.patch);
    }

    @Override
    public String toString() {
        return patch == 0 ? major + "." + minor : major + "." + minor + "." + patch;
    }

    /** A release at the start of a text, and the offset behind it. */
    record Leading(Release release, int end) {
    }
}
