package dev.dmarshal.doctor.symptom;

/** The shape of a group's faulting addresses, which says a good deal about who made them. */
public enum AddressPattern {
    /** No addresses, as with interrupts. */
    NONE("no address"),
    /** Always address 0: registers that were never written, or were cleared. */
    ZERO("always address 0"),
    /** One page, again and again. */
    ONE_PAGE("one page"),
    /** Pages that follow each other: a buffer, a ring or a scan-out. */
    RUN("a run of pages"),
    /** All below 1 MiB: firmware's or BIOS data. */
    LOW_MEGABYTE("below 1 MiB"),
    /** All in 0xFEEx_xxxx, or in AMD-Vi's remapped form of it: these were meant as interrupts. */
    MSI_WINDOW("the interrupt window"),
    /** All above what the unit translates. */
    ABOVE_WIDTH("above the address width"),
    /** Anything else. */
    SCATTERED("scattered");

    private final String words;

    AddressPattern(String words) {
        this.words = words;
    }

    /** For people. */
    public String words() {
        return words;
    }

    private static final long PAGE = 4096;

    /** Judges addresses by what {@link FaultTally} kept of them. {@code width} is the number of address bits the unit takes, 0 if not known. */
    static AddressPattern of(FaultTally.Cell cell, int width) {
        if (cell.addresses == 0) {
            return NONE;
        }
        if (cell.highest == 0) {
            return ZERO;
        }
        if (width > 0 && width < 64 && cell.lowest >>> width != 0) {
            return ABOVE_WIDTH;
        }
        if (interruptWindow(cell.lowest) && interruptWindow(cell.highest)) {
            return MSI_WINDOW;
        }
        if (cell.distinctPages == 1) {
            return ONE_PAGE;
        }
        if (Long.compareUnsigned(cell.highest, 1 << 20) < 0) {
            return LOW_MEGABYTE;
        }
        // A run: the span is little more than the number of different pages seen in it.
        long span = (cell.highest - cell.lowest) / PAGE + 1;
        return cell.distinctPages < FaultTally.PAGES_KEPT && span > 0 && span <= cell.distinctPages * 4L || cell.steps * 2 > cell.addresses ? RUN : SCATTERED;
    }

    /**
     * Intel's window 0xFEEx_xxxx, and the range in which AMD-Vi reports interrupts, 0xFD_F800_0000 and up (AMD IOMMU specification, special address
     * ranges).
     */
    public static boolean interruptWindow(long address) {
        return address >>> 20 == 0xFEE || (address & 0xFF_FFFF_FFFFL) >>> 32 == 0xFD && (address & 0xFFFF_FFFFL) >= 0xF800_0000L;
    }
}
