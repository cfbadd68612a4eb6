package dev.dmarshal.core.fault;

/** Who wrote a log line. */
public enum Dialect {
    /** Linux about Intel VT-d. */
    LINUX_VTD,
    /** Xen about Intel VT-d. */
    XEN_VTD,
    /** Linux about AMD-Vi. */
    LINUX_AMD_VI,
    /** Xen about AMD-Vi. */
    XEN_AMD_VI;

    /** Whether the reason codes are VT-d's. */
    public boolean vtd() {
        return this == LINUX_VTD || this == XEN_VTD;
    }

    /** Whether the line comes from Xen. */
    public boolean xen() {
        return this == XEN_VTD || this == XEN_AMD_VI;
    }
}
