package dev.dmarshal.host.capture;

import dev.dmarshal.host.fake.AskingTree;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Holds what was asked of a machine against the list of inputs: a capture answers only for what is on it. */
public final class InputCover {

    private final List<Pattern> contents = new ArrayList<>();
    private final List<Pattern> names = new ArrayList<>();
    private final List<Pattern> all = new ArrayList<>();
    private final List<Pattern> above = new ArrayList<>();

    /** By the list that the program carries. */
    public InputCover() {
        for (Input row : Inputs.standard().rows()) {
            if (row.how() == Input.How.COMMAND) {
                continue;
            }
            for (String path : Inputs.expand(row.path())) {
                all.add(Inputs.glob(path));
                if (row.how() == Input.How.FILE) {
                    contents.add(Inputs.glob(path));
                }
                if (row.how() == Input.How.OPEN) {
                    // The name of a program that holds something comes with what it holds.
                    contents.add(Inputs.glob("/proc/[0-9]*/comm"));
                }
                if (row.how() == Input.How.NAMES) {
                    names.add(Inputs.glob(path));
                }
                for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
                    above.add(Inputs.glob(path.substring(0, slash)));
                }
            }
        }
    }

    /** What was asked and a capture does not hold; empty if it holds all. */
    public List<String> missing(AskingTree asked) {
        List<String> missing = new ArrayList<>();
        asked.contents().stream().filter(path -> none(contents, path) && !output(path)).forEach(path -> missing.add("content of " + path));
        // The names on the way to what is on the list come with it.
        asked.folders().stream().filter(path -> none(names, path) && none(above, path)).forEach(path -> missing.add("names in " + path));
        asked.places().stream().filter(path -> none(all, path) && none(above, path) && none(names, path.substring(0, Math.max(0, path.lastIndexOf('/')))))
                .forEach(path -> missing.add("whether " + path + " is there"));
        return missing;
    }

    private static boolean output(String path) {
        return path.startsWith("/.output/");
    }

    private static boolean none(List<Pattern> patterns, String path) {
        return patterns.stream().noneMatch(pattern -> pattern.matcher(path).matches());
    }
}
