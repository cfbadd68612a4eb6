package dev.dmarshal.host.files;

import dev.dmarshal.host.Reading;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is known of files that a tree does not hold: a file is absent only if it was looked for where it would be, and was not there.
 *
 * @param everything whether the tree is all that the machine has
 * @param looked     for a folder, the names that were looked for in it; {@code *} stands for all
 * @param denied     for a path, why it could not be read when the tree was made
 */
public record Completeness(boolean everything, Map<String, Set<String>> looked, Map<String, String> denied) {

    /** Nothing is known of what is not in the tree. */
    public static final Completeness UNKNOWN = new Completeness(false, Map.of(), Map.of());
    /** What is not in the tree is not on the machine. */
    public static final Completeness WHOLE = new Completeness(true, Map.of(), Map.of());

    /** Every name. */
    public static final String ALL = "*";

    /** Why a path that nothing is known of cannot be answered for. */
    public static final String NOT_HERE = "not in what was given";

    /** Whether all names of a folder were looked for. */
    public boolean whole(String folder) {
        return everything || looked.getOrDefault(folder, Set.of()).contains(ALL);
    }

    /**
     * What follows for a path that is not in the tree.
     *
     * @param path    as it was asked for
     * @param folder  the deepest folder on the way that the tree holds, without links
     * @param missing the first name on the way that it does not hold
     */
    public <T> Reading<T> missing(String path, String folder, String missing) {
        Optional<String> refused = Optional.ofNullable(denied.get(Paths.join(folder, missing)));
        if (refused.isPresent()) {
            return new Reading.Denied<>(path, refused.get());
        }
        boolean asked = everything || looked.getOrDefault(folder, Set.of()).contains(missing) || whole(folder);
        return asked ? new Reading.Absent<>(path) : new Reading.Denied<>(path, NOT_HERE);
    }
}
