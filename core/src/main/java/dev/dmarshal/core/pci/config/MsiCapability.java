package dev.dmarshal.core.pci.config;

import static dev.dmarshal.core.pci.config.ConfigHeader.flag;

import dev.dmarshal.core.memory.BitField;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Message signalled interrupts, capability 05h. Where datum, mask and pending bits are depends on the width of the address.
 *
 * <p>Source: PCI Local Bus Specification 3.0, section 6.8.1.
 *
 * @param at where it is
 */
public record MsiCapability(PciCapability at) {
    /** In use. */
    public static final BitField ENABLE = BitField.of("Enable", 0, 1);
    /** Vectors that the function wants, as a power of two. */
    public static final BitField CAPABLE = BitField.of("Capable", 1, 3);
    /** Vectors that it got, as a power of two. */
    public static final BitField COUNT = BitField.of("Count", 4, 3);
    /** Addresses have 64 bits. */
    public static final BitField WIDE = BitField.of("64bit", 7, 1);
    /** Each vector can be masked. */
    public static final BitField MASKABLE = BitField.of("Maskable", 8, 1);
    /** Control. */
    public static final ConfigRegister CONTROL = ConfigRegister.of("MsiCtl", 0x02, 2, ENABLE, CAPABLE, COUNT, WIDE, MASKABLE, flag("ExtDataCap", 9),
            flag("ExtDataEn", 10));
    /** Where the message is written to. */
    public static final ConfigRegister ADDRESS = ConfigRegister.of("Address", 0x04, 4);
    /** Bits 63:32 of it, where {@link #WIDE}. */
    public static final ConfigRegister ADDRESS_UPPER = ConfigRegister.of("AddressUpper", 0x08, 4);
    /** What is written, 32-bit form. */
    public static final ConfigRegister DATUM_32 = ConfigRegister.of("Datum", 0x08, 2);
    /** What is written, 64-bit form. */
    public static final ConfigRegister DATUM_64 = ConfigRegister.of("Datum", 0x0c, 2);
    /** Masked vectors, 32-bit form; pending ones follow. */
    public static final ConfigRegister MASK_32 = ConfigRegister.of("Masking", 0x0c, 4);
    /** Masked vectors, 64-bit form; pending ones follow. */
    public static final ConfigRegister MASK_64 = ConfigRegister.of("Masking", 0x10, 4);
    /** All registers of a fixed place. */
    static final List<ConfigRegister> REGISTERS = List.of(CONTROL, ADDRESS);

    /** That of a function. */
    public static Optional<MsiCapability> of(CapabilityList list) {
        return list.first(CapabilityKind.MSI).map(MsiCapability::new);
    }

    /** Vectors that the function wants: 1 to 32. */
    public OptionalInt vectors() {
        OptionalInt power = at.read(CONTROL, CAPABLE);
        return power.isPresent() ? OptionalInt.of(1 << power.getAsInt()) : power;
    }

    /** Whether it is in use. */
    public Optional<Boolean> enabled() {
        return at.isSet(CONTROL, ENABLE);
    }

    /** Where the message is written to. */
    public OptionalLong address() {
        OptionalLong low = at.read(ADDRESS);
        OptionalLong high = at.isSet(CONTROL, WIDE).orElse(false) ? at.read(ADDRESS_UPPER) : OptionalLong.of(0);
        return low.isPresent() && high.isPresent() ? OptionalLong.of(high.getAsLong() << 32 | low.getAsLong()) : OptionalLong.empty();
    }

    /** What is written, 16 bits. */
    public OptionalInt datum() {
        return at.number(at.isSet(CONTROL, WIDE).orElse(false) ? DATUM_64 : DATUM_32);
    }

    /** The registers in the form that this function has. */
    public List<ConfigRegister> registers() {
        boolean wide = at.isSet(CONTROL, WIDE).orElse(false);
        boolean maskable = at.isSet(CONTROL, MASKABLE).orElse(false);
        ConfigRegister mask = wide ? MASK_64 : MASK_32;
        List<ConfigRegister> address = wide ? List.of(CONTROL, ADDRESS, ADDRESS_UPPER, DATUM_64) : List.of(CONTROL, ADDRESS, DATUM_32);
        List<ConfigRegister> masks = maskable ? List.of(mask, ConfigRegister.of("Pending", mask.offset() + 4, 4)) : List.of();
        return java.util.stream.Stream.concat(address.stream(), masks.stream()).toList();
    }
}
