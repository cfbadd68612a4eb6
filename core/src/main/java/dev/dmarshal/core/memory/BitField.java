package dev.dmarshal.core.memory;

/**
 * A field of a 64-bit word, declared once: mask, getter, setter and printed name all derive from this one declaration.
 *
 * @param name  the specification's name
 * @param low   lowest bit, 0 to 63
 * @param width bits, 1 to 64 - low
 */
public record BitField(String name, int low, int width) {

    /** Refuses fields that do not lie in a 64-bit word. */
    public BitField {
        if (low < 0 || width < 1 || low + width > 64) {
            throw new IllegalArgumentException("no such field: " + name + " " + low + "+" + width);
        }
    }

    /** Declares a field. */
    public static BitField of(String name, int low, int width) {
        return new BitField(name, low, width);
    }

    /** The field's bits, in place. */
    public long mask() {
        return (-1L >>> 64 - width) << low;
    }

    /** The field's value, unsigned. */
    public long get(long word) {
        return word >>> low & -1L >>> 64 - width;
    }

    /** Whether any bit of the field is set. */
    public boolean isSet(long word) {
        return (word & mask()) != 0;
    }

    /** {@code word} with the field replaced; refuses values that do not fit. */
    public long set(long word, long value) {
        if ((value & ~(-1L >>> 64 - width)) != 0) {
            throw new IllegalArgumentException(name + " has " + width + " bits: 0x" + Long.toHexString(value));
        }
        return word & ~mask() | value << low;
    }
}
