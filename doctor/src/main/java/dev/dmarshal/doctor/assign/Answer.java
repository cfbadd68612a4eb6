package dev.dmarshal.doctor.assign;

/** The three answers of a check. */
public enum Answer {
    /** Nothing against it here. */
    PASS,
    /** Something is against it. */
    FAIL,
    /** What decides was not measured; this is neither of the others. */
    UNMEASURED;

    /** The name in JSON. */
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
