package dev.dmarshal.core.pci.config;

import static dev.dmarshal.core.pci.config.ConfigHeader.flag;

import dev.dmarshal.core.memory.BitField;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a header of type 1 has for itself: bus numbers, windows, control of the bus below.
 *
 * <pre>
 *  18 Primary  19 Secondary  1a Subordinate  1b SecLatency  1c IOBase  1d IOLimit  1e SecStatus  20 MemBase  22 MemLimit  24 PrefBase  26 PrefLimit
 *  28 PrefBaseUpper  2c PrefLimitUpper  30 IOBaseUpper  32 IOLimitUpper  38 ExpansionROM  3e BridgeControl
 * </pre>
 *
 * Source: PCI-to-PCI Bridge Architecture Specification 1.2, section 3.2.
 *
 * @param space where it is read from
 */
public record BridgeHeader(ConfigSpace space) {
    /** Bus on which the bridge is. */
    public static final ConfigRegister PRIMARY = ConfigRegister.of("Primary", 0x18, 1);
    /** First bus below. */
    public static final ConfigRegister SECONDARY = ConfigRegister.of("Secondary", 0x19, 1);
    /** Last bus below. */
    public static final ConfigRegister SUBORDINATE = ConfigRegister.of("Subordinate", 0x1a, 1);
    /** Latency timer of the bus below. */
    public static final ConfigRegister SECONDARY_LATENCY = ConfigRegister.of("SecLatency", 0x1b, 1);
    /** Kind of a window: for I/O 0 is 16 bits, 1 is 32 bits; for prefetchable memory 0 is 32 bits, 1 is 64 bits. */
    public static final BitField WINDOW_TYPE = BitField.of("Type", 0, 4);
    /** Address bits 15:12. */
    public static final BitField IO_ADDRESS = BitField.of("Address", 4, 4);
    /** Address bits 31:20. */
    public static final BitField MEMORY_ADDRESS = BitField.of("Address", 4, 12);
    /** Lowest I/O address passed down. */
    public static final ConfigRegister IO_BASE = ConfigRegister.of("IOBase", 0x1c, 1, WINDOW_TYPE, IO_ADDRESS);
    /** Highest I/O address passed down. */
    public static final ConfigRegister IO_LIMIT = ConfigRegister.of("IOLimit", 0x1d, 1, WINDOW_TYPE, IO_ADDRESS);
    /** Status of the bus below. */
    public static final ConfigRegister SECONDARY_STATUS = ConfigRegister.of("SecStatus", 0x1e, 2, flag("66MHz", 5), flag("FastB2B", 7), flag("ParErr", 8),
            ConfigHeader.DEVSEL, flag(">TAbort", 11), flag("<TAbort", 12), flag("<MAbort", 13), flag("<SERR", 14), flag("<PERR", 15));
    /** Lowest memory address passed down. */
    public static final ConfigRegister MEMORY_BASE = ConfigRegister.of("MemBase", 0x20, 2, WINDOW_TYPE, MEMORY_ADDRESS);
    /** Highest memory address passed down. */
    public static final ConfigRegister MEMORY_LIMIT = ConfigRegister.of("MemLimit", 0x22, 2, WINDOW_TYPE, MEMORY_ADDRESS);
    /** Lowest prefetchable memory address passed down. */
    public static final ConfigRegister PREFETCHABLE_BASE = ConfigRegister.of("PrefBase", 0x24, 2, WINDOW_TYPE, MEMORY_ADDRESS);
    /** Highest prefetchable memory address passed down. */
    public static final ConfigRegister PREFETCHABLE_LIMIT = ConfigRegister.of("PrefLimit", 0x26, 2, WINDOW_TYPE, MEMORY_ADDRESS);
    /** Bits 63:32 of the prefetchable base. */
    public static final ConfigRegister PREFETCHABLE_BASE_UPPER = ConfigRegister.of("PrefBaseUpper", 0x28, 4);
    /** Bits 63:32 of the prefetchable limit. */
    public static final ConfigRegister PREFETCHABLE_LIMIT_UPPER = ConfigRegister.of("PrefLimitUpper", 0x2c, 4);
    /** Bits 31:16 of the I/O base. */
    public static final ConfigRegister IO_BASE_UPPER = ConfigRegister.of("IOBaseUpper", 0x30, 2);
    /** Bits 31:16 of the I/O limit. */
    public static final ConfigRegister IO_LIMIT_UPPER = ConfigRegister.of("IOLimitUpper", 0x32, 2);
    /** The addresses of VGA are passed down. */
    public static final BitField VGA_ENABLE = BitField.of("VGA", 3, 1);
    /** Holds the bus below in reset: the bridge's way to reset what is under it. */
    public static final BitField BUS_RESET = BitField.of(">Reset", 6, 1);
    /** Control of the bus below. */
    public static final ConfigRegister BRIDGE_CONTROL = ConfigRegister.of("BridgeCtl", 0x3e, 2, flag("Parity", 0), flag("SERR", 1), flag("NoISA", 2),
            VGA_ENABLE, flag("VGA16", 4), flag("MAbort", 5), BUS_RESET, flag("FastB2B", 7), flag("PriDiscTmr", 8), flag("SecDiscTmr", 9),
            flag("DiscTmrStat", 10), flag("DiscTmrSERREn", 11));
    /** All of them. */
    public static final List<ConfigRegister> REGISTERS = List.of(PRIMARY, SECONDARY, SUBORDINATE, SECONDARY_LATENCY, IO_BASE, IO_LIMIT, SECONDARY_STATUS,
            MEMORY_BASE, MEMORY_LIMIT, PREFETCHABLE_BASE, PREFETCHABLE_LIMIT, PREFETCHABLE_BASE_UPPER, PREFETCHABLE_LIMIT_UPPER, IO_BASE_UPPER,
            IO_LIMIT_UPPER, BRIDGE_CONTROL);

    /** Bus on which the bridge is. */
    public OptionalInt primary() {
        return bus(PRIMARY);
    }

    /** First bus below; 0 if nobody gave it numbers. */
    public OptionalInt secondary() {
        return bus(SECONDARY);
    }

    /** Last bus below. */
    public OptionalInt subordinate() {
        return bus(SUBORDINATE);
    }

    private OptionalInt bus(ConfigRegister register) {
        return ConfigSpace.narrow(space.read(register), BitField.of(register.name(), 0, 8));
    }

    /** The window for I/O; empty if it was not measured, or if base and limit disagree about the width of addresses. */
    public Optional<BridgeWindow> ioWindow() {
        if (!space.measured(IO_BASE.offset(), 2) || !space.measured(IO_BASE_UPPER.offset(), 4)) {
            return Optional.empty();
        }
        boolean wide = space.read(IO_BASE, WINDOW_TYPE).getAsInt() == 1;
        if (space.read(IO_BASE, WINDOW_TYPE).getAsInt() != space.read(IO_LIMIT, WINDOW_TYPE).getAsInt()) {
            return Optional.empty();
        }
        long base = (long) space.read(IO_BASE, IO_ADDRESS).getAsInt() << 12 | (wide ? space.read(IO_BASE_UPPER).getAsLong() << 16 : 0);
        long limit = (long) space.read(IO_LIMIT, IO_ADDRESS).getAsInt() << 12 | (wide ? space.read(IO_LIMIT_UPPER).getAsLong() << 16 : 0);
        return Optional.of(new BridgeWindow(BridgeWindow.Kind.IO, base, limit | 0xfff, wide ? 32 : 16));
    }

    /** The window for memory that must not be prefetched: 32 bits always. */
    public Optional<BridgeWindow> memoryWindow() {
        OptionalInt base = space.read(MEMORY_BASE, MEMORY_ADDRESS);
        OptionalInt limit = space.read(MEMORY_LIMIT, MEMORY_ADDRESS);
        return base.isEmpty() || limit.isEmpty() ? Optional.empty()
                : Optional.of(new BridgeWindow(BridgeWindow.Kind.MEMORY, (long) base.getAsInt() << 20, (long) limit.getAsInt() << 20 | 0xfffff, 32));
    }

    /** The window for prefetchable memory; empty if it was not measured, or if base and limit disagree about the width of addresses. */
    public Optional<BridgeWindow> prefetchableWindow() {
        OptionalLong baseUpper = space.read(PREFETCHABLE_BASE_UPPER);
        OptionalLong limitUpper = space.read(PREFETCHABLE_LIMIT_UPPER);
        OptionalInt base = space.read(PREFETCHABLE_BASE, MEMORY_ADDRESS);
        OptionalInt limit = space.read(PREFETCHABLE_LIMIT, MEMORY_ADDRESS);
        if (baseUpper.isEmpty() || limitUpper.isEmpty() || base.isEmpty() || limit.isEmpty()) {
            return Optional.empty();
        }
        int type = space.read(PREFETCHABLE_BASE, WINDOW_TYPE).getAsInt();
        if (type != space.read(PREFETCHABLE_LIMIT, WINDOW_TYPE).getAsInt()) {
            return Optional.empty();
        }
        boolean wide = type == 1;
        return Optional.of(new BridgeWindow(BridgeWindow.Kind.PREFETCHABLE, (long) base.getAsInt() << 20 | (wide ? baseUpper.getAsLong() << 32 : 0),
                (long) limit.getAsInt() << 20 | 0xfffff | (wide ? limitUpper.getAsLong() << 32 : 0), wide ? 64 : 32));
    }
}
