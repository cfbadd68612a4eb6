package dev.dmarshal.cli.page;

import java.io.PrintWriter;

/** Text for people: wraps to a width, indents, and marks headings in colour where the terminal has it. */
public final class Page {

    private static final int WIDEST = 100;
    private static final int NARROWEST = 40;
    private static final int NARROW = 80;

    private final StringBuilder text = new StringBuilder();
    private final int width;
    private final boolean colour;

    public Page(int width, boolean colour) {
        this.width = Math.clamp(width, NARROWEST, WIDEST);
        this.colour = colour;
    }

    /** A page for standard output: {@code COLUMNS} wide, coloured on a terminal unless {@code NO_COLOR} is set. */
    public static Page forTerminal() {
        boolean terminal = System.console() != null && System.console().isTerminal();
        return new Page(Screen.columns().orElse(WIDEST), terminal && System.getenv("NO_COLOR") == null);
    }

    /** Whether there is no room for columns. */
    public boolean narrow() {
        return width < NARROW;
    }

    public Page heading(String line) {
        return wrapped(0, 0, line, "\033[1m");
    }

    public Page line(int indent, String line) {
        text.repeat(' ', indent).append(line).append('\n');
        return this;
    }

    public Page blank() {
        text.append('\n');
        return this;
    }

    /** A paragraph, each line of it indented. */
    public Page paragraph(int indent, String words) {
        return wrapped(indent, indent, words, "");
    }

    /** A line in a colour (an ANSI sequence; none for {@code ""}) that goes on, where it is too long, below with {@code hang} blanks before it. */
    public Page row(int hang, String words, String style) {
        return wrapped(0, hang, words, style);
    }

    /** A label, and beside it a paragraph that stays clear of it. */
    public Page labelled(int indent, String label, String words) {
        int hang = indent + 10;
        String padded = label + " ".repeat(Math.max(1, 10 - label.length()));
        return wrapped(indent, hang, padded + words, "");
    }

    private Page wrapped(int first, int rest, String words, String style) {
        StringBuilder line = new StringBuilder(" ".repeat(first));
        boolean fresh = true;
        for (String word : words.split(" ", -1)) {
            if (!fresh && line.length() + 1 + word.length() > width) {
                put(line, style);
                line = new StringBuilder(" ".repeat(rest));
                fresh = true;
            }
            line.append(fresh ? "" : " ").append(word);
            fresh = false;
        }
        put(line, style);
        return this;
    }

    private void put(StringBuilder line, String style) {
        boolean styled = colour && !style.isEmpty();
        text.append(styled ? style : "").append(line.toString().stripTrailing()).append(styled ? "\033[0m" : "").append('\n');
    }

    public void print(PrintWriter out) {
        out.print(text);
        out.flush();
    }
}
