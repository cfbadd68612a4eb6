package dev.dmarshal.core.fault;

/**
 * The fault lines of VT-d by Linux and Xen, decoded by hand because logs can be full of them. Formats by release, with the places where they stand:
 *
 * <pre>
 * Linux to 4.1    dmar: DMAR:[DMA Read] Request device [bb:dd.f] fault addr H      then  DMAR:[fault reason DD] text
 *                 dmar: INTR-REMAP: Request device [[bb:dd.f] fault index H        then  INTR-REMAP:[fault reason DD] text
 * Linux to 5.3    DMAR: [DMA Read] Request device [bb:dd.f] fault addr H [fault reason DD] text
 * Linux to 5.13   DMAR: [DMA Read] Request device [bb:dd.f] PASID H fault addr H [fault reason DD] text
 * Linux 5.14      DMAR: [DMA Read NO_PASID] Request device [0xbb:0xdd.f] fault addr 0xH [fault reason 0xHH] text
 * Linux 5.15      DMAR: [DMA Read PASID 0xH] Request device [bb:dd.f] fault addr 0xH [fault reason 0xHH] text
 * Linux 7.2       the same with [ssss:bb:dd.f]
 *                 DMAR: [INTR-REMAP] Request device [bb:dd.f] fault index 0xH [fault reason 0xHH] text
 * Xen             [VT-D]DMAR:[DMA Write] Request device [ssss:bb:dd.f] fault addr H, iommu reg = P   then  [VT-D]DMAR: reason HH - text
 * Xen before 4.6  the same without segment, then  DMAR:[fault reason HHh] text
 * </pre>
 *
 * Linux: drivers/iommu/intel/dmar.c (drivers/pci/dmar.c before 3.1), dmar_fault_do_one. Xen: xen/drivers/passthrough/vtd/iommu.c, iommu_page_fault_do_one.
 */
final class FaultDecoder {

    /** What a line turned out to be. */
    enum Found {
        /** No fault line. */
        NONE,
        /** A fault, whole. */
        WHOLE,
        /** A fault whose reason comes in a line of its own. */
        FIRST,
        /** The reason of an earlier line. */
        SECOND
    }

    private static final byte[] VTD = Ascii.of("[VT-D]");
    private static final byte[] DMAR = Ascii.of("DMAR:");
    private static final byte[] DMAR_LOWER = Ascii.of("dmar:");
    private static final byte[] INTR = Ascii.of("INTR-REMAP:");
    private static final byte[] UNKNOWN = Ascii.of("UNKNOWN:");
    private static final byte[] IR_BRACKET = Ascii.of("[INTR-REMAP] ");
    private static final byte[] DMA = Ascii.of("[DMA ");
    private static final byte[] READ = Ascii.of("Read");
    private static final byte[] WRITE = Ascii.of("Write");
    private static final byte[] NO_PASID = Ascii.of(" NO_PASID");
    private static final byte[] PASID = Ascii.of(" PASID ");
    private static final byte[] REQUEST = Ascii.of("Request device [");
    private static final byte[] FAULT_ADDR = Ascii.of(" fault addr ");
    private static final byte[] FAULT_INDEX = Ascii.of(" fault index ");
    private static final byte[] FAULT_REASON = Ascii.of("[fault reason ");
    private static final byte[] REASON = Ascii.of("reason ");
    private static final byte[] HEX_PREFIX = Ascii.of("0x");

    private final Cursor cursor;
    private final DeviceField device = new DeviceField();
    private boolean xen;
    private boolean interrupt;
    private boolean hexReason;
    private int reason;
    private Found outcome = Found.NONE;

    FaultDecoder(Cursor cursor) {
        this.cursor = cursor;
    }

    /** Whether the last line spoke of an interrupt. */
    boolean interrupt() {
        return interrupt;
    }

    /** Whether the last line was Xen's. */
    boolean xen() {
        return xen;
    }

    /** The reason in the last line, if it was a {@link Found#SECOND}. */
    int reason() {
        return reason;
    }

    /** Decodes the message at the cursor into {@code fault}; time and line number are the caller's. */
    Found decode(boolean fromXen, FaultLine fault) {
        xen = fromXen;
        interrupt = false;
        outcome = Found.NONE;
        if (!labels()) {
            return Found.NONE;
        }
        if (cursor.skip(FAULT_REASON)) {
            return reasonAlone(xen);
        }
        if (cursor.skip(REASON)) {
            return reasonAlone(true);
        }
        Access access = access();
        int pasid = access == Access.UNKNOWN ? -1 : bracketPasid();
        if (cursor.skip(IR_BRACKET)) {
            interrupt = true;
        }
        if (!cursor.skip(REQUEST)) {
            return Found.NONE;
        }
        fault.clear(xen ? Dialect.XEN_VTD : Dialect.LINUX_VTD, interrupt ? FaultKind.INTERRUPT : FaultKind.DMA);
        fault.access(access);
        if (pasid >= 0) {
            fault.pasid(pasid);
        }
        return rest(fault);
    }

    /** Moves over what names the speaker; whether there was any. */
    private boolean labels() {
        int start = cursor.at;
        for (int i = 0; i < 4; i++) {
            cursor.skip(' ');
            if (cursor.skip(VTD)) {
                xen = true;
            } else if (cursor.skip(INTR)) {
                interrupt = true;
            } else if (!cursor.skip(DMAR) && !cursor.skip(DMAR_LOWER) && !cursor.skip(UNKNOWN)) {
                break;
            }
        }
        return cursor.at > start;
    }

    private Access access() {
        if (!cursor.skip(DMA)) {
            return Access.UNKNOWN;
        }
        return cursor.skip(READ) ? Access.READ : cursor.skip(WRITE) ? Access.WRITE : Access.UNKNOWN;
    }

    /** What stands after the direction, up to the bracket's end: the PASID, or -1 if there is none. */
    private int bracketPasid() {
        int pasid = -1;
        if (!cursor.skip(NO_PASID) && cursor.skip(PASID) && cursor.hex()) {
            pasid = (int) cursor.number;
        }
        cursor.skip(']');
        cursor.skip(' ');
        return pasid;
    }

    private Found rest(FaultLine fault) {
        cursor.skip('[');
        device.read(cursor, fault);
        cursor.skip(']');
        if (cursor.skip(PASID) && cursor.hex() && cursor.number != 0xffff_ffffL) {
            // 5.4 to 5.13 print the driver's "no PASID" as ffffffff.
            fault.pasid((int) cursor.number);
        }
        if (cursor.skip(FAULT_ADDR)) {
            if (cursor.hex()) {
                fault.address(cursor.number);
            }
        } else if (cursor.skip(FAULT_INDEX)) {
            if (cursor.hex()) {
                fault.index((int) cursor.number);
            }
            interrupt = true;
            fault.kind(FaultKind.INTERRUPT);
        } else {
            return Found.NONE;
        }
        if (cursor.seek(FAULT_REASON)) {
            if (number(false)) {
                fault.reason(reason);
            }
            return Found.WHOLE;
        }
        return Found.FIRST;
    }

    private Found reasonAlone(boolean hex) {
        return number(hex) ? Found.SECOND : Found.NONE;
    }

    /** A reason: with 0x it is hexadecimal whatever the release; without, {@code hexWithout} says. */
    private boolean number(boolean hexWithout) {
        hexReason = hexWithout || cursor.is(HEX_PREFIX);
        boolean read = hexReason ? cursor.hex() : cursor.decimal();
        reason = (int) cursor.number;
        return read;
    }
}
