package dev.dmarshal.core.pci.config;

/**
 * Addresses that a bridge passes down.
 *
 * @param kind      what they are addresses of
 * @param base      lowest address
 * @param limit     highest address, inclusive
 * @param widthBits width of addresses that the bridge decodes: 16, 32 or 64
 */
public record BridgeWindow(Kind kind, long base, long limit, int widthBits) {

    /** What a window passes down. */
    public enum Kind {
        /** I/O ports. */
        IO,
        /** Memory that must not be prefetched. */
        MEMORY,
        /** Memory that may be prefetched, the only kind above 4 GiB. */
        PREFETCHABLE
    }

    /** Whether anything is passed down: a limit below the base closes the window. */
    public boolean open() {
        return Long.compareUnsigned(base, limit) <= 0;
    }
}
