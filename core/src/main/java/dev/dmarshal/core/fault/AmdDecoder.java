package dev.dmarshal.core.fault;

/**
 * The event lines of AMD-Vi by Linux (drivers/iommu/amd/iommu.c, iommu_print_event and amd_iommu_report_page_fault) and Xen
 * (xen/drivers/passthrough/amd/iommu_init.c, parse_event_log_entry).
 *
 * <pre>
 * Linux  [driver ssss:bb:dd.f: |iommu ivhdN: ]AMD-Vi: Event logged [NAME device=… domain=0x… address=0x… flags=0x…]
 * Linux  before 4.x with a space and without brackets around names: Event logged [IO_PAGE_FAULT device=bb:dd.f domain=0x… …]
 * Xen    AMD-Vi: IO_PAGE_FAULT: ssss:bb:dd.f dN addr H flags 0xF TOKENS
 * Xen    to 4.15  AMD-Vi: IO_PAGE_FAULT: domain = N, device id = 0xH, fault address = 0xH, flags = 0xF
 * </pre>
 */
final class AmdDecoder {

    private static final byte[] LABEL = Ascii.of("AMD-Vi: ");
    private static final byte[] LOGGED = Ascii.of("Event logged [");
    private static final byte[] DEVICE = Ascii.of("device=");
    private static final byte[] DOMAIN = Ascii.of("domain=");
    private static final byte[] PASID = Ascii.of("pasid=");
    private static final byte[] ADDRESS = Ascii.of("address=");
    private static final byte[] FLAGS = Ascii.of("flags=");
    private static final byte[] GPA = Ascii.of("gpa=");
    private static final byte[] SPA = Ascii.of("spa=");
    private static final byte[] ADDR = Ascii.of("addr ");
    private static final byte[] FLAGS_BLANK = Ascii.of("flags ");
    private static final byte[] OLD_DOMAIN = Ascii.of("domain = ");
    private static final byte[] OLD_DEVICE = Ascii.of("device id = ");
    private static final byte[] OLD_ADDRESS = Ascii.of("fault address = ");
    private static final byte[] OLD_FLAGS = Ascii.of("flags = ");
    private static final int FLAG_INTERRUPT = 1 << 3;
    private static final int FLAG_WRITE = 1 << 5;
    private static final String[] NAMES = {"IO_PAGE_FAULT", "ILLEGAL_DEV_TABLE_ENTRY", "DEV_TAB_HARDWARE_ERROR", "PAGE_TAB_HARDWARE_ERROR",
        "ILLEGAL_COMMAND_ERROR", "COMMAND_HARDWARE_ERROR", "IOTLB_INV_TIMEOUT", "INVALID_DEVICE_REQUEST", "INVALID_PPR_REQUEST", "RMP_PAGE_FAULT",
        "RMP_HW_ERROR", "EVENT_COUNTER_ZERO", "GUEST_EVENT_FAULT"};
    private static final byte[][] NAME_BYTES = new byte[NAMES.length][];

    static {
        for (int i = 0; i < NAMES.length; i++) {
            NAME_BYTES[i] = Ascii.of(NAMES[i]);
        }
    }

    private final Cursor cursor;
    private final DeviceField device = new DeviceField();

    AmdDecoder(Cursor cursor) {
        this.cursor = cursor;
    }

    /** Decodes the message at the cursor into {@code fault}, whose driver and source it leaves as they are when the line has none of its own. */
    boolean decode(boolean xen, FaultLine fault) {
        if (!cursor.skip(LABEL)) {
            return false;
        }
        boolean linux = cursor.skip(LOGGED);
        int start = cursor.at;
        String name = linux || xen ? name(linux) : null;
        if (name == null) {
            cursor.at = start;
            return false;
        }
        fault.clear(xen ? Dialect.XEN_AMD_VI : Dialect.LINUX_AMD_VI, kind(name));
        fault.amdEvent(name);
        if (linux) {
            fields(fault);
        } else {
            xenFields(fault);
        }
        if (fault.hasAmdFlags()) {
            flags(fault);
        }
        return true;
    }

    private String name(boolean linux) {
        for (int i = 0; i < NAMES.length; i++) {
            if (cursor.is(NAME_BYTES[i])) {
                cursor.at += NAME_BYTES[i].length;
                return linux || cursor.skip(':') ? NAMES[i] : null;
            }
        }
        int from = cursor.at;
        int i = from;
        while (i < cursor.end && (cursor.line[i] >= 'A' && cursor.line[i] <= 'Z' || cursor.line[i] == '_')) {
            i++;
        }
        cursor.at = i;
        return linux && i - from > 2 ? Ascii.text(cursor.line, from, i) : null;
    }

    private static FaultKind kind(String name) {
        return switch (name) {
            case "IO_PAGE_FAULT", "ILLEGAL_DEV_TABLE_ENTRY", "INVALID_DEVICE_REQUEST", "INVALID_PPR_REQUEST", "RMP_PAGE_FAULT" -> FaultKind.DMA;
            default -> FaultKind.UNIT;
        };
    }

    private void fields(FaultLine fault) {
        while (cursor.more() && cursor.line[cursor.at] != ']') {
            if (cursor.skip(DEVICE)) {
                device.read(cursor, fault);
            } else if (cursor.skip(DOMAIN) && cursor.hex()) {
                fault.domain((int) cursor.number);
            } else if (cursor.skip(PASID) && cursor.hex()) {
                fault.pasid((int) cursor.number);
            } else if ((cursor.skip(ADDRESS) || cursor.skip(GPA) || cursor.skip(SPA)) && cursor.hex()) {
                fault.address(cursor.number);
            } else if (cursor.skip(FLAGS) && cursor.hex()) {
                fault.amdFlags((int) cursor.number);
            } else {
                cursor.at++;
            }
        }
    }

    private void xenFields(FaultLine fault) {
        cursor.skip(' ');
        if (cursor.skip(OLD_DOMAIN)) {
            oldXenFields(fault);
            return;
        }
        device.read(cursor, fault);
        if (cursor.skip(' ') && cursor.skip('d') && cursor.decimal()) {
            fault.domain((int) cursor.number);
        }
        cursor.skip(' ');
        if (cursor.skip(ADDR) && cursor.hex()) {
            fault.address(cursor.number);
        }
        cursor.skip(' ');
        if (cursor.skip(FLAGS_BLANK) && cursor.hex()) {
            fault.amdFlags((int) cursor.number);
        }
    }

    private void oldXenFields(FaultLine fault) {
        if (cursor.decimal()) {
            fault.domain((int) cursor.number);
        }
        if (cursor.seek(OLD_DEVICE) && cursor.hex() && cursor.number >>> 16 == 0) {
            fault.source((int) cursor.number);
        }
        if (cursor.seek(OLD_ADDRESS) && cursor.hex()) {
            fault.address(cursor.number);
        }
        if (cursor.seek(OLD_FLAGS) && cursor.hex()) {
            fault.amdFlags((int) cursor.number);
        }
    }

    /** Flags of an event: I (bit 3) says interrupt request, RW (bit 5) write. AMD I/O Virtualization Technology Specification, event log. */
    private static void flags(FaultLine fault) {
        if (!fault.amdEvent().equals("IO_PAGE_FAULT")) {
            return;
        }
        if ((fault.amdFlags() & FLAG_INTERRUPT) != 0) {
            fault.kind(FaultKind.INTERRUPT);
        } else {
            fault.access((fault.amdFlags() & FLAG_WRITE) != 0 ? Access.WRITE : Access.READ);
        }
    }
}
