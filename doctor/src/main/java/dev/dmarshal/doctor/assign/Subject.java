package dev.dmarshal.doctor.assign;

/** What is checked, in the order in which it is told. */
public enum Subject {
    /** Whether it is a device that can be given away at all. */
    KIND,
    /** Whether it answers. */
    ANSWERS,
    /** Whether an IOMMU is on. */
    IOMMU,
    /** Whether a remapping unit covers it. */
    UNIT,
    /** Whether interrupts are remapped. */
    INTERRUPTS,
    /** Its group, and who has to come along. */
    GROUP,
    /** Whether the group holds something that the host needs. */
    BLAST_RADIUS,
    /** Firmware's reserved memory. */
    RMRR,
    /** Whether the bus is conventional PCI. */
    CONVENTIONAL,
    /** SR-IOV. */
    VIRTUAL_FUNCTIONS,
    /** Who has it now. */
    DRIVER,
    /** What of the host hangs on it. */
    HOLDERS,
    /** How it is reset. */
    RESET,
    /** Alignment of its address ranges. */
    REGIONS,
    /** Reach of DMA against the processor's and the device's addresses. */
    WIDTH,
    /** Power. */
    POWER,
    /** Display and expansion ROM. */
    DISPLAY,
    /** Xen: whether pciback has it. */
    PCIBACK,
    /** Xen: what a guest may write of its configuration registers. */
    REGISTERS,
    /** Xen: whether a guest has it already. */
    ASSIGNED;

    /** The name in JSON and text: lower case with hyphens. */
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
