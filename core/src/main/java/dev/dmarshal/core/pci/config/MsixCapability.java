package dev.dmarshal.core.pci.config;

import dev.dmarshal.core.memory.BitField;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * MSI-X, capability 11h: a table of vectors and an array of pending bits in memory that a BAR names.
 *
 * <p>Source: PCI Local Bus Specification 3.0, section 6.8.2.
 *
 * @param at where it is
 */
public record MsixCapability(PciCapability at) {
    /** Vectors less one. */
    public static final BitField COUNT = BitField.of("Count", 0, 11);
    /** All vectors are masked. */
    public static final BitField MASKED = BitField.of("Masked", 14, 1);
    /** In use. */
    public static final BitField ENABLE = BitField.of("Enable", 15, 1);
    /** Control. */
    public static final ConfigRegister CONTROL = ConfigRegister.of("MsixCtl", 0x02, 2, COUNT, MASKED, ENABLE);
    /** Which BAR. */
    public static final BitField BAR = BitField.of("BAR", 0, 3);
    /** Where in it, in 8 bytes. */
    public static final BitField OFFSET = BitField.of("Offset", 3, 29);
    /** Vector table. */
    public static final ConfigRegister TABLE = ConfigRegister.of("VectorTable", 0x04, 4, BAR, OFFSET);
    /** Pending bits. */
    public static final ConfigRegister PENDING = ConfigRegister.of("PBA", 0x08, 4, BAR, OFFSET);
    /** All registers. */
    static final List<ConfigRegister> REGISTERS = List.of(CONTROL, TABLE, PENDING);

    /** That of a function. */
    public static Optional<MsixCapability> of(CapabilityList list) {
        return list.first(CapabilityKind.MSI_X).map(MsixCapability::new);
    }

    /** Vectors: 1 to 2048. */
    public OptionalInt vectors() {
        OptionalInt less = at.read(CONTROL, COUNT);
        return less.isPresent() ? OptionalInt.of(less.getAsInt() + 1) : less;
    }

    /** Whether it is in use. */
    public Optional<Boolean> enabled() {
        return at.isSet(CONTROL, ENABLE);
    }

    /** The BAR that holds the vector table: 0 to 5, and 6 and 7 are reserved. */
    public OptionalInt tableBar() {
        return at.read(TABLE, BAR);
    }

    /** Where in that BAR the vector table starts, in bytes. */
    public OptionalLong tableOffset() {
        return offset(TABLE);
    }

    /** The BAR that holds the pending bits. */
    public OptionalInt pendingBar() {
        return at.read(PENDING, BAR);
    }

    /** Where in that BAR the pending bits start, in bytes. */
    public OptionalLong pendingOffset() {
        return offset(PENDING);
    }

    private OptionalLong offset(ConfigRegister register) {
        OptionalLong value = at.read(register);
        return value.isPresent() ? OptionalLong.of(value.getAsLong() & OFFSET.mask()) : value;
    }
}
