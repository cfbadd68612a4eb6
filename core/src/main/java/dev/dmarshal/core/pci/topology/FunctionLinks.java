package dev.dmarshal.core.pci.topology;

import dev.dmarshal.core.pci.Sbdf;
import java.util.Optional;

/**
 * Relations of a function that its own configuration space does not show.
 *
 * @param upstream         the bridge above it, where the host says so (sysfs paths do); otherwise bus numbers decide
 * @param physicalFunction the physical function, for an SR-IOV virtual function
 * @param dmaOwner         the function that signs its requests: the VMD controller, for what is in a VMD domain
 */
public record FunctionLinks(Optional<Sbdf> upstream, Optional<Sbdf> physicalFunction, Optional<Sbdf> dmaOwner) {

    /** No such relation known. */
    public static final FunctionLinks NONE = new FunctionLinks(Optional.empty(), Optional.empty(), Optional.empty());
}
