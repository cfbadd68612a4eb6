package dev.dmarshal.core.pci.topology;

/**
 * The buses behind a bridge (PCIe 6.0, 7.5.1.3.3 and 7.5.1.3.4).
 *
 * @param secondary   the bus right below it, 0 to 255; 0 where nobody has numbered it yet
 * @param subordinate the highest bus below it, 0 to 255
 */
public record BusRange(int secondary, int subordinate) {

    /** Refuses numbers out of range. */
    public BusRange {
        if (secondary >>> 8 != 0 || subordinate >>> 8 != 0) {
            throw new IllegalArgumentException("bus numbers have 8 bits: " + secondary + " to " + subordinate);
        }
    }

    /** Whether a bus is behind the bridge. */
    public boolean contains(int bus) {
        return bus >= secondary && bus <= subordinate;
    }
}
