package dev.dmarshal.lab.rows;

import dev.dmarshal.core.memory.BitField;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fields of structures by the names that rows use: the specification's own, {@code bitN} counted through the whole structure, or {@code wordN}. */
final class Fields {

    private static final Pattern BIT = Pattern.compile("bit([0-9]+)");
    private static final Pattern WORD = Pattern.compile("word([0-7])");

    /**
     * A field of a structure.
     *
     * @param word  which 64-bit word
     * @param field its bits
     */
    record Place(int word, BitField field) {
    }

    private Fields() {
    }

    static Place place(List<List<BitField>> words, String name) {
        Matcher bit = BIT.matcher(name);
        if (bit.matches()) {
            int number = Integer.parseInt(bit.group(1));
            return new Place(check(number / 64, words, name), BitField.of(name, number % 64, 1));
        }
        Matcher whole = WORD.matcher(name);
        if (whole.matches()) {
            return new Place(check(Integer.parseInt(whole.group(1)), words, name), BitField.of(name, 0, 64));
        }
        for (int word = 0; word < words.size(); word++) {
            for (BitField field : words.get(word)) {
                if (field.name().equals(name)) {
                    return new Place(word, field);
                }
            }
        }
        throw new RowException("no field is called " + name + " in " + words);
    }

    private static int check(int word, List<List<BitField>> words, String name) {
        if (word >= words.size()) {
            throw new RowException("the structure ends before " + name);
        }
        return word;
    }

    static BitField find(List<BitField> word, String name) {
        return place(List.of(word), name).field();
    }

    /** A number as the field holds it; of an {@code @address} the bits that lie in the field. */
    static long value(BitField field, String text) {
        long number = Words.number(text);
        if (text.startsWith("@")) {
            return field.get(number);
        }
        if (field.get(number << field.low()) != number) {
            throw new RowException(field.name() + " has " + field.width() + " bits: " + text);
        }
        return number;
    }
}
