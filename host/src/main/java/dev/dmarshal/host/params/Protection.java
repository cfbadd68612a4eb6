package dev.dmarshal.host.params;

/** What a parameter does to the protection that remapping gives. */
public enum Protection {
    /** Neither more nor less. */
    NONE,
    /** The host, or other guests, are less protected. */
    LOWERS,
    /** More protected. */
    RAISES,
    /** Devices can no longer be given to guests, or not usefully. */
    BREAKS_PASSTHROUGH
}
