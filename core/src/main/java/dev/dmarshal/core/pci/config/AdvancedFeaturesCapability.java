package dev.dmarshal.core.pci.config;

import static dev.dmarshal.core.pci.config.ConfigHeader.flag;

import dev.dmarshal.core.memory.BitField;
import java.util.List;
import java.util.Optional;

/**
 * Advanced features of conventional PCI, capability 13h: {@code 02 length, 03 AFCap, 04 AFCtrl, 05 AFStatus}.
 *
 * <p>Source: PCI Engineering Change Notice "Advanced Capabilities for Conventional PCI", 2006.
 *
 * @param at where it is
 */
public record AdvancedFeaturesCapability(PciCapability at) {
    /** Length in bytes: 6. */
    public static final ConfigRegister LENGTH = ConfigRegister.of("AFLen", 0x02, 1);
    /** Requests under way can be seen. */
    public static final BitField TRANSACTIONS_PENDING = BitField.of("TP", 0, 1);
    /** Function level reset. */
    public static final BitField FUNCTION_LEVEL_RESET = BitField.of("FLR", 1, 1);
    /** Capabilities. */
    public static final ConfigRegister AF_CAP = ConfigRegister.of("AFCap", 0x03, 1, TRANSACTIONS_PENDING, FUNCTION_LEVEL_RESET);
    /** Control. */
    public static final ConfigRegister AF_CTL = ConfigRegister.of("AFCtrl", 0x04, 1, flag("FLR", 0));
    /** Status. */
    public static final ConfigRegister AF_STA = ConfigRegister.of("AFStatus", 0x05, 1, TRANSACTIONS_PENDING);
    /** All registers. */
    static final List<ConfigRegister> REGISTERS = List.of(LENGTH, AF_CAP, AF_CTL, AF_STA);

    /** That of a function. */
    public static Optional<AdvancedFeaturesCapability> of(CapabilityList list) {
        return list.first(CapabilityKind.ADVANCED_FEATURES).map(AdvancedFeaturesCapability::new);
    }

    /** Whether the function can be reset alone; Linux wants both bits (drivers/pci/pci.c, pci_af_flr). */
    public Optional<Boolean> functionLevelReset() {
        Optional<Boolean> reset = at.isSet(AF_CAP, FUNCTION_LEVEL_RESET);
        Optional<Boolean> pending = at.isSet(AF_CAP, TRANSACTIONS_PENDING);
        return reset.flatMap(yes -> pending.map(too -> yes && too));
    }
}
