package dev.dmarshal.bench.pci;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a comparison with lspci gave. */
final class Tally {

    private final List<String> differences = new ArrayList<>();
    private final Map<String, Integer> unread = new TreeMap<>();
    private final Map<String, Integer> named = new TreeMap<>();
    private long fields;
    private int functions;

    /** Compares one field. */
    void field(String where, String lspci, String ours) {
        fields++;
        if (!lspci.equals(ours)) {
            differences.add(where + ": lspci says \"" + lspci + "\", we say \"" + ours + "\"");
        }
    }

    /** Counts a function. */
    void function() {
        functions++;
    }

    /** Text of lspci that no row knows. */
    void unread(String where, String text) {
        unread.merge(where + ": " + text, 1, Integer::sum);
    }

    /** A line of a capability that we name only. */
    void named(String kind) {
        named.merge(kind, 1, Integer::sum);
    }

    long fields() {
        return fields;
    }

    int functions() {
        return functions;
    }

    List<String> differences() {
        return differences;
    }

    Map<String, Integer> unread() {
        return unread;
    }

    Map<String, Integer> named() {
        return named;
    }
}
