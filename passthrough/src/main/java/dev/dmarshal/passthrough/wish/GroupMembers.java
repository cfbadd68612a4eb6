package dev.dmarshal.passthrough.wish;

import dev.dmarshal.core.pci.DeviceNotation;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.SourceId;
import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.groups.HostGroups;
import dev.dmarshal.host.groups.IommuGroups;
import dev.dmarshal.passthrough.xen.PcibackBinding;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A function's IOMMU group as the running kernel has it: nothing else counts for what VFIO lets happen. A dom0 has none, because Xen holds the remapping
 * hardware; there it is the group that Linux would make.
 *
 * @param inseparable members that the hardware cannot tell from the function, because a bridge gives their requests one requester ID
 */
record GroupMembers(String number, List<Sbdf> members, Set<Sbdf> inseparable) {

    static Optional<GroupMembers> of(HostRoot host, Sbdf function) {
        Optional<GroupMembers> kernel = ofKernel(host, function);
        return kernel.isPresent() || !PcibackBinding.dom0(host) ? kernel : HostGroups.of(host).present().flatMap(groups -> computed(groups, function));
    }

    private static Optional<GroupMembers> computed(HostGroups host, Sbdf function) {
        IommuGroups groups = host.groups();
        return groups.groupOf(function).map(group -> {
            List<Sbdf> members = group.members().stream().map(PciFunction::address).toList();
            Set<Sbdf> same = members.stream().filter(other -> oneRequester(groups, function, other)).collect(Collectors.toSet());
            return new GroupMembers("that Linux would make", members, same);
        });
    }

    private static boolean oneRequester(IommuGroups groups, Sbdf one, Sbdf other) {
        Set<SourceId> ids = requesters(groups, one);
        return requesters(groups, other).stream().anyMatch(ids::contains);
    }

    private static Set<SourceId> requesters(IommuGroups groups, Sbdf function) {
        Set<SourceId> ids = new HashSet<>(Set.of(function.sourceId()));
        groups.tree().function(function).ifPresent(found -> groups.aliases(found).forEach(alias -> ids.add(alias.id())));
        return ids;
    }

    private static Optional<GroupMembers> ofKernel(HostRoot host, Sbdf function) {
        return host.linkName("/sys/bus/pci/devices/" + function + "/iommu_group").present().flatMap(number -> host
                .list("/sys/kernel/iommu_groups/" + number + "/devices").present()
                .map(names -> names.stream().flatMap(name -> DeviceNotation.parse(name).function().stream()).toList())
                .map(members -> new GroupMembers(number, members, Set.copyOf(members))));
    }
}
