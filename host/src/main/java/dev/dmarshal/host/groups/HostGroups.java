package dev.dmarshal.host.groups;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.topology.PciTree;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.host.params.CommandLine;
import dev.dmarshal.host.pci.PciHost;
import dev.dmarshal.host.version.KernelVersion;
import dev.dmarshal.host.version.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The groups of a host: computed, and beside them the ones that its kernel made.
 *
 * @param pci         its functions
 * @param groups      computed groups
 * @param kernel      the kernel's own, by number; empty where it made none or the source does not say
 * @param differences where the kernel does otherwise than computed, and what was not measured does not explain it
 * @param notes       what whoever reads this should know
 */
public record HostGroups(PciHost pci, IommuGroups groups, Map<Integer, List<Sbdf>> kernel, List<GroupDifference> differences, List<String> notes) {

    /** Copies the lists. */
    public HostGroups {
        differences = List.copyOf(differences);
        notes = List.copyOf(notes);
    }

    /** Computes the groups of a host for the kernel that it runs, as far as the source says which that is. */
    public static Reading<HostGroups> of(HostRoot host) {
        return PciHost.of(host).map(pci -> of(host, pci, plan(host)));
    }

    /** Computes the groups of a host for another kernel. */
    public static HostGroups of(HostRoot host, PciHost pci, KernelPlan plan) {
        IommuGroups groups = IommuGroups.of(pci.tree(), plan);
        Map<Integer, List<Sbdf>> kernel = pci.kernelGroups();
        List<String> notes = new ArrayList<>(groups.notes());
        plan.kernel().filter(version -> version.backported()).ifPresent(version -> notes.add(version.text()
                + " is a distribution's kernel that carries later changes back: it may know more devices than the mainline release of its number"));
        if (dom0(host)) {
            notes.add("this is a Xen dom0: Linux makes no groups here, the hypervisor holds the remapping hardware; what is shown is what Linux would make");
        }
        List<GroupDifference> differences = GroupDifference.between(groups, kernel).stream().filter(difference -> !open(groups, difference)).toList();
        return new HostGroups(pci, groups, kernel, differences, notes);
    }

    /** What was not measured is taken to lie together; a kernel that keeps it apart, because it could look, does not disagree. */
    private static boolean open(IommuGroups groups, GroupDifference difference) {
        return difference.kernelIsFiner() && difference.computed().stream().map(groups::groupOf).flatMap(Optional::stream)
                .anyMatch(group -> !groups.certain(group));
    }

    /** The same host with other groups, such as after a move of a card; nothing is compared then. */
    public HostGroups with(PciTree tree) {
        return new HostGroups(pci, IommuGroups.of(tree, groups.plan()), Map.of(), List.of(), notes);
    }

    /** The kernel that a host runs, with its command line and its IOMMU's make, as far as the source says. */
    public static KernelPlan plan(HostRoot host) {
        Optional<KernelVersion> version = host.text("/proc/sys/kernel/osrelease").present().flatMap(text -> KernelVersion.parse(text.strip()));
        CommandLine line = CommandLine.parse(Platform.LINUX, host.text("/proc/cmdline").present().orElse(""));
        return new KernelPlan(version, line, host.has("/sys/firmware/acpi/tables/IVRS"), Map.of(), Set.of());
    }

    private static boolean dom0(HostRoot host) {
        return host.text("/sys/hypervisor/type").present().filter(type -> type.strip().equals("xen")).isPresent()
                && host.text("/proc/xen/capabilities").present().filter(text -> text.contains("control_d")).isPresent();
    }
}
