package dev.dmarshal.core.vtd;

import java.util.Optional;

/**
 * Adjusted guest address width (AW) of a second-stage table: code n means 30 + 9n bits in n + 2 levels.
 * Code 0 (30 bits, two levels) and codes above 3 are reserved (section 9.3).
 */
public enum AddressWidth {
    /** Three levels. */
    BITS_39(1),
    /** Four levels. */
    BITS_48(2),
    /** Five levels. */
    BITS_57(3);

    private final int code;

    AddressWidth(int code) {
        this.code = code;
    }

    /** The width that a context or PASID entry's AW field stands for, if it is not reserved; {@code code} may be any number. */
    public static Optional<AddressWidth> of(int code) {
        return code < 1 || code > 3 ? Optional.empty() : Optional.of(values()[code - 1]);
    }

    /** The width whose table has this many levels, 3 to 5. */
    public static AddressWidth ofLevels(int levels) {
        return of(levels - 2).orElseThrow(() -> new IllegalArgumentException("no second stage has " + levels + " levels"));
    }

    /** Value of the AW field. */
    public int code() {
        return code;
    }

    /** Width of input addresses. */
    public int bits() {
        return 30 + 9 * code;
    }

    /** Levels of paging structures. */
    public int levels() {
        return 2 + code;
    }
}
