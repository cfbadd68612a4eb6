package dev.dmarshal.core.pci.config;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The PCI Express capability of a function.
 *
 * @param at where it is
 */
public record PcieCapability(PciCapability at) {

    private static final List<String> SPEEDS = List.of("2.5GT/s", "5GT/s", "8GT/s", "16GT/s", "32GT/s", "64GT/s");
    private static final int SECOND_VERSION = 0x24;

    /** That of a function; empty for conventional PCI, and where lists were not measured. */
    public static Optional<PcieCapability> of(CapabilityList list) {
        return list.first(CapabilityKind.PCI_EXPRESS).map(PcieCapability::new);
    }

    /** Version of the capability: 1, or 2 for everything later. */
    public OptionalInt version() {
        return at.read(PcieRegisters.PCIE_CAP, PcieRegisters.VERSION);
    }

    /** What the function is; empty if not measured or a reserved code. */
    public Optional<PortType> portType() {
        OptionalInt code = at.read(PcieRegisters.PCIE_CAP, PcieRegisters.TYPE);
        return code.isPresent() ? PortType.of(code.getAsInt()) : Optional.empty();
    }

    /** Whether the port's link leads to a slot rather than to something soldered. */
    public Optional<Boolean> slot() {
        return at.isSet(PcieRegisters.PCIE_CAP, PcieRegisters.SLOT);
    }

    /** Whether the function says that it can be reset alone, without link or neighbours. */
    public Optional<Boolean> functionLevelReset() {
        return at.isSet(PcieRegisters.DEVICE_CAP, PcieRegisters.FUNCTION_LEVEL_RESET);
    }

    /** How many requester ids beyond its own the device may sign with when phantom functions are enabled: 0, 1, 3 or 7 for each function. */
    public OptionalInt phantomFunctions() {
        OptionalInt bits = at.read(PcieRegisters.DEVICE_CAP, PcieRegisters.PHANTOM_FUNCTIONS);
        return bits.isPresent() ? OptionalInt.of((1 << bits.getAsInt()) - 1) : bits;
    }

    /** The registers that this function has by its version and type; what lies at the others' places has no meaning. */
    public List<ConfigRegister> registers() {
        boolean later = version().orElse(1) >= 2;
        return PcieRegisters.ALL.stream().filter(register -> later || register.offset() < SECOND_VERSION).filter(this::meant).toList();
    }

    private boolean meant(ConfigRegister register) {
        Optional<PortType> type = portType();
        String name = register.name();
        if (type.isEmpty()) {
            return !name.startsWith("Slt") && !name.startsWith("Root");
        }
        if (name.startsWith("Lnk")) {
            return type.get().hasLink();
        }
        if (name.startsWith("Slt")) {
            return type.get().isDownstream() && slot().orElse(false);
        }
        return !name.startsWith("Root") || type.get().hasRoot();
    }

    /** A link speed by its number, such as {@code 8GT/s}; empty for numbers that no specification gives. */
    public static Optional<String> speed(int number) {
        return number >= 1 && number <= SPEEDS.size() ? Optional.of(SPEEDS.get(number - 1)) : Optional.empty();
    }
}
