package dev.dmarshal.lab.rows;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the files of rows: lines to {@link Row}s. What the statements mean is for {@link RowCompiler}. */
public final class RowReader {

    private static final Pattern ROW = Pattern.compile("([a-z0-9][a-z0-9-]*): (.*)");
    private static final Pattern DIFFERS = Pattern.compile("(differs|never) ([a-z0-9-]+)(?: (before|from) (\\d+)\\.(\\d+))?: (.+)");
    private static final Pattern TAIL = Pattern.compile("^(.*?)((?:\\s*\\[[^\\]]*\\])*)$");
    private static final Pattern NOTE = Pattern.compile("\\[([^\\]]*)\\]");

    private final String file;
    private final List<Row> rows = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();
    private final Map<String, Deviation> deviations = new HashMap<>();
    private String section = "";
    private List<String> base = List.of();

    private RowReader(String file) {
        this.file = file;
    }

    /** All rows, in the order of {@code spec/index.txt}. */
    public static List<Row> all() {
        List<Row> all = new ArrayList<>();
        for (String name : resource("index.txt").split("\n")) {
            all.addAll(read(name.trim(), resource(name.trim() + ".txt")));
        }
        return List.copyOf(all);
    }

    private static String resource(String name) {
        try (InputStream in = RowReader.class.getResourceAsStream("spec/" + name)) {
            if (in == null) {
                throw new RowException("there is no file of rows called " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The rows of one file; {@link RowException} with file and line where it is wrong. */
    public static List<Row> read(String file, String text) {
        RowReader reader = new RowReader(file);
        String[] lines = text.split("\n");
        for (int i = 0; i < lines.length;) {
            int first = i;
            StringBuilder whole = new StringBuilder(lines[i++]);
            while (i < lines.length && lines[i].startsWith("  ")) {
                whole.append(' ').append(lines[i++].strip());
            }
            String line = whole.toString().strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                reader.line(first + 1, line);
            }
        }
        return reader.rows;
    }

    private void line(int number, String line) {
        Matcher differs = DIFFERS.matcher(line);
        Matcher row = ROW.matcher(line);
        if (line.startsWith("section ")) {
            section = line.substring("section ".length());
        } else if (line.startsWith("base ")) {
            base = List.of(line.substring("base ".length()).split(" +"));
        } else if (differs.matches()) {
            deviations.put(differs.group(2), deviation(differs));
        } else if (row.matches()) {
            rows.add(row(number, row.group(1), row.group(2)));
        } else {
            throw error(number, "neither a row nor section, base, differs or never: " + line);
        }
    }

    private static Deviation deviation(Matcher matcher) {
        int version = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(4)) * 100 + Integer.parseInt(matcher.group(5));
        boolean before = "before".equals(matcher.group(3));
        return new Deviation(matcher.group(2), before ? 0 : version, before ? version : Integer.MAX_VALUE, matcher.group(1).equals("never"),
                matcher.group(6));
    }

    private Row row(int number, String name, String rest) {
        if (section.isEmpty() || base.isEmpty()) {
            throw error(number, "a row stands below its section and its base");
        }
        if (!ids.add(name)) {
            throw error(number, "two rows are called " + name);
        }
        Matcher tail = TAIL.matcher(rest);
        if (!tail.matches()) {
            throw error(number, "no row: " + rest);
        }
        List<String> decisions = new ArrayList<>();
        List<Deviation> known = new ArrayList<>();
        boolean stale = false;
        Matcher notes = NOTE.matcher(tail.group(2));
        while (notes.find()) {
            String note = notes.group(1);
            if (note.startsWith("qemu-differs ")) {
                known.add(named(number, note.substring("qemu-differs ".length())));
            } else if (note.equals("stale")) {
                stale = true;
            } else if (note.matches("[TC]\\d+|decided")) {
                decisions.add(note);
            } else {
                throw error(number, "a note is a decision, stale or qemu-differs: " + note);
            }
        }
        List<String> statements = new ArrayList<>();
        for (String statement : tail.group(1).split(";")) {
            statements.add(statement.strip());
        }
        return new Row(file + "/" + name, number, section, base, statements, stale, decisions, known);
    }

    private Deviation named(int number, String name) {
        Deviation deviation = deviations.get(name);
        if (deviation == null) {
            throw error(number, "the file does not say what differs " + name);
        }
        return deviation;
    }

    private RowException error(int number, String message) {
        return new RowException(file + ".txt:" + number + ": " + message);
    }
}
