package dev.dmarshal.doctor.kdump;

/** Stages of a hand-over at which devices that go on meet different tables. */
public enum Moment {
    /** The crash kernel starts; it has not touched the units. */
    CRASHED("until the crash kernel reaches the units"),
    /** The crash kernel is at the units: in between what it switches off and on again, if it does. */
    TAKING_OVER("while it takes the units over"),
    /** It has done with the units; no driver has started. */
    TAKEN_OVER("until drivers start"),
    /** Each driver has mapped its first buffer. */
    DRIVERS("while drivers run and the dump is written");

    private final String words;

    Moment(String words) {
        this.words = words;
    }

    /** For people. */
    public String words() {
        return words;
    }
}
