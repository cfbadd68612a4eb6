package dev.dmarshal.core.memory;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The fields of one 64-bit word of a hardware structure, lowest first, reserved and ignored bits included: together they tile the word.
 * Reserved fields are named {@code RSVD}, ignored ones {@code IGN}, both followed by their bit range.
 *
 * @param fields the fields in ascending order
 */
public record WordLayout(List<BitField> fields) {

    /** Refuses lists that leave a bit out or name one twice. */
    public WordLayout {
        fields = List.copyOf(fields);
        int next = 0;
        for (BitField field : fields) {
            if (field.low() != next) {
                throw new IllegalArgumentException(field.name() + " starts at bit " + field.low() + ", not at " + next);
            }
            next += field.width();
        }
        if (next != 64) {
            throw new IllegalArgumentException("the fields end at bit " + next);
        }
    }

    /** Lays out a word. */
    public static WordLayout of(BitField... fields) {
        return new WordLayout(List.of(fields));
    }

    /** Lays out a word in which everything that these fields leave free is reserved. */
    public static WordLayout filled(BitField... named) {
        List<BitField> all = new ArrayList<>();
        int next = 0;
        for (BitField field : Stream.of(named).sorted(Comparator.comparingInt(BitField::low)).toList()) {
            if (field.low() > next) {
                all.add(reserved(next, field.low() - next));
            }
            all.add(field);
            next = field.low() + field.width();
        }
        if (next < 64) {
            all.add(reserved(next, 64 - next));
        }
        return new WordLayout(all);
    }

    /** A field that software must leave zero. */
    public static BitField reserved(int low, int width) {
        return BitField.of("RSVD" + range(low, width), low, width);
    }

    /** A field that hardware does not look at. */
    public static BitField ignored(int low, int width) {
        return BitField.of("IGN" + range(low, width), low, width);
    }

    private static String range(int low, int width) {
        return width == 1 ? "[" + low + "]" : "[" + (low + width - 1) + ":" + low + "]";
    }

    /** The bits of all fields that are reserved whatever the unit's capabilities are. */
    public long reservedMask() {
        long mask = 0;
        for (BitField field : fields) {
            mask |= field.name().startsWith("RSVD") ? field.mask() : 0;
        }
        return mask;
    }

    /** The fields that are not zero by name, reserved and ignored ones too. */
    public String describeSet(long word) {
        return fields.stream().filter(field -> field.isSet(word)).map(field -> show(field, word)).collect(Collectors.joining(" "));
    }

    private static String show(BitField field, long word) {
        long value = field.get(word);
        return field.name() + "=" + (value < 10 && value >= 0 ? Long.toString(value) : "0x" + Long.toHexString(value));
    }

    /** Every field by name: {@code P=1 FPD=0 TT=2 …}; reserved and ignored fields only where they are not zero. */
    public String describe(long word) {
        List<String> parts = new ArrayList<>();
        for (BitField field : fields) {
            boolean silent = field.name().startsWith("RSVD") || field.name().startsWith("IGN");
            if (!silent || field.isSet(word)) {
                parts.add(show(field, word));
            }
        }
        return String.join(" ", parts);
    }
}
