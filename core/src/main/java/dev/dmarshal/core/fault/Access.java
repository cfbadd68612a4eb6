package dev.dmarshal.core.fault;

/** Direction of a memory request, seen from memory. */
public enum Access {
    /** The device reads memory. */
    READ,
    /** The device writes memory. */
    WRITE,
    /** The log does not say. */
    UNKNOWN
}
