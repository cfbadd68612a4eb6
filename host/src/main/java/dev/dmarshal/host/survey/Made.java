package dev.dmarshal.host.survey;

import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Who made a function and what it is. What was not measured is empty.
 *
 * @param vendor          vendor id
 * @param device          device id
 * @param subsystemVendor vendor id of the board
 * @param subsystem       id of the board
 * @param revision        revision
 * @param classCode       24-bit class code
 */
public record Made(OptionalInt vendor, OptionalInt device, OptionalInt subsystemVendor, OptionalInt subsystem, OptionalInt revision, OptionalInt classCode) {

    /** Nothing is known. */
    public static final Made UNKNOWN = new Made(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty(),
            OptionalInt.empty());

    /** {@code vvvv:dddd}. */
    public Optional<String> ids() {
        return pair(vendor, device);
    }

    /** {@code vvvv:dddd} of the board. */
    public Optional<String> subsystemIds() {
        return pair(subsystemVendor, subsystem);
    }

    /** Base class and subclass, 16 bits; compared as a whole, since 0680 is no host bridge though it begins like one. */
    public OptionalInt kind() {
        return classCode.isPresent() ? OptionalInt.of(classCode.getAsInt() >>> 8) : OptionalInt.empty();
    }

    /** Whether base class and subclass are these. */
    public boolean is(int kind) {
        return kind().isPresent() && kind().getAsInt() == kind;
    }

    private static Optional<String> pair(OptionalInt left, OptionalInt right) {
        return left.isPresent() && right.isPresent() ? Optional.of(HexFormat.of().toHexDigits((short) left.getAsInt()) + ":"
                + HexFormat.of().toHexDigits((short) right.getAsInt())) : Optional.empty();
    }
}
