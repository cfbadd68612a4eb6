package dev.dmarshal.host.groups;

/**
 * Whether the kernel trusts a function to send every request upstream, where the remapping hardware sees it, and why.
 *
 * @param isolates whether it does
 * @param cause    what decides
 * @param text     why, as the end of a sentence that begins with the function's name
 */
public record Isolation(boolean isolates, Cause cause, String text) {

    /** What decides. */
    public enum Cause {
        /** The capability, switched on. */
        ACS,
        /** A row of the quirk table. */
        QUIRK,
        /** {@code pcie_acs_override}. */
        OVERRIDE,
        /** One function alone has nobody to talk to inside its device. */
        SINGLE_FUNCTION,
        /** A type of function for which ACS is not defined, and which is trusted. */
        NOT_APPLICABLE,
        /** No capability where there should be one. */
        NO_ACS,
        /** The capability is there, and a parameter switches it off. */
        SWITCHED_OFF,
        /** Conventional PCI: everything on a bus hears everything. */
        CONVENTIONAL,
        /** A bridge to or from conventional PCI, or an event collector: never trusted. */
        BRIDGE,
        /** Not measured: guessed. */
        UNMEASURED
    }
}
