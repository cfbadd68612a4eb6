package dev.dmarshal.lab.compare;

import dev.dmarshal.lab.scenario.Observation;
import dev.dmarshal.lab.scenario.Scenario;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The reviewed list of QEMU's own faults, and how often each row was needed. */
public final class KnownDifferences {

    private static final String RESOURCE = "qemu-differences.txt";

    private final List<KnownDifference> rows;
    private final Map<String, Integer> used = new LinkedHashMap<>();

    private KnownDifferences(List<KnownDifference> rows) {
        this.rows = rows;
        rows.forEach(row -> used.put(row.id(), 0));
        if (!used.keySet().equals(KnownPredicates.byId().keySet())) {
            throw new IllegalStateException("rows and predicates do not match: " + used.keySet() + " and " + KnownPredicates.byId().keySet());
        }
    }

    /** All rows, none used yet; fails if a row has no predicate or a predicate no row. */
    public static KnownDifferences load() {
        try (InputStream stream = KnownDifferences.class.getResourceAsStream(RESOURCE)) {
            if (stream == null) {
                throw new IllegalStateException("no resource " + RESOURCE);
            }
            return new KnownDifferences(parse(new String(stream.readAllBytes(), StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The rows. */
    public List<KnownDifference> rows() {
        return rows;
    }

    /** How often each row explained a difference, by id, in the list's order. */
    public Map<String, Integer> used() {
        return Collections.unmodifiableMap(used);
    }

    /** The differences that no row explains for this version of QEMU. Observations are those that were compared. */
    public List<Difference> unexplained(Scenario scenario, List<Observation> qemu, List<Observation> other, int major, int minor) {
        Map<Integer, Observation> qemuByStep = byStep(qemu);
        Map<Integer, Observation> otherByStep = byStep(other);
        List<Difference> unexplained = new ArrayList<>();
        for (Difference difference : Comparison.compare(scenario, qemu, other)) {
            DifferenceCase known = new DifferenceCase(scenario, difference, qemuByStep.get(difference.step()), otherByStep.get(difference.step()));
            Optional<KnownDifference> row = rows.stream()
                    .filter(candidate -> candidate.concerns(major, minor) && KnownPredicates.byId().get(candidate.id()).test(known)).findFirst();
            row.ifPresentOrElse(found -> used.merge(found.id(), 1, Integer::sum), () -> unexplained.add(difference));
        }
        return unexplained;
    }

    private static Map<Integer, Observation> byStep(List<Observation> observed) {
        Map<Integer, Observation> byStep = new HashMap<>();
        observed.forEach(observation -> byStep.put(observation.step(), observation));
        return byStep;
    }

    /** Reads blocks of {@code name value} lines parted by empty lines; {@code #} begins a comment line. */
    static List<KnownDifference> parse(String text) {
        List<KnownDifference> rows = new ArrayList<>();
        for (String block : text.split("\n\\s*\n")) {
            Map<String, String> fields = new HashMap<>();
            for (String line : block.split("\n")) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    String[] parts = line.trim().split("\\s+", 2);
                    fields.put(parts[0], parts.length == 2 ? parts[1] : "");
                }
            }
            if (!fields.isEmpty()) {
                rows.add(row(fields));
            }
        }
        return List.copyOf(rows);
    }

    private static KnownDifference row(Map<String, String> fields) {
        for (String name : List.of("id", "qemu", "where", "why", "source")) {
            if (fields.getOrDefault(name, "").isBlank()) {
                throw new IllegalArgumentException("a row lacks its " + name + ": " + fields);
            }
        }
        String versions = fields.get("qemu");
        int from = versions.startsWith("from ") ? version(versions.substring("from ".length())) : 0;
        int before = versions.startsWith("before ") ? version(versions.substring("before ".length())) : Integer.MAX_VALUE;
        if (from == 0 && before == Integer.MAX_VALUE && !versions.equals("all")) {
            throw new IllegalArgumentException("versions are all, before X.Y or from X.Y: " + versions);
        }
        return new KnownDifference(fields.get("id"), from, before, fields.get("where"), fields.get("why"), fields.get("source"));
    }

    private static int version(String dotted) {
        String[] parts = dotted.split("\\.");
        return Integer.parseInt(parts[0]) * 100 + Integer.parseInt(parts[1]);
    }
}
