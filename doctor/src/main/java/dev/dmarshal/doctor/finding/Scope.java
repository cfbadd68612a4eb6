package dev.dmarshal.doctor.finding;

/** How much of the host a fix touches, from the narrowest to the broadest. The order is the order in which fixes are offered. */
public enum Scope {
    /** Nothing is changed: something to look at or to capture. */
    LOOK("look only"),
    /** One function or one device. */
    DEVICE("one device"),
    /** One slot, card or cable. */
    SLOT("one slot"),
    /** One IOMMU group. */
    GROUP("one group"),
    /** One driver and all devices it drives. */
    DRIVER("one driver"),
    /** One guest. */
    GUEST("one guest"),
    /** Devices below one remapping unit. */
    UNIT("one remapping unit"),
    /** The whole host, protection kept. */
    HOST("whole host"),
    /** The whole host, and protection is lost. Never offered without a narrower way before it, and never without its cost. */
    HOST_UNPROTECTED("whole host, protection lost");

    private final String words;

    Scope(String words) {
        this.words = words;
    }

    /** For people. */
    public String words() {
        return words;
    }
}
