package dev.dmarshal.cli.page;

import java.util.OptionalInt;

/**
 * What standard output is: how wide, and whether it shows colour.
 *
 * @param width  columns
 * @param colour whether to use colours
 */
public record Screen(int width, boolean colour) {

    private static final int USUAL = 100;
    private static final int NARROWEST = 40;
    private static final int WIDEST = 240;

    public static final String RED = "\033[31m";
    public static final String GREEN = "\033[32m";
    public static final String YELLOW = "\033[33m";
    public static final String DIM = "\033[2m";
    public static final String BOLD = "\033[1m";
    private static final String PLAIN = "\033[0m";

    /** Standard output: {@code COLUMNS} wide, coloured on a terminal unless {@code NO_COLOR} is set. */
    public static Screen ofTerminal() {
        boolean terminal = System.console() != null && System.console().isTerminal();
        return new Screen(Math.clamp(columns().orElse(USUAL), NARROWEST, WIDEST), terminal && System.getenv("NO_COLOR") == null);
    }

    /** What {@code COLUMNS} says. */
    public static OptionalInt columns() {
        String columns = System.getenv("COLUMNS");
        return columns != null && columns.matches("[0-9]{1,4}") ? OptionalInt.of(Integer.parseInt(columns)) : OptionalInt.empty();
    }

    public String in(String style, String text) {
        return colour && !style.isEmpty() ? style + text + PLAIN : text;
    }

    /** Cut or padded to a number of columns. */
    public static String fit(String text, int columns) {
        if (text.length() > columns) {
            return columns < 2 ? text.substring(0, Math.max(columns, 0)) : text.substring(0, columns - 1) + "…";
        }
        return text + " ".repeat(columns - text.length());
    }
}
