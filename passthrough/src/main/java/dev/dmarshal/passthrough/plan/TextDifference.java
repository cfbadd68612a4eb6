package dev.dmarshal.passthrough.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a step changes in a file, as text: the lines that go and the lines that come, with a line of what stays on each side. One block, from the
 * first line that
 * differs to the last.
 *
 * @param path  the file
 * @param lines each begins with {@code -}, {@code +} or a blank
 */
public record TextDifference(String path, List<String> lines) {

    /** Keeps its own copy. */
    public TextDifference {
        lines = List.copyOf(lines);
    }

    /** The difference that a step makes; empty if it replaces no file. The old text is what its undo puts back. */
    public static Optional<TextDifference> of(Step step) {
        if (!(step.action() instanceof Action.Replace(String path, String text))) {
            return Optional.empty();
        }
        String old = step.undo().stream().filter(action -> action instanceof Action.Replace back && back.path().equals(path))
                .map(action -> ((Action.Replace) action).text()).findFirst().orElse("");
        return Optional.of(new TextDifference(path, between(old, text)));
    }

    /** The lines that differ between two texts. */
    public static List<String> between(String old, String text) {
        List<String> from = old.isEmpty() ? List.of() : old.lines().toList();
        List<String> to = text.isEmpty() ? List.of() : text.lines().toList();
        int head = 0;
        while (head < from.size() && head < to.size() && from.get(head).equals(to.get(head))) {
            head++;
        }
        int tail = 0;
        while (tail < from.size() - head && tail < to.size() - head && from.get(from.size() - 1 - tail).equals(to.get(to.size() - 1 - tail))) {
            tail++;
        }
        List<String> lines = new ArrayList<>();
        if (head > 0) {
            lines.add(" " + from.get(head - 1));
        }
        from.subList(head, from.size() - tail).forEach(line -> lines.add("-" + line));
        to.subList(head, to.size() - tail).forEach(line -> lines.add("+" + line));
        if (tail > 0) {
            lines.add(" " + from.get(from.size() - tail));
        }
        return lines;
    }
}
