package dev.dmarshal.core.vtd;

import java.util.Optional;

/**
 * Why VT-d hardware refused a request: the 8-bit fault reason of a fault record.
 *
 * <p>Labels are those of the VT-d architecture specification, chapter "Non-recoverable fault reporting": {@code L} legacy mode, {@code S} scalable mode,
 * {@code RT} root table, {@code CT} context table, {@code PD}/{@code PT} PASID directory and table, {@code FS}/{@code SS} first and second stage,
 * {@code GN} general. Interrupt faults have no label there; they carry their code. A qualified reason is not recorded when the
 * fault-processing-disable bit (FPD) of the structure that was looked up is set.
 */
public enum FaultReason {
    /** 01h: Present bit in root entry is clear. */
    LRT_2(0x01, "LRT.2", FaultStage.ROOT_ENTRY, false, "Present bit in root entry is clear"),
    /** 02h: Present bit in context entry is clear. */
    LCT_2(0x02, "LCT.2", FaultStage.CONTEXT_ENTRY, true, "Present bit in context entry is clear"),
    /** 03h: Invalid context entry: address width, translation type or table pointer. */
    LCT_4(0x03, "LCT.4", FaultStage.CONTEXT_ENTRY, true, "Invalid context entry: address width, translation type or table pointer"),
    /** 04h: Address beyond what the unit or the context entry allows. */
    LGN_1(0x04, "LGN.1", FaultStage.INPUT_ADDRESS, true, "Address beyond what the unit or the context entry allows"),
    /** 05h: No write permission. */
    LGN_2(0x05, "LGN.2", FaultStage.SECOND_STAGE, true, "No write permission"),
    /** 06h: No read permission. */
    LGN_3(0x06, "LGN.3", FaultStage.SECOND_STAGE, true, "No read permission"),
    /** 07h: Next page table cannot be read. */
    LSL_1(0x07, "LSL.1", FaultStage.SECOND_STAGE, true, "Next page table cannot be read"),
    /** 08h: Root table cannot be read. */
    LRT_1(0x08, "LRT.1", FaultStage.ROOT_ENTRY, false, "Root table cannot be read"),
    /** 09h: Context table cannot be read. */
    LCT_1(0x09, "LCT.1", FaultStage.CONTEXT_ENTRY, false, "Context table cannot be read"),
    /** 0Ah: Reserved bits set in root entry. */
    LRT_3(0x0A, "LRT.3", FaultStage.ROOT_ENTRY, false, "Reserved bits set in root entry"),
    /** 0Bh: Reserved bits set in context entry. */
    LCT_3(0x0B, "LCT.3", FaultStage.CONTEXT_ENTRY, true, "Reserved bits set in context entry"),
    /** 0Ch: Reserved bits set in page table entry. */
    LSL_2(0x0C, "LSL.2", FaultStage.SECOND_STAGE, true, "Reserved bits set in page table entry"),
    /** 0Dh: Translation or translated request is blocked by the context entry. */
    LCT_5(0x0D, "LCT.5", FaultStage.CONTEXT_ENTRY, true, "Translation or translated request is blocked by the context entry"),
    /** 0Eh: Translated address lies in the interrupt address range. */
    LGN_4(0x0E, "LGN.4", FaultStage.OUTPUT_ADDRESS, true, "Translated address lies in the interrupt address range"),
    /** 20h: Reserved field set in a remappable interrupt request. */
    IR_RESERVED_REQUEST(0x20, "IR.20", FaultStage.INTERRUPT_REQUEST, false, "Reserved field set in a remappable interrupt request"),
    /** 21h: Interrupt index beyond the interrupt-remapping table. */
    IR_INDEX(0x21, "IR.21", FaultStage.INTERRUPT_REQUEST, false, "Interrupt index beyond the interrupt-remapping table"),
    /** 22h: Present bit in interrupt-remapping entry is clear. */
    IR_NOT_PRESENT(0x22, "IR.22", FaultStage.INTERRUPT_ENTRY, true, "Present bit in interrupt-remapping entry is clear"),
    /** 23h: Interrupt-remapping table cannot be read. */
    IR_UNREADABLE(0x23, "IR.23", FaultStage.INTERRUPT_ENTRY, false, "Interrupt-remapping table cannot be read"),
    /** 24h: Reserved bits set in interrupt-remapping entry. */
    IR_RESERVED_ENTRY(0x24, "IR.24", FaultStage.INTERRUPT_ENTRY, true, "Reserved bits set in interrupt-remapping entry"),
    /** 25h: Interrupt request in compatibility format is blocked. */
    IR_COMPATIBILITY(0x25, "IR.25", FaultStage.INTERRUPT_REQUEST, false, "Interrupt request in compatibility format is blocked"),
    /** 26h: Source-id of the interrupt request fails validation. */
    IR_SOURCE(0x26, "IR.26", FaultStage.INTERRUPT_ENTRY, true, "Source-id of the interrupt request fails validation"),
    /** 27h: Posted-interrupt descriptor cannot be read. */
    IR_POSTED_UNREADABLE(0x27, "IR.27", FaultStage.POSTED_DESCRIPTOR, true, "Posted-interrupt descriptor cannot be read"),
    /** 28h: Reserved bits set in posted-interrupt descriptor. */
    IR_POSTED_RESERVED(0x28, "IR.28", FaultStage.POSTED_DESCRIPTOR, true, "Reserved bits set in posted-interrupt descriptor"),
    /** 29h: Invalid interrupt request without PASID. */
    IR_PASID(0x29, "IR.29", FaultStage.INTERRUPT_REQUEST, false, "Invalid interrupt request without PASID"),
    /** 30h: Translation mode of the root-table address register is invalid. */
    RTA_1(0x30, "RTA.1", FaultStage.ROOT_REGISTER, false, "Translation mode of the root-table address register is invalid"),
    /** 31h: Legacy mode blocks a request with PASID. */
    RTA_2(0x31, "RTA.2", FaultStage.ROOT_REGISTER, false, "Legacy mode blocks a request with PASID"),
    /** 32h: Legacy mode blocks a page-group request. */
    RTA_3(0x32, "RTA.3", FaultStage.ROOT_REGISTER, false, "Legacy mode blocks a page-group request"),
    /** 33h: Abort-DMA mode blocks the request. */
    RTA_4(0x33, "RTA.4", FaultStage.ROOT_REGISTER, false, "Abort-DMA mode blocks the request"),
    /** 38h: Scalable-mode root table cannot be read. */
    SRT_1(0x38, "SRT.1", FaultStage.ROOT_ENTRY, false, "Scalable-mode root table cannot be read"),
    /** 39h: Present bit in scalable-mode root entry is clear. */
    SRT_2(0x39, "SRT.2", FaultStage.ROOT_ENTRY, false, "Present bit in scalable-mode root entry is clear"),
    /** 3Ah: Reserved bits set in scalable-mode root entry. */
    SRT_3(0x3A, "SRT.3", FaultStage.ROOT_ENTRY, false, "Reserved bits set in scalable-mode root entry"),
    /** 40h: Scalable-mode context table cannot be read. */
    SCT_1(0x40, "SCT.1", FaultStage.CONTEXT_ENTRY, false, "Scalable-mode context table cannot be read"),
    /** 41h: Present bit in scalable-mode context entry is clear. */
    SCT_2(0x41, "SCT.2", FaultStage.CONTEXT_ENTRY, true, "Present bit in scalable-mode context entry is clear"),
    /** 42h: Reserved bits set in scalable-mode context entry. */
    SCT_3(0x42, "SCT.3", FaultStage.CONTEXT_ENTRY, true, "Reserved bits set in scalable-mode context entry"),
    /** 43h: Invalid scalable-mode context entry. */
    SCT_4(0x43, "SCT.4", FaultStage.CONTEXT_ENTRY, true, "Invalid scalable-mode context entry"),
    /** 44h: Translation or translated request is blocked: device-TLB not enabled. */
    SCT_5(0x44, "SCT.5", FaultStage.CONTEXT_ENTRY, true, "Translation or translated request is blocked: device-TLB not enabled"),
    /** 45h: Request with PASID is blocked: PASID not enabled. */
    SCT_6(0x45, "SCT.6", FaultStage.CONTEXT_ENTRY, true, "Request with PASID is blocked: PASID not enabled"),
    /** 46h: PASID beyond the PASID directory. */
    SCT_7(0x46, "SCT.7", FaultStage.CONTEXT_ENTRY, true, "PASID beyond the PASID directory"),
    /** 47h: Page request is blocked: page requests not enabled. */
    SCT_8(0x47, "SCT.8", FaultStage.CONTEXT_ENTRY, true, "Page request is blocked: page requests not enabled"),
    /** 48h: RID_PASID of the context entry is invalid. */
    SCT_9(0x48, "SCT.9", FaultStage.CONTEXT_ENTRY, true, "RID_PASID of the context entry is invalid"),
    /** 50h: PASID directory cannot be read. */
    SPD_1(0x50, "SPD.1", FaultStage.PASID_DIRECTORY, false, "PASID directory cannot be read"),
    /** 51h: Present bit in PASID directory entry is clear. */
    SPD_2(0x51, "SPD.2", FaultStage.PASID_DIRECTORY, true, "Present bit in PASID directory entry is clear"),
    /** 52h: Reserved bits set in PASID directory entry. */
    SPD_3(0x52, "SPD.3", FaultStage.PASID_DIRECTORY, true, "Reserved bits set in PASID directory entry"),
    /** 58h: PASID table cannot be read. */
    SPT_1(0x58, "SPT.1", FaultStage.PASID_ENTRY, false, "PASID table cannot be read"),
    /** 59h: Present bit in PASID entry is clear. */
    SPT_2(0x59, "SPT.2", FaultStage.PASID_ENTRY, true, "Present bit in PASID entry is clear"),
    /** 5Ah: Reserved bits set in PASID entry. */
    SPT_3(0x5A, "SPT.3", FaultStage.PASID_ENTRY, true, "Reserved bits set in PASID entry"),
    /** 5Bh: Invalid PASID entry: translation type or address width. */
    SPT_4(0x5B, "SPT.4", FaultStage.PASID_ENTRY, true, "Invalid PASID entry: translation type or address width"),
    /** 5Ch: Execute request is blocked: not enabled in the PASID entry. */
    SPT_5(0x5C, "SPT.5", FaultStage.PASID_ENTRY, true, "Execute request is blocked: not enabled in the PASID entry"),
    /** 5Dh: Supervisor request is blocked: not enabled in the PASID entry. */
    SPT_6(0x5D, "SPT.6", FaultStage.PASID_ENTRY, true, "Supervisor request is blocked: not enabled in the PASID entry"),
    /** 70h: First-stage table cannot be read. */
    SFS_1(0x70, "SFS.1", FaultStage.FIRST_STAGE, true, "First-stage table cannot be read"),
    /** 71h: Present bit in first-stage entry is clear. */
    SFS_2(0x71, "SFS.2", FaultStage.FIRST_STAGE, true, "Present bit in first-stage entry is clear"),
    /** 72h: Reserved bits set in first-stage entry. */
    SFS_3(0x72, "SFS.3", FaultStage.FIRST_STAGE, true, "Reserved bits set in first-stage entry"),
    /** 73h: First-stage top table cannot be read. */
    SFS_4(0x73, "SFS.4", FaultStage.FIRST_STAGE, true, "First-stage top table cannot be read"),
    /** 74h: Address of a first-stage entry is beyond what the second stage takes. */
    SFS_5(0x74, "SFS.5", FaultStage.FIRST_STAGE, true, "Address of a first-stage entry is beyond what the second stage takes"),
    /** 75h: Second stage denies reading the first-stage top table. */
    SFS_6(0x75, "SFS.6", FaultStage.SECOND_STAGE, true, "Second stage denies reading the first-stage top table"),
    /** 76h: Second stage denies reading a first-stage entry. */
    SFS_7(0x76, "SFS.7", FaultStage.SECOND_STAGE, true, "Second stage denies reading a first-stage entry"),
    /** 77h: Second stage denies writing a first-stage entry. */
    SFS_8(0x77, "SFS.8", FaultStage.SECOND_STAGE, true, "Second stage denies writing a first-stage entry"),
    /** 78h: Second-stage table cannot be read. */
    SSS_1(0x78, "SSS.1", FaultStage.SECOND_STAGE, true, "Second-stage table cannot be read"),
    /** 79h: Second-stage entry gives neither read nor write permission. */
    SSS_2(0x79, "SSS.2", FaultStage.SECOND_STAGE, true, "Second-stage entry gives neither read nor write permission"),
    /** 7Ah: Reserved bits set in second-stage entry. */
    SSS_3(0x7A, "SSS.3", FaultStage.SECOND_STAGE, true, "Reserved bits set in second-stage entry"),
    /** 7Bh: Second-stage top table cannot be read. */
    SSS_4(0x7B, "SSS.4", FaultStage.SECOND_STAGE, true, "Second-stage top table cannot be read"),
    /** 7Ch: Second-stage accessed or dirty bit would be set without snooping. */
    SSS_5(0x7C, "SSS.5", FaultStage.SECOND_STAGE, true, "Second-stage accessed or dirty bit would be set without snooping"),
    /** 7Dh: Second-stage accessed or dirty bit could not be set. */
    SSS_6(0x7D, "SSS.6", FaultStage.SECOND_STAGE, true, "Second-stage accessed or dirty bit could not be set"),
    /** 80h: First-stage address is not canonical. */
    SGN_1(0x80, "SGN.1", FaultStage.INPUT_ADDRESS, true, "First-stage address is not canonical"),
    /** 81h: User request to a supervisor page. */
    SGN_2(0x81, "SGN.2", FaultStage.FIRST_STAGE, true, "User request to a supervisor page"),
    /** 82h: No execute permission. */
    SGN_3(0x82, "SGN.3", FaultStage.FIRST_STAGE, true, "No execute permission"),
    /** 83h: Address beyond what the hardware allows. */
    SGN_4(0x83, "SGN.4", FaultStage.INPUT_ADDRESS, true, "Address beyond what the hardware allows"),
    /** 84h: Second-stage input address beyond its width. */
    SGN_5(0x84, "SGN.5", FaultStage.INPUT_ADDRESS, true, "Second-stage input address beyond its width"),
    /** 85h: No write permission. */
    SGN_6(0x85, "SGN.6", FaultStage.SECOND_STAGE, true, "No write permission"),
    /** 86h: No read permission. */
    SGN_7(0x86, "SGN.7", FaultStage.SECOND_STAGE, true, "No read permission"),
    /** 87h: Translated address lies in the interrupt address range. */
    SGN_8(0x87, "SGN.8", FaultStage.OUTPUT_ADDRESS, true, "Translated address lies in the interrupt address range"),
    /** 88h: Translated request to the interrupt address range. */
    SGN_9(0x88, "SGN.9", FaultStage.OUTPUT_ADDRESS, true, "Translated request to the interrupt address range"),
    /** 89h: Address of a translated request is beyond its width. */
    SGN_10(0x89, "SGN.10", FaultStage.OUTPUT_ADDRESS, true, "Address of a translated request is beyond its width"),
    /** 90h: First-stage accessed or dirty bit would be set without snooping. */
    SFS_9(0x90, "SFS.9", FaultStage.FIRST_STAGE, true, "First-stage accessed or dirty bit would be set without snooping"),
    /** 91h: First-stage accessed or dirty bit could not be set. */
    SFS_10(0x91, "SFS.10", FaultStage.FIRST_STAGE, true, "First-stage accessed or dirty bit could not be set");

    private static final FaultReason[] BY_CODE = new FaultReason[256];

    static {
        for (FaultReason reason : values()) {
            BY_CODE[reason.code] = reason;
        }
    }

    private final int code;
    private final String label;
    private final FaultStage stage;
    private final boolean qualified;
    private final String meaning;

    FaultReason(int code, String label, FaultStage stage, boolean qualified, String meaning) {
        this.code = code;
        this.label = label;
        this.stage = stage;
        this.qualified = qualified;
        this.meaning = meaning;
    }

    /** The reason with this code, if the specification defines one; {@code code} may be any number. */
    public static Optional<FaultReason> of(int code) {
        return code >>> 8 == 0 ? Optional.ofNullable(BY_CODE[code]) : Optional.empty();
    }

    /** The 8-bit code of the fault record. */
    public int code() {
        return code;
    }

    /** The specification's label, such as {@code LCT.2}. */
    public String label() {
        return label;
    }

    /** Where the look-up stopped. */
    public FaultStage stage() {
        return stage;
    }

    /** Whether fault-processing-disable (FPD) keeps this fault from being recorded. */
    public boolean qualified() {
        return qualified;
    }

    /** One line for people. */
    public String meaning() {
        return meaning;
    }

    /** Whether the fault is one of interrupt remapping (20h to 2Fh). */
    public boolean interrupt() {
        return code >>> 4 == 2;
    }

    /** Whether the reason occurs only in scalable mode (30h and above). */
    public boolean scalable() {
        return code >= 0x30;
    }
}
