package dev.dmarshal.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The reviewed table {@code classes.tsv}: the doctor's labels and the classes of the corpus taxonomy that they stand for. */
final class CauseClasses {

    private static final Map<String, String> CLASSES = read();

    private CauseClasses() {
    }

    /** The class of a label. */
    static Optional<String> of(String label) {
        return Optional.ofNullable(CLASSES.get(label));
    }

    /** The whole table. */
    static Map<String, String> all() {
        return CLASSES;
    }

    private static Map<String, String> read() {
        try (InputStream in = CauseClasses.class.getResourceAsStream("classes.tsv")) {
            Map<String, String> classes = new LinkedHashMap<>();
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    String[] cells = line.split("\t");
                    if (classes.put(cells[0], cells[1]) != null) {
                        throw new IllegalStateException("classes.tsv has " + cells[0] + " twice");
                    }
                }
            }
            return classes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
