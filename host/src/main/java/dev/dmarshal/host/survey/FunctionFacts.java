package dev.dmarshal.host.survey;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.config.ConfigSpace;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * All that one look found out about a function by itself. What was not measured is empty.
 *
 * @param address      where
 * @param made         who made it
 * @param binding      its driver
 * @param group        the running kernel's IOMMU group
 * @param regions      its address ranges; empty if they were not measured
 * @param config       its configuration space as far as it was read
 * @param virtual      SR-IOV
 * @param power        power
 * @param resetMethods {@code reset_method} of sysfs, in the kernel's order
 * @param place        bridges above it, nearest the root first, as sysfs nests them; empty if it was not seen in sysfs
 * @param slot         label of the physical slot
 */
public record FunctionFacts(Sbdf address, Made made, Binding binding, OptionalInt group, Optional<List<Region>> regions, Optional<ConfigSpace> config,
        VirtualFunctions virtual, PowerFacts power, Optional<List<String>> resetMethods, Optional<List<Sbdf>> place, Optional<String> slot) {

    /** Base class and subclass of a host bridge. */
    public static final int HOST_BRIDGE = 0x0600;
    /** Base class and subclass of an ISA bridge. */
    public static final int ISA_BRIDGE = 0x0601;
    /** Base class and subclass of a PCI-to-PCI bridge. */
    public static final int PCI_BRIDGE = 0x0604;
    /** Base class and subclass of a CardBus bridge. */
    public static final int CARDBUS_BRIDGE = 0x0607;

    /** Whether it is a bridge that carries others: no driver but a port driver can have it, and it cannot be given to a guest. */
    public boolean carriesOthers() {
        return made.is(HOST_BRIDGE) || made.is(PCI_BRIDGE) || made.is(CARDBUS_BRIDGE)
                || config.flatMap(space -> space.header().type()).filter(type -> type != dev.dmarshal.core.pci.config.HeaderType.ENDPOINT).isPresent();
    }

    /** Whether it is a graphics controller: base class 03. */
    public boolean graphics() {
        return made.classCode().isPresent() && made.classCode().getAsInt() >>> 16 == 0x03;
    }

    /** Whether it is a USB controller. */
    public boolean usb() {
        return made.is(0x0c03);
    }
}
