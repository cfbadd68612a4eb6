package dev.dmarshal.doctor.remedy;

import dev.dmarshal.doctor.finding.Fix;
import dev.dmarshal.doctor.finding.Scope;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The reviewed table of ways out ({@code remedies.txt}): looked up by label, filled in with the case's own names. */
public final class Remedies {

    private static final Remedies TABLE = new Remedies(read());

    private final Map<String, Map<String, List<String>>> blocks;

    private Remedies(Map<String, Map<String, List<String>>> blocks) {
        this.blocks = blocks;
    }

    /** The table that comes with the program. */
    public static Remedies table() {
        return TABLE;
    }

    /** All labels. */
    public Set<String> labels() {
        return new TreeSet<>(blocks.keySet());
    }

    /** The fix with this label, its holes filled from {@code words}; a hole without a word is printed as {@code <name>}. */
    public Fix fix(String label, Map<String, String> words) {
        Map<String, List<String>> block = blocks.get(label);
        if (block == null) {
            throw new IllegalArgumentException("no remedy " + label);
        }
        Scope scope = Scope.valueOf(one(label, block, "scope").toUpperCase(Locale.ROOT).replace('-', '_'));
        List<String> commands = block.getOrDefault("command", List.of()).stream().map(line -> fill(line, words)).toList();
        return new Fix(label, scope, fill(one(label, block, "what"), words), commands, fill(one(label, block, "exists"), words),
                fill(one(label, block, "risk"), words), fill(one(label, block, "verify"), words), fill(one(label, block, "undo"), words),
                one(label, block, "source"));
    }

    private static String one(String label, Map<String, List<String>> block, String key) {
        List<String> values = block.getOrDefault(key, List.of());
        if (values.size() != 1) {
            throw new IllegalStateException("remedy " + label + " needs exactly one " + key);
        }
        return values.getFirst();
    }

    private static String fill(String text, Map<String, String> words) {
        StringBuilder filled = new StringBuilder();
        int from = 0;
        for (int open = text.indexOf('{'); open >= 0; open = text.indexOf('{', from)) {
            int close = text.indexOf('}', open);
            String name = close < 0 ? "" : text.substring(open + 1, close);
            if (name.isEmpty() || !name.chars().allMatch(c -> c >= 'a' && c <= 'z' || c == '-')) {
                filled.append(text, from, open + 1);
                from = open + 1;
            } else {
                filled.append(text, from, open).append(words.getOrDefault(name, "<" + name + ">"));
                from = close + 1;
            }
        }
        return filled.append(text, from, text.length()).toString();
    }

    private static Map<String, Map<String, List<String>>> read() {
        try (InputStream in = Remedies.class.getResourceAsStream("remedies.txt")) {
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Map<String, List<String>>> parse(String text) {
        Map<String, Map<String, List<String>>> blocks = new LinkedHashMap<>();
        Map<String, List<String>> block = null;
        for (String line : text.split("\n")) {
            if (line.startsWith("[")) {
                block = new LinkedHashMap<>();
                blocks.put(line.substring(1, line.indexOf(']')), block);
            } else if (!line.isBlank() && !line.startsWith("#")) {
                int colon = line.indexOf(": ");
                block.computeIfAbsent(line.substring(0, colon), key -> new ArrayList<>()).add(line.substring(colon + 2).strip());
            }
        }
        return blocks;
    }
}
