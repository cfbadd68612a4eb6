package dev.dmarshal.passthrough.xen;

import dev.dmarshal.passthrough.xen.XlTokens.Kind;
import dev.dmarshal.passthrough.xen.XlTokens.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A guest's configuration file (xl.cfg(5)), and its {@code pci = […]} entries. Editing changes only the list of devices: every other character, comments and
 * blanks included, stays where it was. Immutable.
 *
 * <p>The grammar is that of Xen's tools/libs/util/libxlu_cfg_y.y: {@code name = value} and {@code name += value}, ended by a new line or {@code ;}; a value is
 * a string, a number or a list; a later {@code =} replaces an earlier one. What {@code xm} took besides, any Python, {@code xl} refuses, and so does this.
 */
public final class XlConfig {

    private static final String PCI = "pci";

    private final String text;
    private final List<Assignment> assignments;

    private record Item(Token token, int end) {
    }

    /** @param close offset of the list's {@code ]}, or of the value's end if it is no list */
    private record Assignment(String name, boolean adds, boolean list, List<Item> items, int start, int close) {
    }

    private XlConfig(String text, List<Assignment> assignments) {
        this.text = text;
        this.assignments = List.copyOf(assignments);
    }

    /** Reads a configuration. */
    public static XlConfig parse(String text) throws XlSyntaxException {
        return new XlConfig(text, new Reader(XlTokens.of(text)).assignments());
    }

    /** The whole text. */
    public String text() {
        return text;
    }

    /** A string or number by its name, such as {@code name} or {@code type}; the last one counts. */
    public Optional<String> value(String name) {
        return assignments.stream().filter(assignment -> assignment.name().equals(name) && !assignment.list() && !assignment.items().isEmpty())
                .reduce((first, last) -> last).map(assignment -> unquoted(assignment.items().getFirst().token()));
    }

    /** The strings of a list, such as {@code vif}; what is added to it included, lists in it not. A lone string counts as a list of one. */
    public List<String> values(String name) {
        return inForce(name).stream().flatMap(assignment -> assignment.items().stream()).map(item -> unquoted(item.token())).toList();
    }

    /** Whether it says anything by this name. */
    public boolean has(String name) {
        return assignments.stream().anyMatch(assignment -> assignment.name().equals(name));
    }

    /** The entries of {@code pci}, in order; an entry that cannot be read is {@link PciEntry.Unreadable}. */
    public List<PciEntry> devices() {
        return entries().stream().map(PciEntry::parse).toList();
    }

    /** The entries of {@code pci} as they are written, without their quotes. */
    public List<String> entries() {
        return values(PCI);
    }

    /** With one more entry at the end of the list. */
    public XlConfig with(PciEntry.Device entry) {
        String quoted = "'" + entry + "'";
        List<Assignment> lists = inForce(PCI);
        if (lists.isEmpty()) {
            String gap = text.isEmpty() || text.endsWith("\n") ? "" : "\n";
            return again(text + gap + "pci = [ " + quoted + " ]\n");
        }
        Assignment list = lists.getLast();
        if (!list.list()) {
            String old = text.substring(list.items().getFirst().token().start(), list.close());
            return again(text.substring(0, list.items().getFirst().token().start()) + "[ " + old + ", " + quoted + " ]" + text.substring(list.close()));
        }
        if (list.items().isEmpty()) {
            return again(text.substring(0, list.close()) + (text.charAt(list.close() - 1) == '[' ? " " : "") + quoted + " " + text.substring(list.close()));
        }
        return again(inserted(list, quoted));
    }

    /** Behind the last entry; on a line of its own if the last entry has one. What follows that on its line, such as a comment, stays there. */
    private String inserted(Assignment list, String quoted) {
        Item last = list.items().getLast();
        boolean comma = last.end() > last.token().end();
        int behind = comma ? last.end() : last.token().end();
        int lineEnd = text.indexOf('\n', behind);
        if (lineEnd < 0 || lineEnd >= list.close()) {
            return text.substring(0, behind) + (comma ? " " : ", ") + quoted + text.substring(behind);
        }
        int lineStart = text.lastIndexOf('\n', last.token().start()) + 1;
        String before = text.substring(lineStart, last.token().start());
        String indent = before.isBlank() ? before : " ".repeat(before.length());
        return text.substring(0, behind) + (comma ? "" : ",") + text.substring(behind, lineEnd + 1) + indent + quoted + ",\n" + text.substring(lineEnd + 1);
    }

    /** Without the entries that are exactly about these functions; the same configuration if there are none. Comments beside an entry stay. */
    public XlConfig without(PciEntry.Device entry) {
        for (Assignment list : inForce(PCI)) {
            List<Item> items = list.items();
            for (int index = 0; index < items.size(); index++) {
                if (PciEntry.parse(unquoted(items.get(index).token())) instanceof PciEntry.Device found && found.sameFunctions(entry)) {
                    return again(list.list() ? removed(items, index) : text.substring(0, list.items().getFirst().token().start()) + "[ ]" + text.substring(
                            list.close())).without(entry);
                }
            }
        }
        return this;
    }

    private String removed(List<Item> items, int index) {
        Item item = items.get(index);
        int from = item.token().start();
        int to = item.end();
        if (to == item.token().end() && index > 0) {
            from = items.get(index - 1).token().end();
        }
        int lineStart = text.lastIndexOf('\n', from - 1) + 1;
        int lineEnd = text.indexOf('\n', to);
        if (lineEnd >= 0 && text.substring(lineStart, from).isBlank() && text.substring(to, lineEnd).isBlank()) {
            return text.substring(0, lineStart) + text.substring(lineEnd + 1);
        }
        while (to < text.length() && text.charAt(to) == ' ' && (from == 0 || text.charAt(from - 1) == ' ')) {
            to++;
        }
        return text.substring(0, from) + text.substring(to);
    }

    /** The assignments of a name that count: the last {@code =} and what is added after it. */
    private List<Assignment> inForce(String name) {
        List<Assignment> found = new ArrayList<>();
        for (Assignment assignment : assignments) {
            if (assignment.name().equals(name)) {
                if (!assignment.adds()) {
                    found.clear();
                }
                found.add(assignment);
            }
        }
        return found;
    }

    private static XlConfig again(String changed) {
        try {
            return parse(changed);
        } catch (XlSyntaxException e) {
            throw new IllegalStateException("an edit made the configuration unreadable: " + e.getMessage(), e);
        }
    }

    private static String unquoted(Token token) {
        return token.kind() == Kind.STRING ? token.text().substring(1, token.text().length() - 1).replaceAll("\\\\(.)", "$1") : token.text();
    }

    private static final class Reader {

        private final List<Token> tokens;
        private int next;

        Reader(List<Token> tokens) {
            this.tokens = tokens;
        }

        List<Assignment> assignments() throws XlSyntaxException {
            List<Assignment> found = new ArrayList<>();
            while (peek().kind() != Kind.END) {
                if (peek().kind() == Kind.NEWLINE || peek().is(";")) {
                    next++;
                    continue;
                }
                found.add(assignment());
                if (peek().kind() != Kind.NEWLINE && !peek().is(";") && peek().kind() != Kind.END) {
                    throw wrong("a new line or \";\"");
                }
            }
            return found;
        }

        private Assignment assignment() throws XlSyntaxException {
            Token name = peek();
            if (name.kind() != Kind.NAME) {
                throw wrong("the name of a setting");
            }
            next++;
            boolean adds = peek().is("+=");
            if (!adds && !peek().is("=")) {
                throw wrong("\"=\"");
            }
            next++;
            if (!peek().is("[")) {
                Item only = atom();
                return new Assignment(name.text(), adds, false, List.of(only), name.start(), only.token().end());
            }
            List<Item> items = new ArrayList<>();
            Token open = peek();
            int close = list(items);
            if (name.text().equals(PCI) && text(open, close).contains("[")) {
                throw new XlSyntaxException(open.line(), "a list within the list of devices");
            }
            return new Assignment(name.text(), adds, true, items, name.start(), close);
        }

        /** Reads a list with the lists in it, of which only the strings of the outermost are kept. */
        private int list(List<Item> items) throws XlSyntaxException {
            next++;
            skipLines();
            while (!peek().is("]")) {
                if (peek().is("[")) {
                    list(new ArrayList<>());
                } else {
                    items.add(atom());
                }
                skipLines();
                if (peek().is(",")) {
                    if (!items.isEmpty()) {
                        items.set(items.size() - 1, new Item(items.getLast().token(), peek().end()));
                    }
                    next++;
                    skipLines();
                } else if (!peek().is("]")) {
                    throw wrong("\",\" or \"]\"");
                }
            }
            int close = peek().start();
            next++;
            return close;
        }

        private Item atom() throws XlSyntaxException {
            Token token = peek();
            if (token.kind() != Kind.STRING && token.kind() != Kind.NUMBER) {
                throw wrong("a string or a number");
            }
            next++;
            return new Item(token, token.end());
        }

        /** The words between two places, without comments. */
        private String text(Token open, int close) {
            return tokens.stream().filter(token -> token.start() > open.start() && token.start() < close && token.kind() == Kind.SIGN).map(Token::text)
                    .reduce("", String::concat);
        }

        private void skipLines() {
            while (peek().kind() == Kind.NEWLINE) {
                next++;
            }
        }

        private Token peek() {
            return tokens.get(next);
        }

        private XlSyntaxException wrong(String wanted) {
            Token found = peek();
            String words = found.kind() == Kind.END ? "the end" : found.kind() == Kind.NEWLINE ? "the line's end" : found.text();
            return new XlSyntaxException(found.line(), "found " + words + " where " + wanted + " belongs");
        }
    }
}
