package dev.dmarshal.host.groups;

import dev.dmarshal.core.pci.topology.PciFunction;
import java.util.List;

/**
 * Functions that Linux can only give away together.
 *
 * @param number  in the order in which they come into being; the kernel's own numbers have gaps and count other buses too
 * @param members in the order in which they joined
 */
public record IommuGroup(int number, List<PciFunction> members) {

    /** Keeps an own copy. */
    public IommuGroup {
        members = List.copyOf(members);
    }
}
