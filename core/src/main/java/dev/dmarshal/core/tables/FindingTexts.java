package dev.dmarshal.core.tables;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The reviewed texts of findings about tables: {@code findings.txt} beside this class. */
public final class FindingTexts {

    /** How much a finding weighs. */
    public enum Weight {
        /** A device can do harm, or does not work. */
        DANGER,
        /** Look at it. */
        WARNING,
        /** Worth knowing. */
        NOTE,
        /** The image does not allow to say. */
        UNMEASURED
    }

    /**
     * A row.
     *
     * @param label   stable name
     * @param weight  how much it weighs
     * @param title   what it is
     * @param meaning what it means
     * @param action  what to do
     */
    public record Text(String label, Weight weight, String title, String meaning, String action) {
    }

    private static final class Holder {
        private static final Map<String, Text> ROWS = read();
    }

    private FindingTexts() {
    }

    /** All rows by label, in the order of the table. */
    public static Map<String, Text> all() {
        return Holder.ROWS;
    }

    /** The row of a label. */
    public static Optional<Text> of(String label) {
        return Optional.ofNullable(Holder.ROWS.get(label));
    }

    private static Map<String, Text> read() {
        Map<String, Text> rows = new LinkedHashMap<>();
        try (InputStream in = FindingTexts.class.getResourceAsStream("findings.txt")) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    String[] cells = line.split(" \\| ");
                    rows.put(cells[0], new Text(cells[0], Weight.valueOf(cells[1].toUpperCase(java.util.Locale.ROOT)), cells[2], cells[3], cells[4]));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Collections.unmodifiableMap(rows);
    }
}
