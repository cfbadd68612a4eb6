package dev.dmarshal.host.pci;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.topology.FunctionIds;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One function as sysfs lists it, without its configuration space.
 *
 * @param address   where
 * @param folder    its folder on the host
 * @param ids       who made it
 * @param classCode 24-bit class code
 * @param driver    driver bound to it
 * @param group     IOMMU group that the kernel put it into
 * @param secondary first bus below it, for bridges
 * @param last      last bus below it, for bridges
 */
public record ListedFunction(Sbdf address, String folder, FunctionIds ids, OptionalInt classCode, Optional<String> driver, OptionalInt group,
        OptionalInt secondary, OptionalInt last) {
}
