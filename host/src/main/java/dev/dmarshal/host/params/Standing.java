package dev.dmarshal.host.params;

/** How a release stands to the releases that have a parameter. */
public enum Standing {
    /** It has it. */
    PRESENT,
    /** It is older. */
    NOT_YET,
    /** It is newer. */
    NO_LONGER,
    /** Between two releases of which one has it and the other has not, or the release is not known. */
    UNSURE,
    /** No release has it. */
    NEVER
}
