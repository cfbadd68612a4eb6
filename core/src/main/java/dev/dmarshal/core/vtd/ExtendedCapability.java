package dev.dmarshal.core.vtd;

import static dev.dmarshal.core.memory.WordLayout.reserved;

import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.memory.EntryLayout;
import dev.dmarshal.core.memory.WordLayout;

/**
 * Fields of the extended capability register ECAP, offset 10h (section 11.4.3).
 *
 * <pre>
 *   63 54  53     52   51  50  49   48     47   46   45    44  43   42  41  40   39 35  34   33   32  31  30  29
 *  |RSVD|RPRIVS|ADMS|PMS|RSVD|RPS|SMPWCS|FSTS|SSTS|SSADS|VCS|SMTS|PDS|DIT|PASID| PSS |EAFS|NWFS|RSVD|SRS|ERS|PRS|
 *   28 27  26   25  24   23 20 19 18 17     8  7  6   5   4   3  2  1  0
 *  |RSVD |NEST|MTS|RSVD|MHMV  |RSVD |  IRO   |SC|PT|RSVD|EIM|IR|DT|QI|C|
 * </pre>
 */
public final class ExtendedCapability {
    /** Page-walk coherency (legacy mode). */
    public static final BitField COHERENT = BitField.of("C", 0, 1);
    /** Queued invalidation. */
    public static final BitField QUEUED_INVALIDATION = BitField.of("QI", 1, 1);
    /** Device-TLBs. */
    public static final BitField DEVICE_TLB = BitField.of("DT", 2, 1);
    /** Interrupt remapping. */
    public static final BitField INTERRUPT_REMAPPING = BitField.of("IR", 3, 1);
    /** Extended interrupt mode (x2APIC). */
    public static final BitField EXTENDED_INTERRUPT_MODE = BitField.of("EIM", 4, 1);
    /** Pass-through. */
    public static final BitField PASS_THROUGH = BitField.of("PT", 6, 1);
    /** Snoop control. */
    public static final BitField SNOOP_CONTROL = BitField.of("SC", 7, 1);
    /** IOTLB register offset, in 16 bytes. */
    public static final BitField IOTLB_OFFSET = BitField.of("IRO", 8, 10);
    /** Maximum handle mask value of interrupt-entry invalidation. */
    public static final BitField MAXIMUM_HANDLE_MASK = BitField.of("MHMV", 20, 4);
    /** Memory types. */
    public static final BitField MEMORY_TYPES = BitField.of("MTS", 25, 1);
    /** Nested translation. */
    public static final BitField NESTED = BitField.of("NEST", 26, 1);
    /** Page requests. */
    public static final BitField PAGE_REQUESTS = BitField.of("PRS", 29, 1);
    /** Execute requests. */
    public static final BitField EXECUTE_REQUESTS = BitField.of("ERS", 30, 1);
    /** Supervisor requests. */
    public static final BitField SUPERVISOR_REQUESTS = BitField.of("SRS", 31, 1);
    /** No-write flag of translation requests. */
    public static final BitField NO_WRITE_FLAG = BitField.of("NWFS", 33, 1);
    /** Extended accessed flag. */
    public static final BitField EXTENDED_ACCESSED = BitField.of("EAFS", 34, 1);
    /** PASID size less one. */
    public static final BitField PASID_SIZE = BitField.of("PSS", 35, 5);
    /** Requests with PASID. */
    public static final BitField PASID = BitField.of("PASID", 40, 1);
    /** Device-TLB invalidation throttle. */
    public static final BitField INVALIDATION_THROTTLE = BitField.of("DIT", 41, 1);
    /** Page-request draining. */
    public static final BitField PAGE_REQUEST_DRAIN = BitField.of("PDS", 42, 1);
    /** Scalable mode. */
    public static final BitField SCALABLE_MODE = BitField.of("SMTS", 43, 1);
    /** Virtual commands. */
    public static final BitField VIRTUAL_COMMANDS = BitField.of("VCS", 44, 1);
    /** Second-stage accessed and dirty bits. */
    public static final BitField SECOND_STAGE_ACCESSED_DIRTY = BitField.of("SSADS", 45, 1);
    /** Second-stage translation in scalable mode. */
    public static final BitField SECOND_STAGE = BitField.of("SSTS", 46, 1);
    /** First-stage translation. */
    public static final BitField FIRST_STAGE = BitField.of("FSTS", 47, 1);
    /** Scalable-mode page-walk coherency. */
    public static final BitField SCALABLE_COHERENT = BitField.of("SMPWCS", 48, 1);
    /** RID_PASID field of scalable-mode context entries. */
    public static final BitField RID_PASID = BitField.of("RPS", 49, 1);
    /** Performance monitoring. */
    public static final BitField PERFORMANCE_MONITORING = BitField.of("PMS", 51, 1);
    /** Abort-DMA mode. */
    public static final BitField ABORT_MODE = BitField.of("ADMS", 52, 1);
    /** RID_PRIV field of scalable-mode context entries. */
    public static final BitField RID_PRIVILEGED = BitField.of("RPRIVS", 53, 1);
    /** All fields. */
    public static final EntryLayout LAYOUT = EntryLayout.of("ECAP",
            WordLayout.of(COHERENT, QUEUED_INVALIDATION, DEVICE_TLB, INTERRUPT_REMAPPING, EXTENDED_INTERRUPT_MODE, reserved(5, 1), PASS_THROUGH,
                    SNOOP_CONTROL, IOTLB_OFFSET, reserved(18, 2), MAXIMUM_HANDLE_MASK, reserved(24, 1), MEMORY_TYPES, NESTED, reserved(27, 2),
                    PAGE_REQUESTS, EXECUTE_REQUESTS, SUPERVISOR_REQUESTS, reserved(32, 1), NO_WRITE_FLAG, EXTENDED_ACCESSED, PASID_SIZE, PASID,
                    INVALIDATION_THROTTLE, PAGE_REQUEST_DRAIN, SCALABLE_MODE, VIRTUAL_COMMANDS, SECOND_STAGE_ACCESSED_DIRTY, SECOND_STAGE,
                    FIRST_STAGE, SCALABLE_COHERENT, RID_PASID, reserved(50, 1), PERFORMANCE_MONITORING, ABORT_MODE, RID_PRIVILEGED,
                    reserved(54, 10)));

    private ExtendedCapability() {
    }
}
