package dev.dmarshal.passthrough.wish;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.SourceId;
import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.groups.HostGroups;
import dev.dmarshal.host.groups.RequesterAlias;
import dev.dmarshal.passthrough.plan.RequesterId;
import dev.dmarshal.passthrough.xen.PcibackBinding;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * With which requester ids each function may sign, and what serves them: the list after which Linux fills context entries. A request with an id that is on no
 * list finds no entry, which is what the forum thread's RAID card ran into.
 */
final class RequesterReport {

    private final HostRoot host;
    private final Optional<HostGroups> groups;

    RequesterReport(HostRoot host) {
        this.host = host;
        this.groups = HostGroups.of(host).present();
    }

    /** The ids of these functions; none of one whose topology cannot be read. */
    List<RequesterId> of(Collection<Sbdf> functions) {
        List<RequesterId> ids = new ArrayList<>();
        for (Sbdf function : functions) {
            Optional<PciFunction> known = groups.flatMap(found -> found.pci().tree().function(function));
            known.ifPresent(start -> groups.orElseThrow().groups().aliases(start).forEach(alias -> ids.add(id(function, alias))));
        }
        return ids;
    }

    private RequesterId id(Sbdf function, RequesterAlias alias) {
        SourceId source = alias.id();
        Sbdf owner = new Sbdf(alias.signer().address().segment(), source.bus(), source.device(), source.function());
        return new RequesterId(function.toString(), owner.toString(), alias.text(), covered(function, owner));
    }

    private String covered(Sbdf function, Sbdf owner) {
        Optional<String> group = group(function);
        if (PcibackBinding.dom0(host)) {
            return "Xen's tables of the domain that has " + function;
        }
        if (group.isEmpty()) {
            return "nothing: " + function + " is in no group";
        }
        if (!host.has("/sys/bus/pci/devices/" + owner)) {
            return "group " + group.get() + "; no function that the kernel lists has this id, the entry is made for " + function;
        }
        Optional<String> other = group(owner);
        return other.equals(group) ? "group " + group.get() : "NOT this group: " + owner + " is in "
                + other.map(number -> "group " + number).orElse("no group");
    }

    private Optional<String> group(Sbdf function) {
        return host.linkName("/sys/bus/pci/devices/" + function + "/iommu_group").present();
    }
}
