package dev.dmarshal.lab.rows;

import dev.dmarshal.core.pci.SourceId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words of a statement, taken from the front; what is left over at the end is an error. Numbers are hexadecimal, or one digit. */
final class Words {

    private static final Pattern SOURCE = Pattern.compile("([0-9a-f]{2}):([0-9a-f]{2})\\.([0-7])");
    private static final Pattern SYMBOL = Pattern.compile("@([a-z0-9-]+?)(?:\\+(0x[0-9a-f]+|[0-9]))?");

    private final String text;
    private final Deque<String> words;

    Words(String text) {
        this.text = text;
        this.words = new ArrayDeque<>(List.of(text.strip().split("\\s+")));
    }

    boolean more() {
        return !words.isEmpty();
    }

    String next() {
        if (words.isEmpty()) {
            throw new RowException("something is missing at the end of: " + text);
        }
        return words.removeFirst();
    }

    /** Takes the word if it comes next. */
    boolean take(String word) {
        boolean found = word.equals(words.peekFirst());
        if (found) {
            words.removeFirst();
        }
        return found;
    }

    Optional<String> peek() {
        return Optional.ofNullable(words.peekFirst());
    }

    long number() {
        return number(next());
    }

    /** Nothing may be left. */
    void end() {
        if (!words.isEmpty()) {
            throw new RowException("not understood: \"" + String.join(" ", words) + "\" in: " + text);
        }
    }

    static boolean isNumber(String word) {
        return word.matches("0x[0-9a-f]{1,16}|[0-9]|@.*");
    }

    static long number(String word) {
        Matcher symbol = SYMBOL.matcher(word);
        if (symbol.matches()) {
            return Ground.at(symbol.group(1)) + (symbol.group(2) == null ? 0 : number(symbol.group(2)));
        }
        if (!isNumber(word)) {
            throw new RowException("no number (0x…, one digit, @name): " + word);
        }
        return word.startsWith("0x") ? Long.parseUnsignedLong(word.substring(2), 16) : Long.parseLong(word);
    }

    /** A fault code as the specification writes it: two digits and h. */
    static int code(String word) {
        if (!word.matches("[0-9A-F]{2}h")) {
            throw new RowException("no fault code (such as 0Bh): " + word);
        }
        return Integer.parseInt(word.substring(0, 2), 16);
    }

    static int source(String word) {
        Matcher matcher = SOURCE.matcher(word);
        if (!matcher.matches()) {
            throw new RowException("no device (such as 00:03.0): " + word);
        }
        return SourceId.of(Integer.parseInt(matcher.group(1), 16), Integer.parseInt(matcher.group(2), 16), Integer.parseInt(matcher.group(3))).value();
    }

    static boolean isSource(String word) {
        return SOURCE.matcher(word).matches();
    }

    static String only(List<String> arguments) {
        if (arguments.size() != 1) {
            throw new RowException("one argument is wanted, not " + arguments);
        }
        return arguments.getFirst();
    }

    static long optional(List<String> arguments, long otherwise) {
        return arguments.isEmpty() ? otherwise : number(only(arguments));
    }
}
