package dev.dmarshal.core.pci.config;

import static dev.dmarshal.core.pci.config.ConfigHeader.flag;

import dev.dmarshal.core.memory.BitField;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Virtual functions, extended capability 0010h.
 *
 * <pre>
 *  04 IOVCap  08 IOVCtl  0a IOVSta  0c InitialVFs  0e TotalVFs  10 NumVFs  12 Dependency  14 VFOffset  16 VFStride  1a VFDeviceID
 *  1c SupportedPageSize  20 SystemPageSize  24 six BARs of virtual functions  3c MigrationState
 * </pre>
 *
 * Source: PCI Express Base Specification 6.0, section 9.3.3.
 *
 * @param at where it is
 */
public record SriovCapability(PciCapability at) {
    /** Capabilities. */
    public static final ConfigRegister IOV_CAP = ConfigRegister.of("IOVCap", 0x04, 4, flag("Migration", 0), flag("ARIPreserved", 1), flag("10BitTagReq", 2),
            BitField.of("IntMsgNum", 21, 11));
    /** Virtual functions are there. */
    public static final BitField ENABLE = BitField.of("Enable", 0, 1);
    /** Virtual functions answer memory accesses. */
    public static final BitField MEMORY_ENABLE = BitField.of("MSE", 3, 1);
    /** Control. */
    public static final ConfigRegister IOV_CTL = ConfigRegister.of("IOVCtl", 0x08, 2, ENABLE, flag("Migration", 1), flag("Interrupt", 2), MEMORY_ENABLE,
            flag("ARIHierarchy", 4), flag("10BitTagReq", 5));
    /** Status. */
    public static final ConfigRegister IOV_STA = ConfigRegister.of("IOVSta", 0x0a, 2, flag("Migration", 0));
    /** Virtual functions there at first. */
    public static final ConfigRegister INITIAL = ConfigRegister.of("InitialVFs", 0x0c, 2);
    /** Virtual functions that there can be. */
    public static final ConfigRegister TOTAL = ConfigRegister.of("TotalVFs", 0x0e, 2);
    /** Virtual functions that software wants. */
    public static final ConfigRegister NUMBER = ConfigRegister.of("NumVFs", 0x10, 2);
    /** Physical function on which this one depends. */
    public static final ConfigRegister DEPENDENCY = ConfigRegister.of("FunctionDependencyLink", 0x12, 1);
    /** Requester id of the first virtual function less that of the physical one. */
    public static final ConfigRegister OFFSET = ConfigRegister.of("VFOffset", 0x14, 2);
    /** Requester id of each further one less that of the one before. */
    public static final ConfigRegister STRIDE = ConfigRegister.of("VFStride", 0x16, 2);
    /** Device id of virtual functions. */
    public static final ConfigRegister DEVICE_ID = ConfigRegister.of("VFDeviceID", 0x1a, 2);
    /** Page sizes that it can: bit n is 4 KiB shifted left by n. */
    public static final ConfigRegister SUPPORTED_PAGES = ConfigRegister.of("SupportedPageSize", 0x1c, 4);
    /** Page size in force: BARs of virtual functions are aligned to it. */
    public static final ConfigRegister SYSTEM_PAGE = ConfigRegister.of("SystemPageSize", 0x20, 4);
    /** Where the migration state is. */
    public static final ConfigRegister MIGRATION = ConfigRegister.of("MigrationState", 0x3c, 4, BitField.of("BIR", 0, 3), BitField.of("Offset", 3, 29));
    /** All but the BARs. */
    static final List<ConfigRegister> REGISTERS = List.of(IOV_CAP, IOV_CTL, IOV_STA, INITIAL, TOTAL, NUMBER, DEPENDENCY, OFFSET, STRIDE, DEVICE_ID,
            SUPPORTED_PAGES, SYSTEM_PAGE, MIGRATION);

    /** Offset of the first BAR of virtual functions. */
    static final int BARS = 0x24;
    /** How many there are. */
    static final int BAR_COUNT = 6;

    /** That of a function. */
    public static Optional<SriovCapability> of(CapabilityList list) {
        return list.first(CapabilityKind.SRIOV).map(SriovCapability::new);
    }

    /** Virtual functions that there can be. */
    public OptionalInt totalFunctions() {
        return at.number(TOTAL);
    }

    /** Virtual functions that are there now: what software wanted, if they are enabled, else 0. */
    public OptionalInt liveFunctions() {
        Optional<Boolean> enabled = at.isSet(IOV_CTL, ENABLE);
        OptionalInt wanted = at.number(NUMBER);
        return enabled.isEmpty() ? OptionalInt.empty() : enabled.get() ? wanted : OptionalInt.of(0);
    }

    /** Requester ids of virtual functions relative to the physical one, at most as many as {@code limit}; empty if not measured. */
    public Optional<List<Integer>> routingOffsets(int limit) {
        OptionalInt offset = at.number(OFFSET);
        OptionalInt stride = at.number(STRIDE);
        OptionalInt total = totalFunctions();
        if (offset.isEmpty() || stride.isEmpty() || total.isEmpty()) {
            return Optional.empty();
        }
        int count = Math.min(total.getAsInt(), limit);
        return Optional.of(IntStream.range(0, count).mapToObj(i -> offset.getAsInt() + i * stride.getAsInt()).toList());
    }

    /** BARs of each virtual function; sizes are not in configuration space. */
    public List<Bar> bars() {
        return Bar.read(at.space(), at.offset() + BARS, BAR_COUNT, true);
    }
}
