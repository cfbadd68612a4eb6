package dev.dmarshal.host.params;

import dev.dmarshal.host.version.Platform;
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

/** The reviewed tables of parameters. Immutable. */
public final class Catalogue {

    private static final int ROW_COLUMNS = 10;
    private static final int NAME_COLUMNS = 5;

    private final List<CatalogueRow> rows;
    private final List<ParameterName> names;
    private final Map<String, ParameterName> byName = new HashMap<>();
    private final Map<String, List<CatalogueRow>> rowsByName = new HashMap<>();
    private final Map<String, CatalogueRow> byKey = new HashMap<>();

    private Catalogue(List<ParameterName> names, List<CatalogueRow> rows) {
        this.names = List.copyOf(names);
        this.rows = List.copyOf(rows);
        names.forEach(name -> byName.put(index(name.platform(), name.name()), name));
        for (CatalogueRow row : rows) {
            rowsByName.computeIfAbsent(index(row.platform(), row.name()), key -> new ArrayList<>()).add(row);
            byKey.putIfAbsent(row.key(), row);
        }
    }

    /** The catalogue that comes with the module. */
    public static Catalogue standard() {
        return Holder.STANDARD;
    }

    /** All rows, in the order of the table. */
    public List<CatalogueRow> rows() {
        return rows;
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
        return Optional.ofNullable(byKey.get(key));
    }

    List<CatalogueRow> rowsOf(Platform platform, String name) {
        return rowsByName.getOrDefault(index(platform, name), List.of());
    }

    private static String index(Platform platform, String name) {
        return platform + ":" + ParameterName.canonical(platform, name);
    }

    private static List<String[]> table(String resource, int columns) {
        try (InputStream stream = Catalogue.class.getResourceAsStream(resource)) {
            if (stream == null) {
                throw new IllegalStateException("not in the module: " + resource);
            }
            List<String[]> table = new ArrayList<>();
            for (String line : new String(stream.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    table.add(columns(line, columns));
                }
            }
            return table;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String[] columns(String line, int count) {
        String[] columns = line.strip().split("\\s*\\|\\s*", -1);
        if (columns.length != count) {
            throw new IllegalStateException(columns.length + " columns instead of " + count + ": " + line);
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
        private static final Catalogue STANDARD = new Catalogue(
                table("names.txt", NAME_COLUMNS).stream().map(Catalogue::name).toList(),
                table("parameters.txt", ROW_COLUMNS).stream().map(Catalogue::row).toList());
    }
}
