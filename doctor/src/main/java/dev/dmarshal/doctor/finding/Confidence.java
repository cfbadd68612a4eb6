package dev.dmarshal.doctor.finding;

/** How sure a finding is, from what the evidence can and cannot rule out. */
public enum Confidence {
    /** What is said follows from the lines given; no other reading of them is known. */
    CERTAIN,
    /** The lines fit this cause and speak against the others that are known. */
    LIKELY,
    /** The lines fit, and fit another cause too; says which. */
    POSSIBLE
}
