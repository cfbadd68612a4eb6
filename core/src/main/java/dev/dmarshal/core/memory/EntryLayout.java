package dev.dmarshal.core.memory;

import java.util.ArrayList;
import java.util.List;

/**
 * The fields of a hardware structure of one or more 64-bit words, every bit accounted for.
 *
 * @param name  the specification's name of the structure
 * @param words its words, lowest address first
 */
public record EntryLayout(String name, List<WordLayout> words) {

    /** Copies the list. */
    public EntryLayout {
        words = List.copyOf(words);
    }

    /** Lays out a structure. */
    public static EntryLayout of(String name, WordLayout... words) {
        return new EntryLayout(name, List.of(words));
    }

    /** Size of the structure. */
    public int sizeBytes() {
        return words.size() * Long.BYTES;
    }

    /** The structure's name and every field by name; takes as many words as the structure has. */
    public String describe(long... values) {
        if (values.length != words.size()) {
            throw new IllegalArgumentException(name + " has " + words.size() + " words, not " + values.length);
        }
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            String text = words.get(i).describe(values[i]);
            if (!text.isEmpty()) {
                parts.add(text);
            }
        }
        return name + "{" + String.join(" ", parts) + "}";
    }

    /** The bits of word {@code index} that are reserved whatever the unit's capabilities are. */
    public long reservedMask(int index) {
        return words.get(index).reservedMask();
    }
}
