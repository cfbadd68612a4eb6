package dev.dmarshal.host.groups;

/**
 * A way to get the members of a group apart, with what it costs. Ways are given narrowest first; the one that only pretends comes last.
 *
 * @param kind what sort of way
 * @param text what to do
 * @param cost what it costs, or leaves at risk
 */
public record SplitAdvice(Kind kind, String text, String cost) {

    /** Sorts of ways, narrowest first. */
    public enum Kind {
        /** Keep them together. */
        TOGETHER,
        /** Another slot. */
        SLOT,
        /** Remove a kernel parameter. */
        PARAMETER,
        /** A setting of the firmware. */
        FIRMWARE,
        /** Another kernel. */
        KERNEL,
        /** Another card or board. */
        HARDWARE,
        /** Declare isolated what is not. */
        OVERRIDE
    }
}
