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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The reviewed list of QEMU's own faults, and how often each row was needed. */
public final class KnownDifferences {

    private static final String RESOURCE = "qemu-differences.txt";

    private final List<KnownDifference> rows;
    private final Map<String, Integer> used = new LinkedHashMap<>();

    private final int major;
    private final int minor;
    private int staleAnswers;
    private int sharedDomains;
    private int aftermaths;
    private int bitsNotCompared;

    private KnownDifferences(List<KnownDifference> rows, int major, int minor) {
        this.rows = rows;
        this.major = major;
        this.minor = minor;
        rows.forEach(row -> used.put(row.id(), 0));
        Set<String> coded = new HashSet<>(KnownPredicates.byId().keySet());
        coded.addAll(KnownPredicates.RELAXED);
        if (!used.keySet().equals(coded)) {
            throw new IllegalStateException("rows and code do not match: " + used.keySet() + " and " + coded);
        }
    }

    /** The rows, of which those for QEMU {@code major.minor} count; none used yet. Fails if a row has no predicate or a predicate no row. */
    public static KnownDifferences load(int major, int minor) {
        try (InputStream stream = KnownDifferences.class.getResourceAsStream(RESOURCE)) {
            if (stream == null) {
                throw new IllegalStateException("no resource " + RESOURCE);
            }
            return new KnownDifferences(parse(new String(stream.readAllBytes(), StandardCharsets.UTF_8)), major, minor);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The rows. */
    public List<KnownDifference> rows() {
        return rows;
    }

    /** The rows that concern this version of QEMU. */
    public List<KnownDifference> concerning() {
        return rows.stream().filter(row -> row.concerns(major, minor)).toList();
    }

    /** How often each row explained a difference, by id, in the list's order. */
    public Map<String, Integer> used() {
        return Collections.unmodifiableMap(used);
    }

    /** How often a stale request ended differently, each side by entries that a cache may hold. */
    public int staleAnswers() {
        return staleAnswers;
    }

    /** How often the unit answered one function from what it had cached for another, to which software wrongly gave the same domain-id for other tables. */
    public int sharedDomains() {
        return sharedDomains;
    }

    /** How often fault registers were not compared because an explained difference had put a fault into one side's only. */
    public int aftermaths() {
        return aftermaths;
    }

    /** How often accessed and dirty bits differed in an entry that a cache may have kept one side from reading. */
    public int otherBits() {
        return bitsNotCompared;
    }

    /** The differences that nothing explains. Observations are those of QEMU and of the unit, with what the tables said to the unit. */
    public List<Difference> unexplained(Scenario scenario, List<Observation> qemu, List<Observation> unit, Map<Integer, Evidence> evidence) {
        return List.copyOf(new Judge(scenario, evidence, this).judge(qemu, unit));
    }

    /** Whether a row explains the difference; counts it. */
    boolean explains(DifferenceCase difference) {
        Optional<KnownDifference> row = rows.stream().filter(candidate -> candidate.concerns(major, minor)
                && Optional.ofNullable(KnownPredicates.byId().get(candidate.id())).filter(condition -> condition.test(difference)).isPresent()).findFirst();
        row.ifPresent(found -> used.merge(found.id(), 1, Integer::sum));
        return row.isPresent();
    }

    /** Whether this QEMU does not check the rule of that row. */
    boolean relaxes(String id) {
        return rows.stream().filter(row -> row.id().equals(id)).findFirst()
                .orElseThrow(() -> new IllegalStateException("no row says what is relaxed: " + id)).concerns(major, minor);
    }

    /** Whether this QEMU never stops at the rule of that row, so that its fault, under whatever code, is none of QEMU's answers. */
    boolean passesOver(String id) {
        return relaxes(id) && !id.equals(KnownPredicates.WHILE_CACHED);
    }

    /** That row was needed. */
    void relaxed(String id) {
        used.merge(id, 1, Integer::sum);
    }

    void staleAnswer() {
        staleAnswers++;
    }

    void sharedDomain() {
        sharedDomains++;
    }

    void aftermath() {
        aftermaths++;
    }

    void bitsNotCompared() {
        bitsNotCompared++;
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
