package dev.dmarshal.doctor.cause;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The logs of {@code rules.txt} and {@code variations.txt}.
 *
 * @param label  the rule
 * @param hits   logs that it must recognise
 * @param misses near misses that it must not
 */
record RuleLogs(String label, List<String> hits, List<String> misses) {

    /** All rules of the file. */
    static List<RuleLogs> read() {
        return read("rules.txt");
    }

    /** The reports of {@code variations.txt}, by the cause that must stand first. */
    static List<RuleLogs> variations() {
        return read("variations.txt");
    }

    private static List<RuleLogs> read(String file) {
        Map<String, RuleLogs> rules = new LinkedHashMap<>();
        RuleLogs rule = null;
        char sort = ' ';
        for (String line : text(file).split("\n")) {
            if (line.startsWith("== ")) {
                rule = rules.computeIfAbsent(line.substring(3), label -> new RuleLogs(label, new ArrayList<>(), new ArrayList<>()));
                sort = ' ';
            } else if (line.startsWith("+") || line.startsWith("-")) {
                List<String> logs = line.charAt(0) == '+' ? rule.hits : rule.misses;
                if (sort != line.charAt(0) || line.length() == 1) {
                    logs.add("");
                    sort = line.charAt(0);
                }
                if (line.length() > 1) {
                    logs.set(logs.size() - 1, logs.getLast() + line.substring(2) + "\n");
                }
            }
        }
        return List.copyOf(rules.values());
    }

    private static String text(String file) {
        try (InputStream in = RuleLogs.class.getResourceAsStream(file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
