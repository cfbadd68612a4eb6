package dev.dmarshal.host.params;

import dev.dmarshal.host.version.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The reviewed tables of parameters. Safe for several threads.
 *
 * <p>Rows are taken apart when their parameter is first asked for: a command line has a handful of the names, and taking all rows apart was a fifth
 * of the whole
 * run of {@code doctor} on a short log when measured.
 */
public final class Catalogue {

    private static final int ROW_COLUMNS = 10;
    private static final int NAME_COLUMNS = 5;

    private final List<ParameterName> names;
    private final Map<String, ParameterName> byName = new HashMap<>();
    private final Map<String, List<String>> linesByName = new LinkedHashMap<>();
    private final Map<String, List<CatalogueRow>> rowsByName = new ConcurrentHashMap<>();

    private Catalogue(List<ParameterName> names, List<String> lines) {
        this.names = List.copyOf(names);
        names.forEach(name -> byName.put(index(name.platform(), name.name()), name));
        for (String line : lines) {
            int end = line.indexOf('|');
            int next = line.indexOf('|', end + 1);
            String key = index(platform(line.substring(0, end).strip()), line.substring(end + 1, next).strip());
            linesByName.computeIfAbsent(key, none -> new ArrayList<>()).add(line);
        }
    }

    /** The catalogue that comes with the module. */
    public static Catalogue standard() {
        return Holder.STANDARD;
    }

    /** All rows, those of one parameter together. */
    public List<CatalogueRow> rows() {
        return linesByName.keySet().stream().flatMap(key -> rows(key).stream()).toList();
    }

    /** All names, in the order of the table. */
    public List<ParameterName> names() {
        return names;
    }

    /** How a parameter is read; on Linux dashes and underscores in the name are the same here. */
    public Optional<ParameterName> name(Platform platform, String name) {
        return Optional.ofNullable(byName.get(index(platform, name)));
    }

    /** The first row with this key. */
    public Optional<CatalogueRow> row(String key) {
        int colon = key.indexOf(':');
        int equals = key.indexOf('=', colon);
        if (colon < 0 || equals < 0) {
            return Optional.empty();
        }
        return rowsOf(platform(key.substring(0, colon)), key.substring(colon + 1, equals)).stream().filter(row -> row.key().equals(key)).findFirst();
    }

    List<CatalogueRow> rowsOf(Platform platform, String name) {
        return rows(index(platform, name));
    }

    private List<CatalogueRow> rows(String index) {
        return rowsByName.computeIfAbsent(index, key -> linesByName.getOrDefault(key, List.of()).stream().map(line -> row(columns(line, ROW_COLUMNS)))
                .toList());
    }

    private static String index(Platform platform, String name) {
        return platform + ":" + ParameterName.canonical(platform, name);
    }

    private static List<String> table(String resource) {
        try (InputStream stream = Catalogue.class.getResourceAsStream(resource)) {
            if (stream == null) {
                throw new IllegalStateException("not in the module: " + resource);
            }
            List<String> table = new ArrayList<>();
            for (String line : new String(stream.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    table.add(line);
                }
            }
            return table;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String[] columns(String line, int count) {
        String[] columns = line.split("\\|", -1);
        if (columns.length != count) {
            throw new IllegalStateException(columns.length + " columns instead of " + count + ": " + line);
        }
        for (int i = 0; i < count; i++) {
            columns[i] = columns[i].strip();
        }
        return columns;
    }

    private static Platform platform(String text) {
        return Platform.valueOf(text.toUpperCase(Locale.ROOT));
    }

    private static ParameterName name(String[] column) {
        return new ParameterName(platform(column[0]), column[1], ParameterName.Kind.valueOf(column[2].toUpperCase(Locale.ROOT)),
                choice(column[3], "comma", "whole"), choice(column[4], "last", "each"));
    }

    private static boolean choice(String text, String yes, String no) {
        if (!text.equals(yes) && !text.equals(no)) {
            throw new IllegalStateException(text + " is neither " + yes + " nor " + no);
        }
        return text.equals(yes);
    }

    private static CatalogueRow row(String[] column) {
        boolean slip = "typo".equals(column[3]);
        boolean never = slip || "never".equals(column[3]);
        VersionRange releases = never ? VersionRange.NEVER : VersionRange.parse(column[3], column[4]);
        Protection protection = "breaks".equals(column[6]) ? Protection.BREAKS_PASSTHROUGH
                : Protection.valueOf(column[6].toUpperCase(Locale.ROOT));
        return new CatalogueRow(platform(column[0]), column[1], column[2], releases, slip, present(column[5]), protection, present(column[7]),
                column[8], column[9]);
    }

    private static Optional<String> present(String text) {
        return "-".equals(text) ? Optional.empty() : Optional.of(text);
    }

    /** Read once, on first use. */
    private static final class Holder {
        private static final Catalogue STANDARD = new Catalogue(table("names.txt").stream().map(line -> name(columns(line, NAME_COLUMNS))).toList(),
                table("parameters.txt"));
    }
}
