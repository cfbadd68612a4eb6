package dev.dmarshal.core.fault;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One wording of a line: literals and named holes, one declaration for reading and writing.
 *
 * <p>A hole is {@code {name}} (anything, as little as possible; at the end of the wording all that is left) or {@code {name:type}} with type
 * {@code hex} or {@code dec} (digits, at least one), {@code word} (no space, at least one), {@code bdf} (a PCI address as the kernel prints it).
 * {@code {device}} is a {@code bdf} and {@code {driver}} a {@code word} without being told so.
 *
 * <p>A wording is taken apart when it is first needed: there are some five hundred, and a log holds few of them. Safe for several threads.
 */
public final class Wording {

    private static final int MOST_TRIES = 16;

    /** A piece of a wording. */
    public sealed interface Part {
    }

    /** Text that stands in the line as it is. */
    public record Literal(String text) implements Part {
    }

    /** A part that varies. */
    public record Hole(String name, Type type) implements Part {
    }

    /** What may stand in a hole. */
    public enum Type {
        /** Anything. */
        ANY,
        /** Hexadecimal digits. */
        HEX,
        /** Decimal digits. */
        DEC,
        /** Anything but white space. */
        WORD,
        /** A PCI address, with or without segment. */
        BDF
    }

    private final MessageKind kind;
    private final String text;
    private final String source;
    private final int order;
    private volatile List<Part> parts;

    /** The wording that is declared as number {@code order}. */
    Wording(MessageKind kind, String text, String source, int order) {
        this.kind = kind;
        this.text = text;
        this.source = source;
        this.order = order;
    }

    /** What the line says. */
    public MessageKind kind() {
        return kind;
    }

    /** The wording, as it is declared. */
    public String text() {
        return text;
    }

    /** Where it stands: a file of Linux, Xen, QEMU, libvirt, and since or until when. */
    public String source() {
        return source;
    }

    /** The wording, taken apart; refuses a hole of any text with another hole right behind it. */
    public List<Part> parts() {
        List<Part> known = parts;
        if (known == null) {
            known = checked(text, split(text));
            parts = known;
        }
        return known;
    }

    /** How many wordings were declared before it. */
    int order() {
        return order;
    }

    /** The longest text that stands in it from {@code start} on. */
    String longestLiteral(int start) {
        int best = start;
        int bestEnd = start;
        int from = start;
        for (int open = text.indexOf('{', from); open >= 0; open = text.indexOf('{', from)) {
            if (open - from > bestEnd - best) {
                best = from;
                bestEnd = open;
            }
            from = text.indexOf('}', open) + 1;
        }
        return text.length() - from > bestEnd - best ? text.substring(from) : text.substring(best, bestEnd);
    }

    private static List<Part> checked(String text, List<Part> parts) {
        for (int i = 1; i < parts.size(); i++) {
            if (parts.get(i) instanceof Hole && parts.get(i - 1) instanceof Hole before && before.type() == Type.ANY) {
                throw new IllegalArgumentException("where does one hole end? " + text);
            }
        }
        return List.copyOf(parts);
    }

    private static List<Part> split(String text) {
        List<Part> parts = new ArrayList<>();
        int from = 0;
        for (int open = text.indexOf('{'); open >= 0; open = text.indexOf('{', from)) {
            int close = text.indexOf('}', open);
            if (open > from) {
                parts.add(new Literal(text.substring(from, open)));
            }
            parts.add(hole(text.substring(open + 1, close)));
            from = close + 1;
        }
        if (from < text.length()) {
            parts.add(new Literal(text.substring(from)));
        }
        return parts;
    }

    private static Hole hole(String text) {
        int colon = text.indexOf(':');
        if (colon >= 0) {
            return new Hole(text.substring(0, colon), Type.valueOf(text.substring(colon + 1).toUpperCase(Locale.ROOT)));
        }
        return new Hole(text, switch (text) {
            case "device" -> Type.BDF;
            case "driver" -> Type.WORD;
            default -> Type.ANY;
        });
    }

    /** The line that says this with these fields; a hole without a field stays out. */
    public String render(Map<String, String> fields) {
        StringBuilder line = new StringBuilder();
        for (Part part : parts()) {
            line.append(part instanceof Hole hole ? fields.getOrDefault(hole.name(), "") : ((Literal) part).text());
        }
        return line.toString();
    }

    /** The fields of {@code line}, if it is of this wording. */
    public Optional<Map<String, String>> parse(String line) {
        Map<String, String> fields = new LinkedHashMap<>();
        return match(parts(), line, 0, 0, fields) ? Optional.of(fields) : Optional.empty();
    }

    /** Matches the parts from {@code index} on at {@code at}. A hole of any text tries the next places of the literal behind it, a bounded number of them. */
    private static boolean match(List<Part> parts, String line, int at, int index, Map<String, String> fields) {
        if (index == parts.size()) {
            return at == line.length();
        }
        // No pattern switch: its bootstrap costs milliseconds at every start, and this runs at every start.
        if (parts.get(index) instanceof Literal literal) {
            return line.startsWith(literal.text(), at) && match(parts, line, at + literal.text().length(), index + 1, fields);
        }
        Hole hole = (Hole) parts.get(index);
        if (hole.type() == Type.ANY) {
            return any(parts, line, at, index, fields);
        }
        int end = end(parts, index, line, at);
        fields.put(hole.name(), end < 0 ? "" : line.substring(at, end));
        return end >= 0 && match(parts, line, end, index + 1, fields);
    }

    private static boolean any(List<Part> parts, String line, int at, int index, Map<String, String> fields) {
        String name = ((Hole) parts.get(index)).name();
        if (index + 1 == parts.size()) {
            fields.put(name, line.substring(at));
            return true;
        }
        String next = ((Literal) parts.get(index + 1)).text();
        int end = line.indexOf(next, at);
        for (int tries = 0; end >= 0 && tries < MOST_TRIES; tries++) {
            fields.put(name, line.substring(at, end));
            if (match(parts, line, end, index + 1, fields)) {
                return true;
            }
            end = line.indexOf(next, end + 1);
        }
        return false;
    }

    private static int end(List<Part> parts, int index, String line, int from) {
        Hole hole = (Hole) parts.get(index);
        int end = from;
        while (end < line.length() && fits(hole.type(), line.charAt(end))) {
            end++;
        }
        // A word or an address may have swallowed the literal that follows, such as the colon after a device.
        if (hole.type() != Type.HEX && hole.type() != Type.DEC && index + 1 < parts.size() && parts.get(index + 1) instanceof Literal next) {
            int back = line.lastIndexOf(next.text(), end);
            end = back > from && back < end ? back : end;
        }
        return end > from ? end : -1;
    }

    private static boolean fits(Type type, char c) {
        return switch (type) {
            case ANY -> true;
            case WORD -> c > ' ';
            case DEC -> c >= '0' && c <= '9';
            case HEX -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
            case BDF -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' || c == ':' || c == '.';
        };
    }
}
