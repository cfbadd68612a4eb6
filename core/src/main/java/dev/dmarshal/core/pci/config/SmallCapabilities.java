package dev.dmarshal.core.pci.config;

import static dev.dmarshal.core.pci.config.ConfigHeader.flag;

import dev.dmarshal.core.memory.BitField;
import java.util.List;

/**
 * Registers of capabilities that bear on passthrough only a little: shown, not judged. Sources: PCI Local Bus Specification 3.0, appendices H and I;
 * PCI Express
 * Base Specification 6.0, chapter 7.
 */
public final class SmallCapabilities {
    /** Address of vital product data; bit 15 says that a transfer is done. */
    public static final ConfigRegister VPD_ADDRESS = ConfigRegister.of("VpdAddress", 0x02, 2, BitField.of("Address", 0, 15), flag("F", 15));
    /** Registers of capability 03h. */
    static final List<ConfigRegister> VITAL_PRODUCT_DATA = List.of(VPD_ADDRESS, ConfigRegister.of("VpdWord", 0x04, 4));

    /** Slots below a chassis' bridge. */
    public static final ConfigRegister SLOTS = ConfigRegister.of("Slots", 0x02, 1, BitField.of("Count", 0, 5), flag("First", 5));
    /** Number of the chassis. */
    public static final ConfigRegister CHASSIS = ConfigRegister.of("Chassis", 0x03, 1);
    /** Registers of capability 04h. */
    static final List<ConfigRegister> SLOT_NUMBERING = List.of(SLOTS, CHASSIS);

    /** Command of a HyperTransport capability, whose meaning depends on its upper bits. */
    public static final ConfigRegister HT_COMMAND = ConfigRegister.of("HtCommand", 0x02, 2, flag("Enable", 0), flag("Fixed", 1), BitField.of("Type", 11, 5));
    /** Registers of capability 08h. */
    static final List<ConfigRegister> HYPERTRANSPORT = List.of(HT_COMMAND);

    /** Length of a vendor's capability, in bytes. */
    public static final ConfigRegister VENDOR_LENGTH = ConfigRegister.of("Len", 0x02, 1);
    /** Registers of capability 09h. */
    static final List<ConfigRegister> VENDOR_SPECIFIC = List.of(VENDOR_LENGTH);

    /** Where the USB debug port is. */
    public static final ConfigRegister DEBUG = ConfigRegister.of("DebugPort", 0x02, 2, BitField.of("Offset", 0, 13), BitField.of("BAR", 13, 3));
    /** Registers of capability 0Ah. */
    static final List<ConfigRegister> DEBUG_PORT = List.of(DEBUG);

    /** Where SATA index and data are. */
    public static final ConfigRegister SATA_PLACE = ConfigRegister.of("SataPlace", 0x04, 4, BitField.of("BAR", 0, 4), BitField.of("Offset", 4, 20));
    /** Registers of capability 12h. */
    static final List<ConfigRegister> SATA = List.of(ConfigRegister.of("SataRevision", 0x02, 1, BitField.of("Minor", 0, 4), BitField.of("Major", 4, 4)),
            SATA_PLACE);

    /** Lower half of the serial number. */
    public static final ConfigRegister SERIAL_LOW = ConfigRegister.of("SerialLow", 0x04, 4);
    /** Upper half of the serial number. */
    public static final ConfigRegister SERIAL_HIGH = ConfigRegister.of("SerialHigh", 0x08, 4);
    /** Registers of extended capability 0003h: never shown unless asked for. */
    static final List<ConfigRegister> SERIAL_NUMBER = List.of(SERIAL_LOW, SERIAL_HIGH);

    /** Virtual channels: capabilities 1. */
    public static final ConfigRegister VC_CAP_1 = ConfigRegister.of("VcCap1", 0x04, 4, BitField.of("EVC", 0, 3), BitField.of("LPEVC", 4, 3),
            BitField.of("RefClk", 8, 2), BitField.of("PATEntryBits", 10, 2));
    /** Virtual channels: capabilities 2. */
    public static final ConfigRegister VC_CAP_2 = ConfigRegister.of("VcCap2", 0x08, 4, flag("Fixed", 0), flag("WRR32", 1), flag("WRR64", 2), flag("WRR128", 3),
            BitField.of("TableOffset", 24, 8));
    /** Virtual channels: control. */
    public static final ConfigRegister VC_CTL = ConfigRegister.of("VcCtl", 0x0c, 2, flag("Load", 0), BitField.of("ArbSelect", 1, 3));
    /** Virtual channels: status. */
    public static final ConfigRegister VC_STA = ConfigRegister.of("VcSta", 0x0e, 2, flag("InProgress", 0));
    /** Bytes from one channel's registers to the next one's. */
    public static final int VC_STEP = 12;
    /** The first channel: capabilities. */
    public static final ConfigRegister VC_RESOURCE_CAP = ConfigRegister.of("VcResourceCap", 0x10, 4, flag("Fixed", 0), flag("WRR32", 1), flag("WRR64", 2),
            flag("WRR128", 3), flag("TWRR128", 4), flag("WRR256", 5), flag("RejSnoopTrans", 15), BitField.of("MaxTimeSlots", 16, 7),
            BitField.of("PATOffset", 24, 8));
    /** The first channel: control. */
    public static final ConfigRegister VC_RESOURCE_CTL = ConfigRegister.of("VcResourceCtl", 0x14, 4, BitField.of("TC/VC", 0, 8), flag("Load", 16),
            BitField.of("ArbSelect", 17, 3), BitField.of("ID", 24, 3), flag("Enable", 31));
    /** The first channel: status. */
    public static final ConfigRegister VC_RESOURCE_STA = ConfigRegister.of("VcResourceSta", 0x1a, 2, flag("InProgress", 0), flag("NegoPending", 1));
    /** Registers of extended capabilities 0002h and 0009h, of further channels none. */
    static final List<ConfigRegister> VIRTUAL_CHANNEL = List.of(VC_CAP_1, VC_CAP_2, VC_CTL, VC_STA, VC_RESOURCE_CAP, VC_RESOURCE_CTL,
            VC_RESOURCE_STA);

    /** A vendor's extended capability: id, revision, length in bytes. */
    public static final ConfigRegister VSEC = ConfigRegister.of("VsecHeader", 0x04, 4, BitField.of("ID", 0, 16), BitField.of("Rev", 16, 4),
            BitField.of("Len", 20, 12));
    /** Registers of extended capability 000Bh. */
    static final List<ConfigRegister> EXTENDED_VENDOR_SPECIFIC = List.of(VSEC);

    /** Next function of the device in the order of function numbers, 0 at the end. */
    public static final BitField NEXT_FUNCTION = BitField.of("NextFunction", 8, 8);
    /** ARI: what it can. */
    public static final ConfigRegister ARI_CAP = ConfigRegister.of("ARICap", 0x04, 2, flag("MFVC", 0), flag("ACS", 1), NEXT_FUNCTION);
    /** ARI: what it does. */
    public static final ConfigRegister ARI_CTL = ConfigRegister.of("ARICtl", 0x06, 2, flag("MFVC", 0), flag("ACS", 1), BitField.of("FunctionGroup", 4, 3));
    /** Registers of extended capability 000Eh. */
    static final List<ConfigRegister> ALTERNATIVE_ROUTING_ID = List.of(ARI_CAP, ARI_CTL);

    /** Latency of snooped requests: a value and a scale of 32 to its power, in nanoseconds. */
    public static final ConfigRegister SNOOP = ConfigRegister.of("MaxSnoop", 0x04, 2, BitField.of("Value", 0, 10), BitField.of("Scale", 10, 3));
    /** Latency of other requests. */
    public static final ConfigRegister NO_SNOOP = ConfigRegister.of("MaxNoSnoop", 0x06, 2, BitField.of("Value", 0, 10), BitField.of("Scale", 10, 3));
    /** Registers of extended capability 0018h. */
    static final List<ConfigRegister> LATENCY_TOLERANCE = List.of(SNOOP, NO_SNOOP);

    /** Link control 3. */
    public static final ConfigRegister LINK_CTL_3 = ConfigRegister.of("LnkCtl3", 0x04, 4, flag("PerformEqu", 0), flag("LnkEquIntrruptEn", 1));
    /** Lanes with errors. */
    public static final ConfigRegister LANE_ERRORS = ConfigRegister.of("LaneErrStat", 0x08, 4);
    /** Registers of extended capability 0019h. */
    static final List<ConfigRegister> SECONDARY_EXPRESS = List.of(LINK_CTL_3, LANE_ERRORS);

    /** L1 substates: what it can. */
    public static final ConfigRegister L1_CAP = ConfigRegister.of("L1SubCap", 0x04, 4, flag("PCI-PM_L1.2", 0), flag("PCI-PM_L1.1", 1), flag("ASPM_L1.2", 2),
            flag("ASPM_L1.1", 3), flag("L1_PM_Substates", 4), BitField.of("CommonModeRestoreTime", 8, 8), BitField.of("PowerOnScale", 16, 2),
            BitField.of("PowerOnValue", 19, 5));
    /** L1 substates: what it does. */
    public static final ConfigRegister L1_CTL_1 = ConfigRegister.of("L1SubCtl1", 0x08, 4, flag("PCI-PM_L1.2", 0), flag("PCI-PM_L1.1", 1), flag("ASPM_L1.2", 2),
            flag("ASPM_L1.1", 3), BitField.of("CommonMode", 8, 8), BitField.of("ThresholdValue", 16, 10), BitField.of("ThresholdScale", 29, 3));
    /** L1 substates: times. */
    public static final ConfigRegister L1_CTL_2 = ConfigRegister.of("L1SubCtl2", 0x0c, 4, BitField.of("PowerOnScale", 0, 2), BitField.of("PowerOnValue", 3, 5));
    /** Registers of extended capability 001Eh. */
    static final List<ConfigRegister> L1_SUBSTATES = List.of(L1_CAP, L1_CTL_1, L1_CTL_2);

    /** Precision time measurement: what it can. */
    public static final ConfigRegister PTM_CAP = ConfigRegister.of("PTMCap", 0x04, 4, flag("Requester", 0), flag("Responder", 1), flag("Root", 2),
            BitField.of("Granularity", 8, 8));
    /** Precision time measurement: what it does. */
    public static final ConfigRegister PTM_CTL = ConfigRegister.of("PTMControl", 0x08, 4, flag("Enabled", 0), flag("RootSelected", 1),
            BitField.of("Granularity", 8, 8));
    /** Registers of extended capability 001Fh. */
    static final List<ConfigRegister> PRECISION_TIME = List.of(PTM_CAP, PTM_CTL);

    /** A designated vendor's capability: vendor, revision, length in bytes. */
    public static final ConfigRegister DVSEC_1 = ConfigRegister.of("DvsecHeader1", 0x04, 4, BitField.of("Vendor", 0, 16), BitField.of("Rev", 16, 4),
            BitField.of("Len", 20, 12));
    /** Which of that vendor's. */
    public static final ConfigRegister DVSEC_2 = ConfigRegister.of("DvsecHeader2", 0x08, 2, BitField.of("ID", 0, 16));
    /** Registers of extended capability 0023h. */
    static final List<ConfigRegister> DESIGNATED_VENDOR_SPECIFIC = List.of(DVSEC_1, DVSEC_2);

    private SmallCapabilities() {
    }
}
