package dev.dmarshal.host.holders;

/** What is lost when a held device is taken away. The order is by weight. */
public enum Stake {
    /** Worth knowing; nothing stops. */
    NOTICE,
    /** Something uses it now: it fails, or the unbind waits for it, possibly for ever. */
    BUSY,
    /** The host itself stops, is cut off, or cannot be seen any more. */
    VITAL;

    /** The name in JSON. */
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
