package dev.dmarshal.host.survey;

import dev.dmarshal.core.pci.Sbdf;
import java.util.Optional;

/**
 * One difference between two looks at a host.
 *
 * @param kind  what kind
 * @param was   the function's address in the older look; empty if it was not there, or the change is the host's
 * @param is    its address in the newer look; empty if it is not there, or the change is the host's
 * @param words what changed, as a sentence
 */
public record Change(Kind kind, Optional<Sbdf> was, Optional<Sbdf> is, String words) {

    /** Kinds of change, those that lead to wrong devices first. */
    public enum Kind {
        /** Another device answers at an address. */
        REPLACED,
        /** A device has another address. */
        MOVED,
        /** A device has gone. */
        GONE,
        /** A device has come. */
        NEW,
        /** Other functions share its group. */
        GROUP,
        /** Another driver has it. */
        DRIVER,
        /** Its {@code driver_override} changed. */
        OVERRIDE,
        /** It is reset by other methods. */
        RESET,
        /** It has another number of virtual functions. */
        VIRTUAL_FUNCTIONS,
        /** Another kernel runs. */
        KERNEL,
        /** The IOMMU or interrupt remapping went on or off. */
        REMAPPING;

        /** The name in JSON: lower case with hyphens. */
        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }
}
