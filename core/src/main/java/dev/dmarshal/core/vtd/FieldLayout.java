package dev.dmarshal.core.vtd;

import dev.dmarshal.core.memory.BitField;
import java.util.ArrayList;
import java.util.List;

/**
 * The fields of a structure of one or more 64-bit words; whatever they leave free is reserved. Immutable.
 *
 * <p>A layout refuses fields that overlap, so that fields and reserved bits always tile the words.
 */
public final class FieldLayout {

    private final String name;
    private final List<List<BitField>> words;

    private FieldLayout(String name, List<List<BitField>> words) {
        this.name = name;
        this.words = List.copyOf(words);
        for (List<BitField> word : this.words) {
            long seen = 0;
            for (BitField field : word) {
                if ((seen & field.mask()) != 0) {
                    throw new IllegalArgumentException(name + "." + field.name() + " overlaps another field");
                }
                seen |= field.mask();
            }
        }
    }

    /** A layout of one word with these fields. */
    public static FieldLayout of(String name, BitField... fields) {
        return new FieldLayout(name, List.of(List.of(fields)));
    }

    /** This layout with one more word above; no fields make it reserved as a whole. */
    public FieldLayout then(BitField... fields) {
        List<List<BitField>> more = new ArrayList<>(words);
        more.add(List.of(fields));
        return new FieldLayout(name, more);
    }

    /** The structure's name. */
    public String name() {
        return name;
    }

    /** Number of 64-bit words. */
    public int wordCount() {
        return words.size();
    }

    /** Fields of word {@code index}. */
    public List<BitField> fields(int index) {
        return words.get(index);
    }

    /** Bits of word {@code index} that are in a field. */
    public long defined(int index) {
        long mask = 0;
        for (BitField field : words.get(index)) {
            mask |= field.mask();
        }
        return mask;
    }

    /** Bits of word {@code index} that are in no field. */
    public long reserved(int index) {
        return ~defined(index);
    }

    /** Whether a bit outside all fields is set; {@code values} has one value a word. */
    public boolean reservedSet(long... values) {
        check(values);
        for (int i = 0; i < values.length; i++) {
            if ((values[i] & reserved(i)) != 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * For people: {@code NAME{FIELD=value …}}, single bits and larger fields alike in hexadecimal, fields that are zero left out, reserved bits that are
     * set named by word and mask.
     */
    public String describe(long... values) {
        check(values);
        StringBuilder text = new StringBuilder(name).append('{');
        String gap = "";
        for (int i = 0; i < values.length; i++) {
            for (BitField field : words.get(i)) {
                if (field.isSet(values[i])) {
                    text.append(gap).append(field.name()).append("=0x").append(Long.toHexString(field.get(values[i])));
                    gap = " ";
                }
            }
            long stray = values[i] & reserved(i);
            if (stray != 0) {
                text.append(gap).append("reserved[").append(i).append("]=0x").append(Long.toHexString(stray));
                gap = " ";
            }
        }
        return text.append('}').toString();
    }

    private void check(long[] values) {
        if (values.length != words.size()) {
            throw new IllegalArgumentException(name + " has " + words.size() + " words, not " + values.length);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
