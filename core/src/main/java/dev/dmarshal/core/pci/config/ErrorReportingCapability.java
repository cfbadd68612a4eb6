package dev.dmarshal.core.pci.config;

import static dev.dmarshal.core.pci.config.ConfigHeader.flag;

import dev.dmarshal.core.memory.BitField;
import java.util.List;

/**
 * Advanced error reporting, extended capability 0001h. Source: PCI Express Base Specification 6.0, section 7.8.4.
 */
public final class ErrorReportingCapability {
    /** An access that access control services refused. */
    public static final BitField ACS_VIOLATION = BitField.of("ACSViol", 21, 1);
    private static final BitField[] UNCORRECTABLE = {flag("DLP", 4), flag("SDES", 5), flag("TLP", 12), flag("FCP", 13), flag("CmpltTO", 14),
        flag("CmpltAbrt", 15), flag("UnxCmplt", 16), flag("RxOF", 17), flag("MalfTLP", 18), flag("ECRC", 19), flag("UnsupReq", 20), ACS_VIOLATION,
        flag("UncorrIntErr", 22), flag("BlockedTLP", 23), flag("AtomicOpBlocked", 24), flag("TLPBlockedErr", 25), flag("PoisonTLPBlocked", 26),
        flag("DMWrReqBlocked", 27), flag("IDECheck", 28), flag("MisIDETLP", 29), flag("PCRC_CHECK", 30), flag("TLPXlatBlocked", 31)};
    private static final BitField[] CORRECTABLE = {flag("RxErr", 0), flag("BadTLP", 6), flag("BadDLLP", 7), flag("Rollover", 8), flag("Timeout", 12),
        flag("AdvNonFatalErr", 13), flag("CorrIntErr", 14), flag("HeaderOF", 15)};
    /** Errors that were not corrected: seen. */
    public static final ConfigRegister UNCORRECTABLE_STA = ConfigRegister.of("UESta", 0x04, 4, UNCORRECTABLE);
    /** Errors that were not corrected: not reported. */
    public static final ConfigRegister UNCORRECTABLE_MASK = ConfigRegister.of("UEMsk", 0x08, 4, UNCORRECTABLE);
    /** Errors that were not corrected: fatal. */
    public static final ConfigRegister UNCORRECTABLE_SEVERITY = ConfigRegister.of("UESvrt", 0x0c, 4, UNCORRECTABLE);
    /** Errors that were corrected: seen. */
    public static final ConfigRegister CORRECTABLE_STA = ConfigRegister.of("CESta", 0x10, 4, CORRECTABLE);
    /** Errors that were corrected: not reported. */
    public static final ConfigRegister CORRECTABLE_MASK = ConfigRegister.of("CEMsk", 0x14, 4, CORRECTABLE);
    /** Capabilities and control. */
    public static final ConfigRegister AER_CAP = ConfigRegister.of("AERCap", 0x18, 4, BitField.of("FirstErrorPointer", 0, 5), flag("ECRCGenCap", 5),
            flag("ECRCGenEn", 6), flag("ECRCChkCap", 7), flag("ECRCChkEn", 8), flag("MultHdrRecCap", 9), flag("MultHdrRecEn", 10), flag("TLPPfxPres", 11),
            flag("HdrLogCap", 12));
    /** Header of the packet of the first error, word 0. */
    public static final ConfigRegister HEADER_LOG_0 = ConfigRegister.of("HeaderLog0", 0x1c, 4);
    /** Word 1. */
    public static final ConfigRegister HEADER_LOG_1 = ConfigRegister.of("HeaderLog1", 0x20, 4);
    /** Word 2. */
    public static final ConfigRegister HEADER_LOG_2 = ConfigRegister.of("HeaderLog2", 0x24, 4);
    /** Word 3. */
    public static final ConfigRegister HEADER_LOG_3 = ConfigRegister.of("HeaderLog3", 0x28, 4);
    /** What root ports and event collectors report. */
    public static final ConfigRegister ROOT_COMMAND = ConfigRegister.of("RootCmd", 0x2c, 4, flag("CERptEn", 0), flag("NFERptEn", 1), flag("FERptEn", 2));
    /** What they saw. */
    public static final ConfigRegister ROOT_STATUS = ConfigRegister.of("RootSta", 0x30, 4, flag("CERcvd", 0), flag("MultCERcvd", 1), flag("UERcvd", 2),
            flag("MultUERcvd", 3), flag("FirstFatal", 4), flag("NonFatalMsg", 5), flag("FatalMsg", 6), BitField.of("IntMsgNum", 27, 5));
    /** Requester id of the first correctable error. */
    public static final ConfigRegister CORRECTABLE_SOURCE = ConfigRegister.of("ERR_COR", 0x34, 2);
    /** Requester id of the first uncorrectable error. */
    public static final ConfigRegister UNCORRECTABLE_SOURCE = ConfigRegister.of("ERR_FATAL", 0x36, 2);
    /** All; those from {@link #ROOT_COMMAND} on mean something in root ports and event collectors only. */
    static final List<ConfigRegister> REGISTERS = List.of(UNCORRECTABLE_STA, UNCORRECTABLE_MASK, UNCORRECTABLE_SEVERITY, CORRECTABLE_STA, CORRECTABLE_MASK,
            AER_CAP, HEADER_LOG_0, HEADER_LOG_1, HEADER_LOG_2, HEADER_LOG_3, ROOT_COMMAND, ROOT_STATUS, CORRECTABLE_SOURCE, UNCORRECTABLE_SOURCE);

    private ErrorReportingCapability() {
    }
}
