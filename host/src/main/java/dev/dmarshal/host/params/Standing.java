package dev.dmarshal.host.params;

/** How a release stands to the releases that have a parameter. */
enum Standing {
    PRESENT,
    NOT_YET,
    NO_LONGER,
    /** Between two releases of which one has it and the other has not, or the release is not known. */
    UNSURE,
    NEVER
}
