package dev.dmarshal.doctor.remedy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The form of the reviewed text tables: blocks that begin with {@code [label]}, then lines {@code key: value}; a key may come more than once. Blank
 * lines and lines that begin
 * with {@code #} are for reviewers. Holes {@code {name}} in values are filled with the case's own words.
 */
public final class Blocks {

    private Blocks() {
    }

    /** Reads a table that lies beside {@code owner}; throws if it is not there or malformed, since it is part of the program. */
    public static Map<String, Map<String, List<String>>> read(Class<?> owner, String name) {
        try (InputStream in = owner.getResourceAsStream(name)) {
            return parse(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Map<String, List<String>>> parse(String name, String text) {
        Map<String, Map<String, List<String>>> blocks = new LinkedHashMap<>();
        Map<String, List<String>> block = null;
        for (String line : text.split("\n")) {
            if (line.startsWith("[")) {
                block = new LinkedHashMap<>();
                if (blocks.put(line.substring(1, line.indexOf(']')), block) != null) {
                    throw new IllegalStateException(name + " has " + line + " twice");
                }
            } else if (!line.isBlank() && !line.startsWith("#")) {
                int colon = line.indexOf(": ");
                block.computeIfAbsent(line.substring(0, colon), key -> new ArrayList<>()).add(line.substring(colon + 2).strip());
            }
        }
        return blocks;
    }

    /** The one value of a key; throws if there is none or more than one. */
    public static String one(String label, Map<String, List<String>> block, String key) {
        List<String> values = block.getOrDefault(key, List.of());
        if (values.size() != 1) {
            throw new IllegalStateException("block " + label + " needs exactly one " + key);
        }
        return values.getFirst();
    }

    /** {@code text} with its holes filled; a hole without a word is printed as {@code <name>}. */
    public static String fill(String text, Map<String, String> words) {
        StringBuilder filled = new StringBuilder();
        int from = 0;
        for (int open = text.indexOf('{'); open >= 0; open = text.indexOf('{', from)) {
            int close = text.indexOf('}', open);
            String name = close < 0 ? "" : text.substring(open + 1, close);
            if (hole(name)) {
                filled.append(text, from, open).append(words.getOrDefault(name, "<" + name + ">"));
                from = close + 1;
            } else {
                filled.append(text, from, open + 1);
                from = open + 1;
            }
        }
        return filled.append(text, from, text.length()).toString();
    }

    private static boolean hole(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c != '-' && (c < 'a' || c > 'z')) {
                return false;
            }
        }
        return !name.isEmpty();
    }
}
