package dev.dmarshal.host.capture;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The list of what is read of a machine: {@code inputs.txt}, a reviewed table. */
public final class Inputs {

    private static final String TABLE = "inputs.txt";
    private static final int COLUMNS = 5;

    private final List<Input> rows;

    private Inputs(List<Input> rows) {
        this.rows = List.copyOf(rows);
    }

    /** The list that the program carries. */
    public static Inputs standard() {
        try (InputStream in = Inputs.class.getResourceAsStream(TABLE)) {
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes a table apart; throws if a row is malformed, since it is part of the program. */
    static Inputs parse(String text) {
        List<Input> rows = new ArrayList<>();
        for (String line : text.split("\n")) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] columns = line.split(" \\| ", -1);
            if (columns.length != COLUMNS) {
                throw new IllegalStateException(TABLE + ": not " + COLUMNS + " columns: " + line);
            }
            rows.add(new Input(columns[0].strip(), Input.How.valueOf(columns[1].strip().toUpperCase(Locale.ROOT)),
                    Privacy.valueOf(columns[2].strip().toUpperCase(Locale.ROOT)), Integer.parseInt(columns[3].strip()), columns[4].strip()));
        }
        return new Inputs(rows);
    }

    /** The rows, in the order of the table. */
    public List<Input> rows() {
        return rows;
    }

    /** A pattern without alternatives in braces: one for each. {@code {release}} stays. */
    static List<String> expand(String pattern) {
        int open = pattern.indexOf('{');
        while (open >= 0 && pattern.startsWith("{release}", open)) {
            open = pattern.indexOf('{', open + 1);
        }
        if (open < 0) {
            return List.of(pattern);
        }
        int close = pattern.indexOf('}', open);
        List<String> all = new ArrayList<>();
        for (String one : pattern.substring(open + 1, close).split(",")) {
            all.addAll(expand(pattern.substring(0, open) + one + pattern.substring(close + 1)));
        }
        return all;
    }

    /** A pattern of a path, or of one name in it, as a regular expression. */
    static Pattern glob(String pattern) {
        StringBuilder regex = new StringBuilder();
        for (String part : pattern.replace("{release}", "*").splitWithDelimiters("\\*|\\[0-9\\]", 0)) {
            regex.append(part.equals("*") ? "[^/]*" : part.equals("[0-9]") ? part : Pattern.quote(part));
        }
        return Pattern.compile(regex.toString());
    }
}
