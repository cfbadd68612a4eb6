package dev.dmarshal.host.pci;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.topology.FunctionIds;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One function as sysfs lists it, without its configuration space.
 *
 * @param address          where
 * @param folder           its folder on the host
 * @param ids              who made it
 * @param classCode        24-bit class code
 * @param driverMeasured   whether it could be seen which driver has it
 * @param driver           driver bound to it
 * @param group            IOMMU group that the kernel put it into
 * @param buses            buses below it, for bridges
 * @param physicalFunction the function that it is a virtual one of
 * @param place            where sysfs nests it; empty if that was not seen
 */
public record ListedFunction(Sbdf address, String folder, FunctionIds ids, OptionalInt classCode, boolean driverMeasured, Optional<String> driver,
        OptionalInt group, BelowBridge buses, Optional<Sbdf> physicalFunction, Optional<FunctionPlace> place) {

    /**
     * Buses below a bridge.
     *
     * @param first the first one
     * @param last  the last one
     */
    public record BelowBridge(OptionalInt first, OptionalInt last) {

        /** None are known. */
        static final BelowBridge NONE = new BelowBridge(OptionalInt.empty(), OptionalInt.empty());
    }
}
