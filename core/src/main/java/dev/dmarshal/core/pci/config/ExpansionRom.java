package dev.dmarshal.core.pci.config;

import dev.dmarshal.core.memory.BitField;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The register of the expansion ROM: offset 30h, on bridges 38h.
 *
 * @param address where it is; 0 if it was given no address
 * @param enabled whether it answers, if memory does
 */
public record ExpansionRom(long address, boolean enabled) {
    /** It answers. */
    public static final BitField ENABLE = BitField.of("Enable", 0, 1);
    /** Address, in 2 KiB. */
    public static final BitField ADDRESS = BitField.of("Address", 11, 21);

    private static final int ENDPOINT = 0x30;
    private static final int BRIDGE = 0x38;
    private static final long ALL_ONES = 0xffff_ffffL;

    /** That of a function; empty if the register is 0 (no ROM, or one without an address), was not measured, or the header has none. */
    public static Optional<ExpansionRom> of(ConfigSpace space) {
        OptionalLong value = space.header().type().map(type -> switch (type) {
            case ENDPOINT -> space.read(ENDPOINT, 4);
            case BRIDGE -> space.read(BRIDGE, 4);
            case CARDBUS -> OptionalLong.empty();
        }).orElse(OptionalLong.empty());
        if (value.isEmpty() || value.getAsLong() == 0 || value.getAsLong() == ALL_ONES) {
            return Optional.empty();
        }
        return Optional.of(new ExpansionRom(value.getAsLong() & ADDRESS.mask(), ENABLE.isSet(value.getAsLong())));
    }
}
