package dev.dmarshal.core.vtd;

import static dev.dmarshal.core.memory.WordLayout.reserved;

import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.memory.EntryLayout;
import dev.dmarshal.core.memory.WordLayout;

/**
 * Fields of the capability register CAP, offset 08h (section 11.4.2).
 *
 * <pre>
 *   63     62      61    60    59 58 57   56   55  54  53  48 47  40  39  38   37  34  33 24  23   22  21  16 15 13 12   8 7  6    5    4    3  2  0
 *  |ESRTPS|ESIRTPS|ECMDS|FS5LP|PI|RSVD|FS1GP|DRD|DWD|MAMV |NFR  |PSI|RSVD|SSLPS | FRO |RSVD|ZLR|MGAW |RSVD|SAGAW|CM|PHMR|PLMR|RWBF|AFL|ND  |
 * </pre>
 */
public final class Capability {
    /** Number of domains: ids have 4 + 2n bits. */
    public static final BitField DOMAINS = BitField.of("ND", 0, 3);
    /** Advanced fault logging. */
    public static final BitField ADVANCED_FAULT_LOG = BitField.of("AFL", 3, 1);
    /** Required write-buffer flushing. */
    public static final BitField WRITE_BUFFER_FLUSH = BitField.of("RWBF", 4, 1);
    /** Protected low-memory region. */
    public static final BitField PROTECTED_LOW = BitField.of("PLMR", 5, 1);
    /** Protected high-memory region. */
    public static final BitField PROTECTED_HIGH = BitField.of("PHMR", 6, 1);
    /** Caching mode: not-present and erroneous entries may be cached. */
    public static final BitField CACHING_MODE = BitField.of("CM", 7, 1);
    /** Supported adjusted guest address widths: bit n is AW code n. */
    public static final BitField ADDRESS_WIDTHS = BitField.of("SAGAW", 8, 5);
    /** Maximum guest address width less one. */
    public static final BitField MAXIMUM_WIDTH = BitField.of("MGAW", 16, 6);
    /** Zero-length reads of write-only pages are allowed. */
    public static final BitField ZERO_LENGTH_READ = BitField.of("ZLR", 22, 1);
    /** Fault-recording register offset, in 16 bytes. */
    public static final BitField FAULT_RECORDS_OFFSET = BitField.of("FRO", 24, 10);
    /** Second-stage large pages: bit 0 is 2 MiB, bit 1 is 1 GiB. */
    public static final BitField LARGE_PAGES = BitField.of("SSLPS", 34, 4);
    /** Page-selective invalidation. */
    public static final BitField PAGE_SELECTIVE = BitField.of("PSI", 39, 1);
    /** Number of fault-recording registers less one. */
    public static final BitField FAULT_RECORDS = BitField.of("NFR", 40, 8);
    /** Maximum address mask value of page-selective invalidation. */
    public static final BitField MAXIMUM_ADDRESS_MASK = BitField.of("MAMV", 48, 6);
    /** Write draining. */
    public static final BitField DRAIN_WRITES = BitField.of("DWD", 54, 1);
    /** Read draining. */
    public static final BitField DRAIN_READS = BitField.of("DRD", 55, 1);
    /** First-stage 1 GiB pages. */
    public static final BitField FIRST_STAGE_1G = BitField.of("FS1GP", 56, 1);
    /** Posted interrupts. */
    public static final BitField POSTED_INTERRUPTS = BitField.of("PI", 59, 1);
    /** First-stage five-level paging. */
    public static final BitField FIRST_STAGE_5_LEVELS = BitField.of("FS5LP", 60, 1);
    /** Enhanced commands. */
    public static final BitField ENHANCED_COMMANDS = BitField.of("ECMDS", 61, 1);
    /** Setting the interrupt-remapping table pointer invalidates the interrupt entry cache. */
    public static final BitField SELF_INVALIDATING_INTERRUPT_POINTER = BitField.of("ESIRTPS", 62, 1);
    /** Setting the root-table pointer invalidates all translation caches. */
    public static final BitField SELF_INVALIDATING_ROOT_POINTER = BitField.of("ESRTPS", 63, 1);
    /** All fields. */
    public static final EntryLayout LAYOUT = EntryLayout.of("CAP",
            WordLayout.of(DOMAINS, ADVANCED_FAULT_LOG, WRITE_BUFFER_FLUSH, PROTECTED_LOW, PROTECTED_HIGH, CACHING_MODE, ADDRESS_WIDTHS,
                    reserved(13, 3), MAXIMUM_WIDTH, ZERO_LENGTH_READ, reserved(23, 1), FAULT_RECORDS_OFFSET, LARGE_PAGES, reserved(38, 1),
                    PAGE_SELECTIVE, FAULT_RECORDS, MAXIMUM_ADDRESS_MASK, DRAIN_WRITES, DRAIN_READS, FIRST_STAGE_1G, reserved(57, 2),
                    POSTED_INTERRUPTS, FIRST_STAGE_5_LEVELS, ENHANCED_COMMANDS, SELF_INVALIDATING_INTERRUPT_POINTER,
                    SELF_INVALIDATING_ROOT_POINTER));

    private Capability() {
    }
}
