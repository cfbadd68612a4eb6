package dev.dmarshal.host.fake;

import dev.dmarshal.host.capture.Input;
import dev.dmarshal.host.capture.Inputs;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Holds what was asked of a machine against the list of inputs: a capture answers only for what is on it. */
public final class InputCover {

    private static final Pattern BRACES = Pattern.compile("\\{(?!release\\})([^{}]*)\\}");

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
            for (String path : expand(row.path())) {
                all.add(glob(path));
                if (row.how() == Input.How.FILE) {
                    contents.add(glob(path));
                }
                if (row.how() == Input.How.OPEN) {
                    // The name of a program that holds something comes with what it holds.
                    contents.add(glob("/proc/[0-9]*/comm"));
                }
                if (row.how() == Input.How.NAMES) {
                    names.add(glob(path));
                }
                for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
                    above.add(glob(path.substring(0, slash)));
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

    /** One pattern for each of the names in braces, but for the kernel's release. */
    private static List<String> expand(String pattern) {
        Matcher braces = BRACES.matcher(pattern);
        if (!braces.find()) {
            return List.of(pattern);
        }
        List<String> all = new ArrayList<>();
        for (String one : braces.group(1).split(",")) {
            all.addAll(expand(pattern.substring(0, braces.start()) + one + pattern.substring(braces.end())));
        }
        return all;
    }

    /** Stars stand for any part of one name. */
    private static Pattern glob(String pattern) {
        return Pattern.compile(pattern.replace("{release}", "*").replaceAll("[.+|()^$]", "\\\\$0").replace("*", "[^/]*"));
    }

    private static boolean output(String path) {
        return path.startsWith("/.output/");
    }

    private static boolean none(List<Pattern> patterns, String path) {
        return patterns.stream().noneMatch(pattern -> pattern.matcher(path).matches());
    }
}
