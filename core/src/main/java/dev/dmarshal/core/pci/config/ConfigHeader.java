package dev.dmarshal.core.pci.config;

import dev.dmarshal.core.memory.BitField;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The part of the header that all types share, and what types 0 and 2 have beyond it; see {@link BridgeHeader} for type 1.
 *
 * <pre>
 *  00 VendorID  02 DeviceID  04 Command  06 Status  08 Revision  09 ClassCode  0c CacheLine  0d Latency  0e HeaderType  0f BIST
 *  10 six BARs (type 1: two, type 2: one)  2c SubsystemVendor  2e Subsystem  30 ExpansionROM  34 CapPointer  3c IntLine  3d IntPin  3e MinGnt  3f MaxLat
 * </pre>
 *
 * Source: PCI Local Bus Specification 3.0, section 6.1.
 *
 * @param space where it is read from
 */
public record ConfigHeader(ConfigSpace space) {
    /** Vendor; all ones where no function answers. */
    public static final ConfigRegister VENDOR_ID = ConfigRegister.of("VendorID", 0x00, 2);
    /** Device. */
    public static final ConfigRegister DEVICE_ID = ConfigRegister.of("DeviceID", 0x02, 2);
    /** Answers I/O accesses. */
    public static final BitField IO_ENABLE = BitField.of("I/O", 0, 1);
    /** Answers memory accesses. */
    public static final BitField MEMORY_ENABLE = BitField.of("Mem", 1, 1);
    /** May send requests of its own. */
    public static final BitField BUS_MASTER = BitField.of("BusMaster", 2, 1);
    /** INTx is off. */
    public static final BitField INTX_DISABLE = BitField.of("DisINTx", 10, 1);
    /** Command. */
    public static final ConfigRegister COMMAND = ConfigRegister.of("Command", 0x04, 2, IO_ENABLE, MEMORY_ENABLE, BUS_MASTER, flag("SpecCycle", 3),
            flag("MemWINV", 4), flag("VGASnoop", 5), flag("ParErr", 6), flag("Stepping", 7), flag("SERR", 8), flag("FastB2B", 9), INTX_DISABLE);
    /** INTx is asserted. */
    public static final BitField INTX_PENDING = BitField.of("INTx", 3, 1);
    /** There is a list of capabilities. */
    public static final BitField HAS_CAPABILITIES = BitField.of("Cap", 4, 1);
    /** Device select timing: 0 fast, 1 medium, 2 slow. */
    public static final BitField DEVSEL = BitField.of("DEVSEL", 9, 2);
    /** Status. */
    public static final ConfigRegister STATUS = ConfigRegister.of("Status", 0x06, 2, flag("ImmediateReadiness", 0), INTX_PENDING, HAS_CAPABILITIES,
            flag("66MHz", 5), flag("UDF", 6), flag("FastB2B", 7), flag("ParErr", 8), DEVSEL, flag(">TAbort", 11), flag("<TAbort", 12), flag("<MAbort", 13),
            flag(">SERR", 14), flag("<PERR", 15));
    /** Revision. */
    public static final ConfigRegister REVISION = ConfigRegister.of("Revision", 0x08, 1);
    /** Base class, subclass and programming interface: {@link #classCode()}. */
    private static final int CLASS_CODE = 0x09;
    private static final int FIRST_BAR = 0x10;
    /** Cache line in 32-bit words. */
    public static final ConfigRegister CACHE_LINE = ConfigRegister.of("CacheLine", 0x0c, 1);
    /** Latency timer. */
    public static final ConfigRegister LATENCY = ConfigRegister.of("Latency", 0x0d, 1);
    /** Header layout: see {@link HeaderType}. */
    public static final BitField LAYOUT = BitField.of("Layout", 0, 7);
    /** The device may have further functions. */
    public static final BitField MULTIFUNCTION = BitField.of("MultiFunction", 7, 1);
    /** Header type. */
    public static final ConfigRegister HEADER_TYPE = ConfigRegister.of("HeaderType", 0x0e, 1, LAYOUT, MULTIFUNCTION);
    /** Built-in self test. */
    public static final ConfigRegister BIST = ConfigRegister.of("BIST", 0x0f, 1, BitField.of("Code", 0, 4), flag("Start", 6), flag("Capable", 7));
    /** Subsystem vendor, type 0. */
    public static final ConfigRegister SUBSYSTEM_VENDOR = ConfigRegister.of("SubsystemVendor", 0x2c, 2);
    /** Subsystem, type 0. */
    public static final ConfigRegister SUBSYSTEM = ConfigRegister.of("Subsystem", 0x2e, 2);
    /** Subsystem vendor, type 2. */
    public static final ConfigRegister CARDBUS_SUBSYSTEM_VENDOR = ConfigRegister.of("SubsystemVendor", 0x40, 2);
    /** Subsystem, type 2. */
    public static final ConfigRegister CARDBUS_SUBSYSTEM = ConfigRegister.of("Subsystem", 0x42, 2);
    /** Where the list of capabilities starts, types 0 and 1. */
    public static final ConfigRegister CAPABILITY_POINTER = ConfigRegister.of("CapPointer", 0x34, 1);
    /** Where the list of capabilities starts, type 2. */
    public static final ConfigRegister CARDBUS_CAPABILITY_POINTER = ConfigRegister.of("CapPointer", 0x14, 1);
    /** Interrupt line, which firmware writes and nobody has to believe. */
    public static final ConfigRegister INTERRUPT_LINE = ConfigRegister.of("IntLine", 0x3c, 1);
    /** INTx pin: 0 none, 1 to 4 for A to D. */
    public static final ConfigRegister INTERRUPT_PIN = ConfigRegister.of("IntPin", 0x3d, 1);
    /** Shortest burst, type 0, in quarters of a microsecond. */
    public static final ConfigRegister MIN_GRANT = ConfigRegister.of("MinGnt", 0x3e, 1);
    /** Longest latency, type 0, in quarters of a microsecond. */
    public static final ConfigRegister MAX_LATENCY = ConfigRegister.of("MaxLat", 0x3f, 1);
    /** The registers that every header has. */
    public static final List<ConfigRegister> COMMON = List.of(VENDOR_ID, DEVICE_ID, COMMAND, STATUS, REVISION, CACHE_LINE, LATENCY, HEADER_TYPE, BIST,
            INTERRUPT_LINE, INTERRUPT_PIN);

    static BitField flag(String name, int bit) {
        return BitField.of(name, bit, 1);
    }

    /** Vendor id, 16 bits. */
    public OptionalInt vendorId() {
        return number(VENDOR_ID);
    }

    /** Device id, 16 bits. */
    public OptionalInt deviceId() {
        return number(DEVICE_ID);
    }

    /** Whether a function answered at all: a read that nobody answers gives all ones. */
    public Optional<Boolean> answers() {
        OptionalInt vendor = vendorId();
        return vendor.isPresent() ? Optional.of(vendor.getAsInt() != 0xffff) : Optional.empty();
    }

    /** Class code, 24 bits: base class 23:16, subclass 15:8, programming interface 7:0. */
    public OptionalInt classCode() {
        return ConfigSpace.narrow(space.read(CLASS_CODE, 3), BitField.of("ClassCode", 0, 24));
    }

    /** Revision. */
    public OptionalInt revision() {
        return number(REVISION);
    }

    /** Layout; empty if it was not measured or is none that a specification gives. */
    public Optional<HeaderType> type() {
        OptionalInt code = space.read(HEADER_TYPE, LAYOUT);
        return code.isPresent() ? HeaderType.of(code.getAsInt()) : Optional.empty();
    }

    /** Whether the device may have further functions; only function 0 has to say so. */
    public Optional<Boolean> multifunction() {
        return space.isSet(HEADER_TYPE, MULTIFUNCTION);
    }

    /** Subsystem vendor of types 0 and 2, or of a bridge's subsystem capability. */
    public OptionalInt subsystemVendor() {
        return subsystem(SUBSYSTEM_VENDOR, CARDBUS_SUBSYSTEM_VENDOR, SubsystemCapability.VENDOR);
    }

    /** Subsystem of types 0 and 2, or of a bridge's subsystem capability. */
    public OptionalInt subsystemId() {
        return subsystem(SUBSYSTEM, CARDBUS_SUBSYSTEM, SubsystemCapability.DEVICE);
    }

    private OptionalInt subsystem(ConfigRegister endpoint, ConfigRegister cardBus, ConfigRegister bridge) {
        Optional<HeaderType> type = type();
        if (type.isEmpty()) {
            return OptionalInt.empty();
        }
        return switch (type.get()) {
            case ENDPOINT -> number(endpoint);
            case CARDBUS -> number(cardBus);
            case BRIDGE -> space.capabilities().first(CapabilityKind.SUBSYSTEM).map(at -> at.number(bridge)).orElse(OptionalInt.empty());
        };
    }

    /** INTx pin: 1 to 4 for A to D, 0 for none. */
    public OptionalInt interruptPin() {
        return number(INTERRUPT_PIN);
    }

    /** Base address registers that are not 0 and were measured; none for a header type that is not known. */
    public List<Bar> bars() {
        return type().map(type -> Bar.read(space, FIRST_BAR, type.bars(), false)).orElse(List.of());
    }

    /** The bridge's part of the header; empty for other types, or if the type was not measured. */
    public Optional<BridgeHeader> bridge() {
        return type().filter(type -> type == HeaderType.BRIDGE).map(type -> new BridgeHeader(space));
    }

    /** The CardBus bridge's part of the header. */
    public Optional<CardBusHeader> cardBus() {
        return type().filter(type -> type == HeaderType.CARDBUS).map(type -> new CardBusHeader(space));
    }

    private OptionalInt number(ConfigRegister register) {
        return ConfigSpace.narrow(space.read(register), BitField.of(register.name(), 0, register.sizeBytes() * Byte.SIZE));
    }
}
