package dev.dmarshal.core.pci.config;

import static dev.dmarshal.core.pci.config.ConfigHeader.flag;

import dev.dmarshal.core.memory.BitField;
import java.util.List;

/**
 * Registers of the PCI Express capability, 10h.
 *
 * <pre>
 *  02 PcieCap  04 DevCap  08 DevCtl  0a DevSta  0c LnkCap  10 LnkCtl  12 LnkSta  14 SltCap  18 SltCtl  1a SltSta  1c RootCtl  1e RootCap  20 RootSta
 *  version 2:  24 DevCap2 28 DevCtl2 2a DevSta2 2c LnkCap2 30 LnkCtl2 32 LnkSta2 34 SltCap2 38 SltCtl2 3a SltSta2
 * </pre>
 *
 * Source: PCI Express Base Specification 6.0, section 7.5.3.
 */
public final class PcieRegisters {
    /** Version of the capability: 1 has no register from 24h on. */
    public static final BitField VERSION = BitField.of("Version", 0, 4);
    /** See {@link PortType}. */
    public static final BitField TYPE = BitField.of("Type", 4, 4);
    /** The port's link leads to a slot. */
    public static final BitField SLOT = BitField.of("Slot", 8, 1);
    /** Number of the message for hot plug and power events. */
    public static final BitField MESSAGE = BitField.of("MSI", 9, 5);
    /** Capabilities. */
    public static final ConfigRegister PCIE_CAP = ConfigRegister.of("PcieCap", 0x02, 2, VERSION, TYPE, SLOT, MESSAGE);

    /** Largest payload that it can: 128 bytes shifted left by this. */
    public static final BitField MAX_PAYLOAD = BitField.of("MaxPayload", 0, 3);
    /** Function numbers that it may sign with without having them: 2 to this power, less one. */
    public static final BitField PHANTOM_FUNCTIONS = BitField.of("PhantFunc", 3, 2);
    /** Function level reset. */
    public static final BitField FUNCTION_LEVEL_RESET = BitField.of("FLReset", 28, 1);
    /** Device capabilities. */
    public static final ConfigRegister DEVICE_CAP = ConfigRegister.of("DevCap", 0x04, 4, MAX_PAYLOAD, PHANTOM_FUNCTIONS, flag("ExtTag", 5),
            BitField.of("LatencyL0s", 6, 3), BitField.of("LatencyL1", 9, 3), flag("AttnBtn", 12), flag("AttnInd", 13), flag("PwrInd", 14), flag("RBE", 15),
            BitField.of("SlotPowerLimit", 18, 8), BitField.of("SlotPowerScale", 26, 2), FUNCTION_LEVEL_RESET, flag("TEE-IO", 30));
    /** Payload in force: 128 bytes shifted left by this. */
    public static final BitField PAYLOAD = BitField.of("MaxPayload", 5, 3);
    /** Signs with phantom function numbers. */
    public static final BitField PHANTOM_ENABLE = BitField.of("PhantFunc", 9, 1);
    /** Largest read request: 128 bytes shifted left by this. */
    public static final BitField READ_REQUEST = BitField.of("MaxReadReq", 12, 3);
    /** Starts a function level reset; on bridges to PCI it means retries of configuration accesses instead. */
    public static final BitField START_RESET = BitField.of("FLReset", 15, 1);
    /** Device control. */
    public static final ConfigRegister DEVICE_CTL = ConfigRegister.of("DevCtl", 0x08, 2, flag("CorrErr", 0), flag("NonFatalErr", 1), flag("FatalErr", 2),
            flag("UnsupReq", 3), flag("RlxdOrd", 4), PAYLOAD, flag("ExtTag", 8), PHANTOM_ENABLE, flag("AuxPwr", 10), flag("NoSnoop", 11), READ_REQUEST,
            START_RESET);
    /** Requests are under way: a reset now loses them. */
    public static final BitField TRANSACTIONS_PENDING = BitField.of("TransPend", 5, 1);
    /** Device status. */
    public static final ConfigRegister DEVICE_STA = ConfigRegister.of("DevSta", 0x0a, 2, flag("CorrErr", 0), flag("NonFatalErr", 1), flag("FatalErr", 2),
            flag("UnsupReq", 3), flag("AuxPwr", 4), TRANSACTIONS_PENDING, flag("EmergPwrRed", 6));

    /** Link speed by number, see {@link PcieCapability#speed}. */
    public static final BitField SPEED = BitField.of("Speed", 0, 4);
    /** Lanes. */
    public static final BitField WIDTH = BitField.of("Width", 4, 6);
    /** The port says when its link is up, so that hot reset can be waited for. */
    public static final BitField LINK_REPORTING = BitField.of("LLActRep", 20, 1);
    /** Number of the port. */
    public static final BitField PORT = BitField.of("Port", 24, 8);
    /** Link capabilities. */
    public static final ConfigRegister LINK_CAP = ConfigRegister.of("LnkCap", 0x0c, 4, SPEED, WIDTH, BitField.of("ASPM", 10, 2),
            BitField.of("ExitLatencyL0s", 12, 3), BitField.of("ExitLatencyL1", 15, 3), flag("ClockPM", 18), flag("Surprise", 19), LINK_REPORTING,
            flag("BwNot", 21), flag("ASPMOptComp", 22), PORT);
    /** The link is held down. */
    public static final BitField LINK_DISABLE = BitField.of("Disabled", 4, 1);
    /** Link control. */
    public static final ConfigRegister LINK_CTL = ConfigRegister.of("LnkCtl", 0x10, 2, BitField.of("ASPM", 0, 2), flag("RCB", 3), LINK_DISABLE,
            flag("Retrain", 5), flag("CommClk", 6), flag("ExtSynch", 7), flag("ClockPM", 8), flag("AutWidDis", 9), flag("BWInt", 10), flag("AutBWInt", 11),
            BitField.of("DRS", 14, 2));
    /** The link is up. */
    public static final BitField LINK_ACTIVE = BitField.of("DLActive", 13, 1);
    /** Link status. */
    public static final ConfigRegister LINK_STA = ConfigRegister.of("LnkSta", 0x12, 2, SPEED, WIDTH, flag("TrErr", 10), flag("Train", 11),
            flag("SlotClk", 12), LINK_ACTIVE, flag("BWMgmt", 14), flag("ABWMgmt", 15));

    /** Cards may be pulled without warning. */
    public static final BitField SURPRISE = BitField.of("Surprise", 5, 1);
    /** Cards may be changed while it runs. */
    public static final BitField HOT_PLUG = BitField.of("HotPlug", 6, 1);
    /** Physical number of the slot. */
    public static final BitField SLOT_NUMBER = BitField.of("Slot", 19, 13);
    /** Slot capabilities. */
    public static final ConfigRegister SLOT_CAP = ConfigRegister.of("SltCap", 0x14, 4, flag("AttnBtn", 0), flag("PwrCtrl", 1), flag("MRL", 2),
            flag("AttnInd", 3), flag("PwrInd", 4), SURPRISE, HOT_PLUG, BitField.of("PowerLimit", 7, 8), BitField.of("PowerScale", 15, 2),
            flag("Interlock", 17), flag("NoCompl", 18), SLOT_NUMBER);
    /** Slot control. */
    public static final ConfigRegister SLOT_CTL = ConfigRegister.of("SltCtl", 0x18, 2, flag("AttnBtn", 0), flag("PwrFlt", 1), flag("MRL", 2),
            flag("PresDet", 3), flag("CmdCplt", 4), flag("HPIrq", 5), BitField.of("AttnIndControl", 6, 2), BitField.of("PwrIndControl", 8, 2),
            flag("Power", 10), flag("Interlock", 11), flag("LinkChg", 12), flag("AutoPowerDis", 13), flag("InBandPDDis", 14));
    /** A card is in the slot. */
    public static final BitField PRESENCE = BitField.of("PresDet", 6, 1);
    /** Slot status. */
    public static final ConfigRegister SLOT_STA = ConfigRegister.of("SltSta", 0x1a, 2, flag("AttnBtn", 0), flag("PowerFlt", 1), flag("MRLChanged", 2),
            flag("PresDetChanged", 3), flag("CmdCplt", 4), flag("MRL", 5), PRESENCE, flag("Interlock", 7), flag("LinkState", 8));

    /** Root control. */
    public static final ConfigRegister ROOT_CTL = ConfigRegister.of("RootCtl", 0x1c, 2, flag("ErrCorrectable", 0), flag("ErrNon-Fatal", 1),
            flag("ErrFatal", 2), flag("PMEIntEna", 3), flag("CRSVisible", 4));
    /** Root capabilities. */
    public static final ConfigRegister ROOT_CAP = ConfigRegister.of("RootCap", 0x1e, 2, flag("CRSVisible", 0));
    /** Root status. */
    public static final ConfigRegister ROOT_STA = ConfigRegister.of("RootSta", 0x20, 4, BitField.of("PME ReqID", 0, 16), flag("PMEStatus", 16),
            flag("PMEPending", 17));

    /** The port can take function numbers above 7 below it. */
    public static final BitField ARI_FORWARDING = BitField.of("ARIFwd", 5, 1);
    /** Device capabilities 2. */
    public static final ConfigRegister DEVICE_CAP_2 = ConfigRegister.of("DevCap2", 0x24, 4, BitField.of("CompletionTimeout", 0, 4), flag("TimeoutDis", 4),
            ARI_FORWARDING, flag("AtomicRouting", 6), flag("32bit", 7), flag("64bit", 8), flag("128bitCAS", 9), flag("NROPrPrP", 10), flag("LTR", 11),
            BitField.of("TPHComp", 12, 2), BitField.of("LNCLS", 14, 2), flag("10BitTagComp", 16), flag("10BitTagReq", 17), BitField.of("OBFF", 18, 2),
            flag("ExtFmt", 20), flag("EETLPPrefix", 21), BitField.of("MaxEETLPPrefixes", 22, 2), BitField.of("EmergencyPowerReduction", 24, 2),
            flag("EmergencyPowerReductionInit", 26), flag("FRS", 31));
    /** Device control 2. */
    public static final ConfigRegister DEVICE_CTL_2 = ConfigRegister.of("DevCtl2", 0x28, 2, BitField.of("CompletionTimeout", 0, 4), flag("TimeoutDis", 4),
            ARI_FORWARDING, flag("ReqEn", 6), flag("EgressBlck", 7), flag("IDOReq", 8), flag("IDOCompl", 9), flag("LTR", 10),
            flag("EmergencyPowerReductionReq", 11), flag("10BitTagReq", 12), BitField.of("OBFF", 13, 2), flag("EETLPPrefixBlk", 15));
    /** Device status 2. */
    public static final ConfigRegister DEVICE_STA_2 = ConfigRegister.of("DevSta2", 0x2a, 2);
    /** Link capabilities 2. */
    public static final ConfigRegister LINK_CAP_2 = ConfigRegister.of("LnkCap2", 0x2c, 4, BitField.of("SupportedSpeeds", 1, 7), flag("Crosslink", 8),
            BitField.of("LowerSkpGeneration", 9, 7), BitField.of("LowerSkpReception", 16, 7), flag("Retimer", 23), flag("2Retimers", 24), flag("DRS", 31));
    /** Link control 2. */
    public static final ConfigRegister LINK_CTL_2 = ConfigRegister.of("LnkCtl2", 0x30, 2, BitField.of("TargetSpeed", 0, 4), flag("EnterCompliance", 4),
            flag("SpeedDis", 5), flag("SelectableDeemphasis", 6), BitField.of("TransmitMargin", 7, 3), flag("EnterModifiedCompliance", 10),
            flag("ComplianceSOS", 11), BitField.of("CompliancePreset", 12, 4));
    /** Link status 2. */
    public static final ConfigRegister LINK_STA_2 = ConfigRegister.of("LnkSta2", 0x32, 2, flag("CurrentDeemphasis", 0), flag("EqualizationComplete", 1),
            flag("EqualizationPhase1", 2), flag("EqualizationPhase2", 3), flag("EqualizationPhase3", 4), flag("LinkEqualizationRequest", 5),
            flag("Retimer", 6), flag("2Retimers", 7), BitField.of("CrosslinkRes", 8, 2), BitField.of("DownstreamComp", 12, 3), flag("DRS", 15));
    /** Slot capabilities 2. */
    public static final ConfigRegister SLOT_CAP_2 = ConfigRegister.of("SltCap2", 0x34, 4, flag("InBandPDDisable", 0));
    /** Slot control 2. */
    public static final ConfigRegister SLOT_CTL_2 = ConfigRegister.of("SltCtl2", 0x38, 2);
    /** Slot status 2. */
    public static final ConfigRegister SLOT_STA_2 = ConfigRegister.of("SltSta2", 0x3a, 2);
    /** All of them; which ones a function has is a matter of its version and type. */
    public static final List<ConfigRegister> ALL = List.of(PCIE_CAP, DEVICE_CAP, DEVICE_CTL, DEVICE_STA, LINK_CAP, LINK_CTL, LINK_STA, SLOT_CAP, SLOT_CTL,
            SLOT_STA, ROOT_CTL, ROOT_CAP, ROOT_STA, DEVICE_CAP_2, DEVICE_CTL_2, DEVICE_STA_2, LINK_CAP_2, LINK_CTL_2, LINK_STA_2, SLOT_CAP_2, SLOT_CTL_2,
            SLOT_STA_2);

    private PcieRegisters() {
    }
}
