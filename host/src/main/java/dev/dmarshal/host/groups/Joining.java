package dev.dmarshal.host.groups;

import dev.dmarshal.core.pci.topology.PciFunction;
import java.util.Optional;

/**
 * How a function came into its group.
 *
 * @param kind    which step of the kernel's search found the group
 * @param with    the member whose group it joined; empty for the one that opened it
 * @param culprit the function that fails to keep the two apart; empty where none does
 * @param text    why, as a sentence
 */
public record Joining(Kind kind, Optional<PciFunction> with, Optional<PciFunction> culprit, String text) {

    /** Steps of the search (drivers/iommu/iommu.c, pci_device_group). */
    public enum Kind {
        /** It opened the group. */
        OPENED,
        /** It signs with the requester id of a VMD controller. */
        DMA_OWNER,
        /** A bridge above it signs its requests. */
        BRIDGE_SIGNS,
        /** A port above it does not send every request upstream. */
        PORT_NOT_ISOLATED,
        /** It signs with the id of another function of its bus, or the other way round. */
        ALIAS_QUIRK,
        /** The functions of its device can reach each other. */
        MULTIFUNCTION
    }
}
