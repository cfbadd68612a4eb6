package dev.dmarshal.host.groups;

import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.host.params.VersionRange;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The reviewed table {@code quirks.txt}. Immutable, read once. */
final class QuirkTable {

    private static final int COLUMNS = 7;

    private final List<QuirkRow> rows;
    private final Map<Integer, List<QuirkRow>> byVendor = new HashMap<>();
    /** Answers given before: hosts have many devices of few kinds. */
    private final Map<Integer, List<QuirkRow>> known = new ConcurrentHashMap<>();

    private QuirkTable(List<QuirkRow> rows) {
        this.rows = List.copyOf(rows);
        rows.forEach(row -> byVendor.computeIfAbsent(row.vendor(), vendor -> new ArrayList<>()).add(row));
    }

    /** The table that comes with the module. */
    static QuirkTable standard() {
        return Holder.STANDARD;
    }

    List<QuirkRow> rows() {
        return rows;
    }

    /** The rows that name a function, in the order of the table; none where its ids were not measured. */
    List<QuirkRow> of(PciFunction function) {
        if (function.ids().vendor().isEmpty() || function.ids().device().isEmpty()) {
            return List.of();
        }
        int vendor = function.ids().vendor().getAsInt();
        List<QuirkRow> ofVendor = byVendor.getOrDefault(vendor, List.of());
        int device = function.ids().device().getAsInt();
        return ofVendor.isEmpty() ? ofVendor : known.computeIfAbsent(vendor << 16 | device, pair -> ofVendor.stream().filter(row -> row.matches(device))
                .toList());
    }

    private static QuirkTable read() {
        try (InputStream stream = QuirkTable.class.getResourceAsStream("quirks.txt")) {
            if (stream == null) {
                throw new IllegalStateException("not in the module: quirks.txt");
            }
            List<QuirkRow> rows = new ArrayList<>();
            for (String line : new String(stream.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    rows.add(row(line));
                }
            }
            return new QuirkTable(rows);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static QuirkRow row(String line) {
        String[] column = line.split("\\|", -1);
        if (column.length != COLUMNS) {
            throw new IllegalStateException(column.length + " columns instead of " + COLUMNS + ": " + line);
        }
        QuirkRow.Effect effect = QuirkRow.Effect.valueOf(column[0].strip().toUpperCase(Locale.ROOT).replace('-', '_'));
        Optional<String> detail = Optional.of(column[5].strip()).filter(text -> !text.equals("-"));
        return new QuirkRow(effect, Integer.parseInt(column[1].strip(), 16), spans(column[2].strip()),
                VersionRange.parse(column[3].strip(), column[4].strip()), detail, column[6].strip());
    }

    private static List<QuirkRow.Span> spans(String text) {
        List<QuirkRow.Span> spans = new ArrayList<>();
        if (!text.equals("*")) {
            for (String part : text.split(",")) {
                int dash = part.indexOf('-');
                int first = Integer.parseInt(dash < 0 ? part : part.substring(0, dash), 16);
                spans.add(new QuirkRow.Span(first, dash < 0 ? first : Integer.parseInt(part.substring(dash + 1), 16)));
            }
        }
        return spans;
    }

    private static final class Holder {
        private static final QuirkTable STANDARD = read();
    }
}
