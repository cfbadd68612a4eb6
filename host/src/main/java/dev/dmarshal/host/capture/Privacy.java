package dev.dmarshal.host.capture;

/** How private an input is, and so what is done to it before it is put into a capture that is not {@code --full}. */
public enum Privacy {
    /** Nothing personal is in it; names that carry an address are masked all the same. */
    OPEN,
    /** Free text: serial numbers, addresses, names of people and machines in it are masked. */
    TEXT,
    /** PCI configuration space: the Device Serial Number capability is masked. */
    CONFIG,
    /** A table of mounts: network sources and folders of people are masked. */
    MOUNTS,
    /** The table of routes, addresses in hexadecimal columns. */
    ROUTES,
    /** A record of udev's: only what kind of partition and file system it is, and its label masked. */
    UDEV,
    /** Masked as a whole, and wherever its value comes up in a text. */
    SECRET,
    /** Taken only with {@code --full}. */
    FULL
}
