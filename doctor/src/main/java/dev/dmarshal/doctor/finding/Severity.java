package dev.dmarshal.doctor.finding;

/** How much a finding matters. */
public enum Severity {
    /** Something does not work. */
    PROBLEM,
    /** Something works less safely or otherwise than its owner thinks. */
    WARNING,
    /** Harmless; said so that nobody has to wonder. */
    NOTE
}
