package dev.dmarshal.core.acpi;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Findings in the making. */
final class Findings {

    private final List<TableFinding> all = new ArrayList<>();

    /** Adds one; words come as name, value, name, value. */
    void add(String label, int offset, Object... words) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < words.length; i += 2) {
            map.put(words[i].toString(), words[i + 1].toString());
        }
        all.add(new TableFinding(label, offset, map));
    }

    List<TableFinding> list() {
        return List.copyOf(all);
    }

    static String hex(long value) {
        return TableFinding.hex(value);
    }
}
