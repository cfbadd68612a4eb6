package dev.dmarshal.passthrough.boot;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Edits of boot configurations as texts: the smallest change, and none where a text is not understood to its end. */
final class ConfigText {

    /** A plain assignment in one kind of quotes on one line; what a shell would still have to work out is left alone. */
    private static final Pattern ASSIGNMENT = Pattern.compile("^(\\s*(?:export\\s+)?)(GRUB_CMDLINE_LINUX(?:_DEFAULT)?)="
            + "(\"([^\"\\\\$`]*)\"|'([^'\\\\]*)'|([^\\s\"'\\\\$`#;]*))(\\s*(?:#.*)?)$");

    private ConfigText() {
    }

    /**
     * {@code /etc/default/grub} with parameters: in {@code GRUB_CMDLINE_LINUX_DEFAULT}, so that the recovery entry stays as it is, else in
     * {@code GRUB_CMDLINE_LINUX}.
     *
     * @return empty if no line of it can be edited safely
     */
    static Optional<String> grub(String text, List<String> parameters) {
        List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
        int at = last(lines, "GRUB_CMDLINE_LINUX_DEFAULT");
        if (at < 0) {
            at = last(lines, "GRUB_CMDLINE_LINUX");
        }
        Matcher assignment = ASSIGNMENT.matcher(at < 0 ? "" : lines.get(at));
        if (!assignment.matches()) {
            return Optional.empty();
        }
        String value = assignment.group(4) != null ? assignment.group(4) : assignment.group(5) != null ? assignment.group(5) : assignment.group(6);
        String quote = assignment.group(5) != null ? "'" : "\"";
        lines.set(at, assignment.group(1) + assignment.group(2) + "=" + quote + with(value, parameters) + quote + assignment.group(7));
        return Optional.of(String.join("\n", lines));
    }

    private static int last(List<String> lines, String name) {
        Pattern start = Pattern.compile("\\s*(?:export\\s+)?" + name + "\\+?=.*");
        for (int i = lines.size() - 1; i >= 0; i--) {
            if (start.matcher(lines.get(i)).matches()) {
                return i;
            }
        }
        return -1;
    }

    /** {@code /etc/kernel/cmdline}: its line that is no comment, or the first of several. */
    static String kernelLine(String text, List<String> parameters) {
        return line(text, row -> !row.isBlank() && !row.startsWith("#"), row -> with(row, parameters)).orElse(String.join(" ", parameters) + "\n");
    }

    /** An entry of the Boot Loader Specification: its first {@code options} line; empty if it has none. */
    static Optional<String> entry(String text, List<String> parameters) {
        return line(text, row -> row.matches("options\\s+.*"), row -> {
            Matcher options = Pattern.compile("(options\\s+)(.*)").matcher(row);
            return options.matches() ? options.group(1) + with(options.group(2), parameters) : row;
        });
    }

    private static Optional<String> line(String text, java.util.function.Predicate<String> which, UnaryOperator<String> edit) {
        List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
        for (int i = 0; i < lines.size(); i++) {
            if (which.test(lines.get(i))) {
                lines.set(i, edit.apply(lines.get(i)));
                return Optional.of(String.join("\n", lines));
            }
        }
        return Optional.empty();
    }

    private static String with(String line, List<String> parameters) {
        String edited = line;
        for (String parameter : parameters) {
            edited = Parameters.with(edited, parameter);
        }
        return edited;
    }
}
