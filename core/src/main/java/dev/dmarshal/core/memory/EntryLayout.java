package dev.dmarshal.core.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

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

    /** Lays out a structure of one word in which everything that these fields leave free is reserved. */
    public static EntryLayout of(String name, BitField... fields) {
        return of(name, WordLayout.filled(fields));
    }

    /** This layout with one more word above, laid out likewise; without fields it is reserved as a whole. */
    public EntryLayout then(BitField... fields) {
        List<WordLayout> more = new ArrayList<>(words);
        more.add(WordLayout.filled(fields));
        return new EntryLayout(name, more);
    }

    /** Size of the structure. */
    public int sizeBytes() {
        return words.size() * Long.BYTES;
    }

    /** The structure's name and every field by name; takes as many words as the structure has. */
    public String describe(long... values) {
        return describe(WordLayout::describe, values);
    }

    /** The structure's name and the fields that are not zero; takes as many words as the structure has. */
    public String describeSet(long... values) {
        return describe(WordLayout::describeSet, values);
    }

    private String describe(BiFunction<WordLayout, Long, String> how, long... values) {
        check(values);
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            String text = how.apply(words.get(i), values[i]);
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

    /** The bits of word {@code index} that are not reserved. */
    public long definedMask(int index) {
        return ~reservedMask(index);
    }

    /** Whether a reserved bit is set; takes as many words as the structure has. */
    public boolean reservedSet(long... values) {
        check(values);
        for (int i = 0; i < values.length; i++) {
            if ((values[i] & reservedMask(i)) != 0) {
                return true;
            }
        }
        return false;
    }

    private void check(long[] values) {
        if (values.length != words.size()) {
            throw new IllegalArgumentException(name + " has " + words.size() + " words, not " + values.length);
        }
    }
}
