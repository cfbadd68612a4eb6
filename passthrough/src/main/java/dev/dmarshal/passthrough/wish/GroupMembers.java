package dev.dmarshal.passthrough.wish;

import dev.dmarshal.core.pci.DeviceNotation;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import java.util.List;
import java.util.Optional;

/** A function's IOMMU group as the running kernel has it: nothing else counts for what VFIO lets happen. */
record GroupMembers(String number, List<Sbdf> members) {

    static Optional<GroupMembers> of(HostRoot host, Sbdf function) {
        return host.linkName("/sys/bus/pci/devices/" + function + "/iommu_group").present().flatMap(number -> host
                .list("/sys/kernel/iommu_groups/" + number + "/devices").present()
                .map(names -> new GroupMembers(number, names.stream().flatMap(name -> DeviceNotation.parse(name).function().stream()).toList())));
    }
}
