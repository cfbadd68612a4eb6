package dev.dmarshal.doctor.finding;

/** Whose defect or setting it is. */
public enum Blame {
    /** Firmware: tables, reserved regions, what it leaves running. */
    FIRMWARE,
    /** The kernel or hypervisor. */
    KERNEL,
    /** The device, its own firmware, or its driver. */
    DEVICE,
    /** The administrator's own settings. */
    CONFIGURATION,
    /** The physical machine: broken parts, slots, wiring of the board. */
    HARDWARE,
    /** The log does not decide it. */
    OPEN,
    /** Nobody: nothing is wrong. */
    NOBODY
}
