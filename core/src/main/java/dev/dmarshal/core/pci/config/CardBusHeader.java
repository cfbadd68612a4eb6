package dev.dmarshal.core.pci.config;

import static dev.dmarshal.core.pci.config.ConfigHeader.flag;

import dev.dmarshal.core.memory.BitField;
import java.util.ArrayList;
import java.util.List;
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

    /** Ports of the legacy 16-bit interface. */
    public static final ConfigRegister LEGACY_BASE = ConfigRegister.of("LegacyBase", 0x44, 2);

    private static final int MEMORY_WINDOW = 0x1c;
    private static final int IO_WINDOW = 0x2c;

    /** First card bus. */
    public OptionalInt secondary() {
        return ConfigSpace.narrow(space.read(SECONDARY), BitField.of("Secondary", 0, 8));
    }

    /** Last bus below. */
    public OptionalInt subordinate() {
        return ConfigSpace.narrow(space.read(SUBORDINATE), BitField.of("Subordinate", 0, 8));
    }

    /** The two windows for memory, then the two for I/O; a window with its limit below its base is closed. Empty if not all was measured. */
    public List<BridgeWindow> windows() {
        List<BridgeWindow> windows = new ArrayList<>();
        if (!space.measured(MEMORY_WINDOW, 0x20) || !space.measured(BRIDGE_CONTROL.offset(), BRIDGE_CONTROL.sizeBytes())) {
            return windows;
        }
        for (int i = 0; i < 2; i++) {
            long base = space.read(MEMORY_WINDOW + 8 * i, 4).getAsLong();
            long limit = space.read(MEMORY_WINDOW + 8 * i + 4, 4).getAsLong() + 0xfff & 0xffff_ffffL;
            boolean prefetchable = (space.read(BRIDGE_CONTROL).getAsLong() >>> 8 + i & 1) != 0;
            windows.add(new BridgeWindow(prefetchable ? BridgeWindow.Kind.PREFETCHABLE : BridgeWindow.Kind.MEMORY, base, limit, 32));
        }
        for (int i = 0; i < 2; i++) {
            long base = space.read(IO_WINDOW + 8 * i, 4).getAsLong();
            long limit = space.read(IO_WINDOW + 8 * i + 4, 4).getAsLong();
            boolean wide = (base & 1) != 0;
            long mask = wide ? 0xffff_fffcL : 0xfffc;
            windows.add(new BridgeWindow(BridgeWindow.Kind.IO, base & mask, (limit & mask) + 3, wide ? 32 : 16));
        }
        return windows;
    }
}
