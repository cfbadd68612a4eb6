package dev.dmarshal.core.fault;

/** The lines, other than faults, that the scanner knows. */
public enum MessageKind {
    /** A line about a PCI device whose wording is not known; kept because the device may matter. */
    DEVICE_OTHER,
    /** {@code Linux version …}. */
    LINUX_VERSION,
    /** The kernel command line. */
    COMMAND_LINE
}
