package dev.dmarshal.host.version;

/** What reads a command line. */
public enum Platform {
    /** A Linux kernel, on bare metal or as Xen's dom0. */
    LINUX,
    /** The Xen hypervisor. */
    XEN
}
