package dev.dmarshal.doctor.cause;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the reviewed tables of knowledge that lie beside the causes: one row a line, cells parted by tabs, {@code #} begins a remark; the last cell
 * is the row's source.
 */
public final class Rows {

    private Rows() {
    }

    /** All rows of a table, each of which must have this many cells. */
    public static List<List<String>> read(String name, int cells) {
        try (InputStream in = Rows.class.getResourceAsStream(name)) {
            List<List<String>> rows = new ArrayList<>();
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    List<String> row = List.of(line.split("\t"));
                    if (row.size() != cells || row.stream().anyMatch(String::isBlank)) {
                        throw new IllegalStateException(name + ": a row needs " + cells + " cells: " + line);
                    }
                    rows.add(row);
                }
            }
            return List.copyOf(rows);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
