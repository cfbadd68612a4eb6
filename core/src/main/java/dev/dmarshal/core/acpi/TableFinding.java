package dev.dmarshal.core.acpi;

import java.util.Map;

/**
 * Something that is wrong with a table, or that one should know of it. The words for people are in a table of their own ({@code dev.dmarshal.doctor.firmware}).
 *
 * @param label  stable name of the finding, such as {@code dmar-structure-length-zero}
 * @param offset where in the table it shows, bytes
 * @param words  names and values of this case, for the holes in its text
 */
public record TableFinding(String label, int offset, Map<String, String> words) {

    /** Copies the map. */
    public TableFinding {
        words = Map.copyOf(words);
    }

    static TableFinding of(String label, int offset) {
        return new TableFinding(label, offset, Map.of());
    }

    static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
