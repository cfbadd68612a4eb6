package dev.dmarshal.core.pci.config;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Capabilities by id. Those that bear on passthrough have their registers; the others have a name. Source: PCI Code and ID Assignment Specification 1.14,
 * sections 2 and 3; registers in the class named in each row.
 */
public enum CapabilityKind {
    /** A place that is left out. */
    NULL(false, 0x00, "Null"),
    /** Power states and the reset that D3hot may bring. */
    POWER_MANAGEMENT(false, 0x01, "Power Management", () -> PowerManagementCapability.REGISTERS),
    /** AGP. */
    AGP(false, 0x02, "AGP"),
    /** Vital product data. */
    VITAL_PRODUCT_DATA(false, 0x03, "Vital Product Data", () -> SmallCapabilities.VITAL_PRODUCT_DATA),
    /** Slot numbering of a chassis. */
    SLOT_NUMBERING(false, 0x04, "Slot ID", () -> SmallCapabilities.SLOT_NUMBERING),
    /** Message signalled interrupts. */
    MSI(false, 0x05, "MSI", () -> MsiCapability.REGISTERS),
    /** CompactPCI hot swap. */
    HOT_SWAP(false, 0x06, "CompactPCI hot-swap"),
    /** PCI-X. */
    PCI_X(false, 0x07, "PCI-X"),
    /** HyperTransport. */
    HYPERTRANSPORT(false, 0x08, "HyperTransport", () -> SmallCapabilities.HYPERTRANSPORT),
    /** What a vendor keeps for itself. */
    VENDOR_SPECIFIC(false, 0x09, "Vendor Specific", () -> SmallCapabilities.VENDOR_SPECIFIC),
    /** USB debug port. */
    DEBUG_PORT(false, 0x0a, "Debug port", () -> SmallCapabilities.DEBUG_PORT),
    /** CompactPCI resource control. */
    RESOURCE_CONTROL(false, 0x0b, "CompactPCI central resource control"),
    /** Standard hot plug. */
    HOT_PLUG(false, 0x0c, "Hot-plug capable"),
    /** Subsystem ids of a bridge. */
    SUBSYSTEM(false, 0x0d, "Subsystem", () -> SubsystemCapability.REGISTERS),
    /** AGP 8x. */
    AGP_8X(false, 0x0e, "AGP3"),
    /** Secure device. */
    SECURE_DEVICE(false, 0x0f, "Secure device"),
    /** PCI Express. */
    PCI_EXPRESS(false, 0x10, "PCI Express", () -> PcieRegisters.ALL),
    /** MSI-X. */
    MSI_X(false, 0x11, "MSI-X", () -> MsixCapability.REGISTERS),
    /** SATA index and data. */
    SATA(false, 0x12, "SATA HBA", () -> SmallCapabilities.SATA),
    /** Function level reset of conventional PCI. */
    ADVANCED_FEATURES(false, 0x13, "PCI Advanced Features", () -> AdvancedFeaturesCapability.REGISTERS),
    /** Addresses that nobody can change. */
    ENHANCED_ALLOCATION(false, 0x14, "Enhanced Allocation", () -> List.of(EnhancedAllocationCapability.EA_CAP)),
    /** Flattening portal bridge. */
    FLATTENING_PORTAL(false, 0x15, "Flattening Portal Bridge"),

    /** A place that is left out. */
    EXTENDED_NULL(true, 0x0000, "Null"),
    /** Errors with their headers. */
    ADVANCED_ERROR_REPORTING(true, 0x0001, "Advanced Error Reporting", () -> ErrorReportingCapability.REGISTERS),
    /** Virtual channels. */
    VIRTUAL_CHANNEL(true, 0x0002, "Virtual Channel", () -> SmallCapabilities.VIRTUAL_CHANNEL),
    /** Serial number: tells one unit from all others, so it is masked where output leaves the machine. */
    SERIAL_NUMBER(true, 0x0003, "Device Serial Number", () -> SmallCapabilities.SERIAL_NUMBER),
    /** Power budget. */
    POWER_BUDGETING(true, 0x0004, "Power Budgeting"),
    /** Links of a root complex. */
    ROOT_COMPLEX_LINK(true, 0x0005, "Root Complex Link"),
    /** Control of a root complex's internal link. */
    ROOT_COMPLEX_INTERNAL_LINK(true, 0x0006, "Root Complex Internal Link"),
    /** Which integrated endpoints an event collector serves. */
    EVENT_COLLECTOR_ASSOCIATION(true, 0x0007, "Root Complex Event Collector"),
    /** Virtual channels of several functions. */
    MULTI_FUNCTION_VIRTUAL_CHANNEL(true, 0x0008, "Multi-Function Virtual Channel"),
    /** Virtual channels beside the former. */
    VIRTUAL_CHANNEL_9(true, 0x0009, "Virtual Channel", () -> SmallCapabilities.VIRTUAL_CHANNEL),
    /** Root complex register block. */
    ROOT_COMPLEX_HEADER(true, 0x000a, "Root Complex Register Block"),
    /** What a vendor keeps for itself. */
    EXTENDED_VENDOR_SPECIFIC(true, 0x000b, "Vendor Specific", () -> SmallCapabilities.EXTENDED_VENDOR_SPECIFIC),
    /** Access correlation, withdrawn. */
    ACCESS_CORRELATION(true, 0x000c, "Config Access Correlation"),
    /** What keeps functions and ports apart from each other. */
    ACCESS_CONTROL(true, 0x000d, "Access Control Services", () -> AcsCapability.REGISTERS),
    /** Function numbers above 7. */
    ALTERNATIVE_ROUTING_ID(true, 0x000e, "Alternative Routing-ID Interpretation (ARI)", () -> SmallCapabilities.ALTERNATIVE_ROUTING_ID),
    /** A translation cache in the device. */
    ADDRESS_TRANSLATION(true, 0x000f, "Address Translation Service (ATS)", () -> TranslationCapabilities.ADDRESS_TRANSLATION),
    /** Virtual functions. */
    SRIOV(true, 0x0010, "Single Root I/O Virtualization (SR-IOV)", () -> SriovCapability.REGISTERS),
    /** Virtual functions across hosts. */
    MRIOV(true, 0x0011, "Multi-Root I/O Virtualization"),
    /** Multicast. */
    MULTICAST(true, 0x0012, "Multicast"),
    /** Page requests. */
    PAGE_REQUEST(true, 0x0013, "Page Request Interface (PRI)", () -> TranslationCapabilities.PAGE_REQUEST),
    /** Reserved for AMD. */
    AMD_RESERVED(true, 0x0014, "Reserved for AMD"),
    /** BARs of a size that software chooses. */
    RESIZABLE_BAR(true, 0x0015, "Physical Resizable BAR", () -> List.of(ResizableBarCapability.REBAR_CAP, ResizableBarCapability.REBAR_CTL)),
    /** Dynamic power allocation. */
    DYNAMIC_POWER(true, 0x0016, "Dynamic Power Allocation"),
    /** Hints about who will use the bytes. */
    PROCESSING_HINTS(true, 0x0017, "Transaction Processing Hints"),
    /** Latency tolerance. */
    LATENCY_TOLERANCE(true, 0x0018, "Latency Tolerance Reporting", () -> SmallCapabilities.LATENCY_TOLERANCE),
    /** Link equalisation from 8 GT/s on. */
    SECONDARY_EXPRESS(true, 0x0019, "Secondary PCI Express", () -> SmallCapabilities.SECONDARY_EXPRESS),
    /** Protocol multiplexing. */
    PROTOCOL_MULTIPLEXING(true, 0x001a, "Protocol Multiplexing"),
    /** Process address spaces. */
    PASID(true, 0x001b, "Process Address Space ID (PASID)", () -> TranslationCapabilities.PASID),
    /** Lightweight notification. */
    LIGHTWEIGHT_NOTIFICATION(true, 0x001c, "LN Requester"),
    /** Errors that are contained by taking the link down. */
    PORT_CONTAINMENT(true, 0x001d, "Downstream Port Containment", () -> PortContainmentCapability.REGISTERS),
    /** Link states that save most power. */
    L1_SUBSTATES(true, 0x001e, "L1 PM Substates", () -> SmallCapabilities.L1_SUBSTATES),
    /** A clock that host and device share. */
    PRECISION_TIME(true, 0x001f, "Precision Time Measurement", () -> SmallCapabilities.PRECISION_TIME),
    /** PCI Express over M-PHY. */
    M_PHY(true, 0x0020, "PCI Express over M_PHY"),
    /** Readiness times in messages. */
    READINESS_QUEUEING(true, 0x0021, "FRS Queueing"),
    /** Readiness times. */
    READINESS_TIME(true, 0x0022, "Readiness Time Reporting"),
    /** What a vendor named by its id defines, CXL above all. */
    DESIGNATED_VENDOR_SPECIFIC(true, 0x0023, "Designated Vendor-Specific", () -> SmallCapabilities.DESIGNATED_VENDOR_SPECIFIC),
    /** BARs of virtual functions of a size that software chooses. */
    VF_RESIZABLE_BAR(true, 0x0024, "Virtual Resizable BAR", () -> List.of(ResizableBarCapability.REBAR_CAP, ResizableBarCapability.REBAR_CTL)),
    /** Data link features. */
    DATA_LINK_FEATURE(true, 0x0025, "Data Link Feature"),
    /** Link equalisation at 16 GT/s. */
    PHYSICAL_LAYER_16GT(true, 0x0026, "Physical Layer 16.0 GT/s"),
    /** Lane margining. */
    LANE_MARGINING(true, 0x0027, "Lane Margining at the Receiver"),
    /** Identity of a hierarchy. */
    HIERARCHY_ID(true, 0x0028, "Hierarchy ID"),
    /** Enclosure management. */
    ENCLOSURE_MANAGEMENT(true, 0x0029, "Native PCIe Enclosure Management"),
    /** Link equalisation at 32 GT/s. */
    PHYSICAL_LAYER_32GT(true, 0x002a, "Physical Layer 32.0 GT/s"),
    /** Alternate protocols such as CXL. */
    ALTERNATE_PROTOCOL(true, 0x002b, "Alternate Protocol"),
    /** System firmware intermediary. */
    FIRMWARE_INTERMEDIARY(true, 0x002c, "System Firmware Intermediary"),
    /** Shadow functions. */
    SHADOW_FUNCTIONS(true, 0x002d, "Shadow Functions"),
    /** Mailboxes for discovery. */
    DATA_OBJECT_EXCHANGE(true, 0x002e, "Data Object Exchange"),
    /** Device 3 registers. */
    DEVICE_3(true, 0x002f, "Device 3"),
    /** Encryption of links. */
    INTEGRITY_ENCRYPTION(true, 0x0030, "Integrity & Data Encryption"),
    /** Link equalisation at 64 GT/s. */
    PHYSICAL_LAYER_64GT(true, 0x0031, "Physical Layer 64.0 GT/s"),
    /** Flit logging. */
    FLIT_LOGGING(true, 0x0032, "Flit Logging"),
    /** Flit performance. */
    FLIT_PERFORMANCE(true, 0x0033, "Flit Performance Measurement"),
    /** Flit error injection. */
    FLIT_ERROR_INJECTION(true, 0x0034, "Flit Error Injection");

    private static final Map<Integer, CapabilityKind> BY_KEY = Arrays.stream(values()).collect(Collectors.toMap(kind -> key(kind.extended, kind.id),
            Function.identity()));

    private final boolean extended;
    private final int id;
    private final String title;
    private final Supplier<List<ConfigRegister>> registers;

    CapabilityKind(boolean extended, int id, String title) {
        this(extended, id, title, List::of);
    }

    CapabilityKind(boolean extended, int id, String title, Supplier<List<ConfigRegister>> registers) {
        this.extended = extended;
        this.id = id;
        this.title = title;
        this.registers = registers;
    }

    private static int key(boolean extended, int id) {
        return (extended ? 1 << 16 : 0) | id;
    }

    /** The kind of an id; empty for ids without a name here. */
    public static Optional<CapabilityKind> of(boolean extended, int id) {
        return Optional.ofNullable(BY_KEY.get(key(extended, id)));
    }

    /** Whether it is of the extended list, from 100h on. */
    public boolean extended() {
        return extended;
    }

    /** Its id: 8 bits, or 16 if extended. */
    public int id() {
        return id;
    }

    /** Its name for people. */
    public String title() {
        return title;
    }

    /** Its registers with fixed places, in ascending order; empty for those that are only named, or whose registers all repeat. */
    public List<ConfigRegister> registers() {
        return registers.get();
    }
}
