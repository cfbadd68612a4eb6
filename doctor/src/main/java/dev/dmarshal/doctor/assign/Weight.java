package dev.dmarshal.doctor.assign;

/** What a failed check means. */
public enum Weight {
    /** The device must not or cannot be given away. */
    BLOCKS,
    /** It can, and this is what it costs or risks. */
    COSTS,
    /** Worth knowing. */
    NOTES;

    /** The name in JSON. */
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
