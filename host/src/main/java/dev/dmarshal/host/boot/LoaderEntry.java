package dev.dmarshal.host.boot;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An entry of the Boot Loader Specification, type 1 (uapi-group.org): {@code key value} lines.
 *
 * @param id      name of its file without {@code .conf}
 * @param path    where it is
 * @param version as the entry says it
 * @param sortKey as the entry says it
 * @param options all {@code options} lines together
 */
record LoaderEntry(String id, String path, Optional<String> version, Optional<String> sortKey, String options) {

    static LoaderEntry parse(String id, String path, String text) {
        Optional<String> version = Optional.empty();
        Optional<String> sortKey = Optional.empty();
        List<String> options = new ArrayList<>();
        for (String line : text.split("\n")) {
            String[] words = line.strip().split("\\s+", 2);
            if (words.length == 2 && !words[0].startsWith("#")) {
                switch (words[0]) {
                    case "version" -> version = Optional.of(words[1]);
                    case "sort-key" -> sortKey = Optional.of(words[1]);
                    case "options" -> options.add(words[1]);
                    default -> {
                    }
                }
            }
        }
        return new LoaderEntry(id, path, version, sortKey, String.join(" ", options));
    }

    /** Later versions first, as both loaders do without a default; numbers in a version count as numbers. */
    static int order(LoaderEntry one, LoaderEntry other) {
        int byVersion = compare(other.version.orElse(other.id), one.version.orElse(one.id));
        return byVersion != 0 ? byVersion : compare(other.id, one.id);
    }

    static int compare(String one, String other) {
        String[] left = one.split("(?<=\\D)(?=\\d)|(?<=\\d)(?=\\D)");
        String[] right = other.split("(?<=\\D)(?=\\d)|(?<=\\d)(?=\\D)");
        for (int i = 0; i < Math.min(left.length, right.length); i++) {
            boolean numbers = left[i].matches("[0-9]{1,9}") && right[i].matches("[0-9]{1,9}");
            int order = numbers ? Integer.compare(Integer.parseInt(left[i]), Integer.parseInt(right[i])) : left[i].compareTo(right[i]);
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(left.length, right.length);
    }
}
