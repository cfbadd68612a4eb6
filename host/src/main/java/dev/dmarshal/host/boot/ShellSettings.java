package dev.dmarshal.host.boot;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Assignments of a file that a shell reads, such as {@code /etc/default/grub}: quotes, continued lines, and settings that name earlier ones. Anything else that
 * a shell could do is passed over; nothing is run.
 */
final class ShellSettings {

    private static final Pattern ASSIGNMENT = Pattern.compile("\\s*(?:export\\s+)?([A-Za-z_][A-Za-z0-9_]*)(\\+?)=(.*)");
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{([A-Za-z_][A-Za-z0-9_]*)\\}|([A-Za-z_][A-Za-z0-9_]*))");

    private final Map<String, String> values = new LinkedHashMap<>();

    /** Reads a file on top of those read before, as a shell would. */
    ShellSettings read(String text) {
        text.replace("\\\n", "").lines().forEach(this::line);
        return this;
    }

    private void line(String line) {
        Matcher assignment = ASSIGNMENT.matcher(line);
        if (assignment.matches()) {
            String value = value(assignment.group(3));
            values.put(assignment.group(1), assignment.group(2).isEmpty() ? value : values.getOrDefault(assignment.group(1), "") + value);
        }
    }

    Optional<String> get(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** What a shell makes of the text behind the equals sign, up to a blank or a comment outside quotes. */
    private String value(String written) {
        StringBuilder value = new StringBuilder();
        int at = 0;
        while (at < written.length()) {
            char c = written.charAt(at);
            if (c == '\'') {
                int end = written.indexOf('\'', at + 1);
                value.append(written, at + 1, end < 0 ? written.length() : end);
                at = end < 0 ? written.length() : end + 1;
            } else if (c == '"') {
                int end = closing(written, at + 1);
                value.append(expanded(written.substring(at + 1, end).replace("\\\"", "\"")));
                at = end + 1;
            } else if (c == ' ' || c == '\t' || c == '#' || c == ';') {
                return value.toString();
            } else {
                int end = at;
                while (end < written.length() && "'\" \t;".indexOf(written.charAt(end)) < 0) {
                    end++;
                }
                value.append(expanded(written.substring(at, end)));
                at = end;
            }
        }
        return value.toString();
    }

    private static int closing(String text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) != '"') {
            at += text.charAt(at) == '\\' ? 2 : 1;
        }
        return Math.min(at, text.length());
    }

    private String expanded(String text) {
        return expand(text, values);
    }

    /** Puts known variables in place; unknown ones are empty, as in a shell. */
    static String expand(String text, Map<String, String> values) {
        return VARIABLE.matcher(text).replaceAll(match -> Matcher.quoteReplacement(values.getOrDefault(match.group(1) != null ? match.group(1)
                : match.group(2), "")));
    }
}
