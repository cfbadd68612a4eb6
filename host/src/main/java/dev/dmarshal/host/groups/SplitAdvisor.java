package dev.dmarshal.host.groups;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.topology.FabricRole;
import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.core.pci.topology.PciTree;
import dev.dmarshal.host.groups.SplitAdvice.Kind;
import dev.dmarshal.host.params.CommandLine;
import dev.dmarshal.host.version.KernelVersion;
import dev.dmarshal.host.version.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Finds ways to get the members of a group apart. What other kernels would make of the host is computed once, when first needed. Not for several threads. */
public final class SplitAdvisor {

    private static final int MOST_PORTS = 4;
    private static final int AMD = 0x1022;

    private final IommuGroups groups;
    private Optional<IommuGroups> newest = Optional.empty();
    private Optional<IommuGroups> pretending = Optional.empty();

    /** Advice about these groups. */
    public SplitAdvisor(IommuGroups groups) {
        this.groups = groups;
    }

    /** Ways to split a group; none where it has one member. */
    public List<SplitAdvice> of(IommuGroup group) {
        if (group.members().size() < 2) {
            return List.of();
        }
        List<Joining> joinings = group.members().stream().flatMap(member -> groups.joining(member.address()).stream())
                .filter(joining -> joining.kind() != Joining.Kind.OPENED).toList();
        Set<Joining.Kind> kinds = joinings.stream().map(Joining::kind).collect(Collectors.toSet());
        List<SplitAdvice> ways = new ArrayList<>();
        ways.add(new SplitAdvice(Kind.TOGETHER, "give all of it to one guest (bridges and ports stay with the host)",
                "the host and other guests cannot use any of it"));
        if (kinds.contains(Joining.Kind.PORT_NOT_ISOLATED)) {
            slot(group).ifPresent(ways::add);
        }
        if (causes(joinings).contains(Isolation.Cause.SWITCHED_OFF)) {
            ways.add(new SplitAdvice(Kind.PARAMETER, "take the ACS parameter off the kernel command line",
                    "peer-to-peer traffic passes the root complex again"));
        }
        if (joinings.stream().flatMap(joining -> joining.culprit().stream()).anyMatch(SplitAdvisor::hiddenAcs)) {
            ways.add(new SplitAdvice(Kind.FIRMWARE, "look in the firmware's setup for an ACS setting: some boards with AMD chipsets hide the"
                    + " capability behind one",
                    "not known whether this board has it"));
        }
        kernel(group).ifPresent(ways::add);
        if (kinds.contains(Joining.Kind.BRIDGE_SIGNS) || kinds.contains(Joining.Kind.ALIAS_QUIRK) || kinds.contains(Joining.Kind.DMA_OWNER)) {
            ways.add(new SplitAdvice(Kind.HARDWARE, "no setting splits what arrives under one requester id: the remapping hardware cannot tell it"
                    + " apart; use a PCI Express card of its own slot", "another card"));
        }
        override(group).ifPresent(ways::add);
        return ways;
    }

    private Set<Isolation.Cause> causes(List<Joining> joinings) {
        return joinings.stream().flatMap(joining -> joining.culprit().stream()).map(culprit -> groups.isolation(culprit).cause()).collect(Collectors.toSet());
    }

    private static boolean hiddenAcs(PciFunction culprit) {
        return culprit.ids().vendor().orElse(0) == AMD && culprit.role().filter(FabricRole::downstream).isPresent();
    }

    /** Ports that keep everything below them apart, and are not in this group. */
    private Optional<SplitAdvice> slot(IommuGroup group) {
        PciTree tree = groups.tree();
        List<String> free = new ArrayList<>();
        List<String> taken = new ArrayList<>();
        for (PciFunction port : tree.functions()) {
            boolean candidate = port.role().filter(FabricRole::downstream).isPresent() && port.buses().isPresent() && !group.members().contains(port);
            if (candidate && isolatesBelow(port)) {
                (tree.busBelow(port).isEmpty() ? free : taken).add(port.address().toString());
            }
        }
        if (free.isEmpty() && taken.isEmpty()) {
            return Optional.empty();
        }
        String text = free.isEmpty() ? "swap slots with what is below " + some(taken) + ", which keep apart what is below them"
                : "plug the card below " + some(free) + ", free and keeping apart what is below";
        return Optional.of(new SplitAdvice(Kind.SLOT, text + "; try it first with --slot", "a port may have no slot, or fewer lanes"));
    }

    private static String some(List<String> ports) {
        String text = String.join(", ", ports.subList(0, Math.min(ports.size(), MOST_PORTS)));
        return ports.size() > MOST_PORTS ? text + " or " + (ports.size() - MOST_PORTS) + " more ports" : text;
    }

    private boolean isolatesBelow(PciFunction port) {
        Optional<PciFunction> at = Optional.of(port);
        while (at.isPresent()) {
            if (!groups.isolation(at.get()).isolates() || groups.isolation(at.get()).cause() == Isolation.Cause.OVERRIDE) {
                return false;
            }
            at = groups.tree().bridgeAbove(at.get());
        }
        return true;
    }

    private Optional<SplitAdvice> kernel(IommuGroup group) {
        if (groups.plan().kernel().isEmpty()) {
            return Optional.empty();
        }
        if (newest.isEmpty()) {
            newest = Optional.of(IommuGroups.of(groups.tree(), groups.plan().with(KernelVersion.parse(KernelPlan.NEWEST).orElseThrow()), Guess.TOGETHER));
        }
        List<Set<Sbdf>> parts = parts(newest.get(), group);
        return parts.size() < 2 ? Optional.empty() : Optional.of(new SplitAdvice(Kind.KERNEL, "run Linux " + KernelPlan.NEWEST
                + " or so: it knows these devices to be isolated and would make of this: " + text(parts), "a kernel update"));
    }

    private Optional<SplitAdvice> override(IommuGroup group) {
        if (pretending.isEmpty()) {
            KernelPlan plan = groups.plan();
            KernelPlan patched = new KernelPlan(Optional.empty(), CommandLine.parse(Platform.LINUX, "pcie_acs_override=downstream,multifunction"), plan.ivrs(),
                    plan.tableAliases(), plan.untranslated());
            pretending = Optional.of(IommuGroups.of(groups.tree(), patched, Guess.TOGETHER));
        }
        List<Set<Sbdf>> parts = parts(pretending.get(), group);
        return parts.size() < 2 ? Optional.empty() : Optional.of(new SplitAdvice(Kind.OVERRIDE, "last of all:"
                + " pcie_acs_override=downstream,multifunction would show this as " + text(parts),
                        "it changes nothing in the hardware: these devices can go on reading and writing each other's memory behind the IOMMU's"
                + " back, so a guest with one of them can attack whoever has the other, the host too; it needs a patched kernel"));
    }

    private static List<Set<Sbdf>> parts(IommuGroups other, IommuGroup group) {
        List<Set<Sbdf>> parts = new ArrayList<>();
        for (PciFunction member : group.members()) {
            other.groupOf(member.address()).ifPresent(there -> {
                Set<Sbdf> part = there.members().stream().map(PciFunction::address).collect(Collectors.toCollection(TreeSet::new));
                if (!parts.contains(part)) {
                    parts.add(part);
                }
            });
        }
        return parts;
    }

    private static String text(List<Set<Sbdf>> parts) {
        return parts.stream().map(part -> part.stream().map(Sbdf::toString).collect(Collectors.joining(" "))).collect(Collectors.joining(" | "));
    }
}
