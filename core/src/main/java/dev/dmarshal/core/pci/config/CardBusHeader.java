package dev.dmarshal.core.pci.config;

import static dev.dmarshal.core.pci.config.ConfigHeader.flag;

import dev.dmarshal.core.memory.BitField;
import java.util.OptionalInt;

/**
 * What a header of type 2 has for itself. Source: PC Card Standard 8, volume 2, section 5.
 *
 * @param space where it is read from
 */
public record CardBusHeader(ConfigSpace space) {
    /** Status of the bus below. */
    public static final ConfigRegister SECONDARY_STATUS = ConfigRegister.of("SecStatus", 0x16, 2, flag("66MHz", 5), flag("FastB2B", 7), flag("ParErr", 8),
            ConfigHeader.DEVSEL, flag(">TAbort", 11), flag("<TAbort", 12), flag("<MAbort", 13), flag("<SERR", 14), flag("<PERR", 15));
    /** Bus on which the bridge is. */
    public static final ConfigRegister PRIMARY = ConfigRegister.of("Primary", 0x18, 1);
    /** The card's bus. */
    public static final ConfigRegister SECONDARY = ConfigRegister.of("Secondary", 0x19, 1);
    /** Last bus below. */
    public static final ConfigRegister SUBORDINATE = ConfigRegister.of("Subordinate", 0x1a, 1);
    /** Latency timer of the card's bus. */
    public static final ConfigRegister SECONDARY_LATENCY = ConfigRegister.of("SecLatency", 0x1b, 1);
    /** Control of the bus below. */
    public static final ConfigRegister BRIDGE_CONTROL = ConfigRegister.of("BridgeCtl", 0x3e, 2, flag("Parity", 0), flag("SERR", 1), flag("ISA", 2),
            flag("VGA", 3), flag("MAbort", 5), flag(">Reset", 6), flag("16bInt", 7), flag("PrefMem0", 8), flag("PrefMem1", 9), flag("PostWrite", 10));

    /** First card bus. */
    public OptionalInt secondary() {
        return ConfigSpace.narrow(space.read(SECONDARY), BitField.of("Secondary", 0, 8));
    }

    /** Last bus below. */
    public OptionalInt subordinate() {
        return ConfigSpace.narrow(space.read(SUBORDINATE), BitField.of("Subordinate", 0, 8));
    }
}
