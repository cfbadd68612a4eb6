package dev.dmarshal.lab.scenario;

/** What QEMU's unit can be told to have, beyond its table modes; the name is that of the option of {@code intel-iommu}. */
public enum Feature {
    /** CAP.CM: caching mode. */
    CACHING_MODE("caching-mode"),
    /** ECAP.EIM: extended interrupt mode, that is destinations of 32 bits where IRTA.EIME is set. */
    EXTENDED_INTERRUPTS("eim"),
    /** ECAP.DT: translation type 1 of legacy context entries, device-TLB invalidation. */
    DEVICE_TLB("device-iotlb"),
    /** ECAP.SC: the SNP bit of second-stage leaves; QEMU 8 and later. */
    SNOOP_CONTROL("snoop-control");

    private final String option;

    Feature(String option) {
        this.option = option;
    }

    /** QEMU's name for it. */
    public String option() {
        return option;
    }
}
