package dev.dmarshal.host.reset;

import dev.dmarshal.core.pci.Sbdf;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What decides how a function can be reset. What was not measured is empty.
 *
 * @param address     where
 * @param ids         who made it
 * @param says        what its capabilities say
 * @param place       where it hangs
 * @param kernelsOwn  the names in sysfs's {@code reset_method} in the kernel's order (since Linux 5.15); empty if that was not read
 */
public record ResetFacts(Sbdf address, Ids ids, Says says, Place place, Optional<List<String>> kernelsOwn) {

    /**
     * Who made a function.
     *
     * @param vendor    vendor id
     * @param device    device id
     * @param revision  revision
     * @param classCode 24-bit class code
     */
    public record Ids(OptionalInt vendor, OptionalInt device, OptionalInt revision, OptionalInt classCode) {
    }

    /**
     * What its capabilities say.
     *
     * @param flr       whether Device Capabilities has Function Level Reset
     * @param afFlr     whether the Advanced Features capability has it, with Transactions Pending
     * @param softReset whether D3hot to D0 resets it: a power management capability is there, and No_Soft_Reset is clear
     */
    public record Says(Optional<Boolean> flr, Optional<Boolean> afFlr, Optional<Boolean> softReset) {

        /** Nothing is known; nor does it matter where the kernel's own list decides. */
        public static final Says NOTHING = new Says(Optional.empty(), Optional.empty(), Optional.empty());
    }

    /**
     * Where a function hangs.
     *
     * @param bridge        whether it is a bridge itself
     * @param rootBus       whether it is on a root bus, above which there is nothing that could reset it
     * @param multifunction whether its slot has other functions
     * @param hotplugSlot   whether a hot-plug slot has it; empty if not known
     * @param cxlPort       whether the bridge above it is a CXL port; empty if not known
     * @param sameBus       the other functions on its bus, and what is below them; not copied, since all functions of a bus share one list
     */
    public record Place(boolean bridge, boolean rootBus, boolean multifunction, Optional<Boolean> hotplugSlot, Optional<Boolean> cxlPort, List<Sbdf> sameBus) {
    }
}
