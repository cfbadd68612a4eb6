package dev.dmarshal.host.survey;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.topology.PciTree;
import dev.dmarshal.host.Halves;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.host.groups.IommuGroup;
import dev.dmarshal.host.groups.IommuGroups;
import dev.dmarshal.host.groups.Joining;
import dev.dmarshal.host.groups.KernelPlan;
import dev.dmarshal.host.holders.HostHolders;
import dev.dmarshal.host.pci.PciHost;
import dev.dmarshal.host.version.KernelVersion;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Looks at a host. */
public final class Surveyor {

    private static final String COMMAND_LINE = "/proc/cmdline";

    private final HostRoot host;
    private final List<String> notes = new ArrayList<>();

    private Surveyor(HostRoot host) {
        this.host = host;
    }

    /**
     * Looks at a host once.
     *
     * @param host    the host
     * @param session {@code SSH_CONNECTION} of the session that asks; empty for a capture
     */
    public static HostSurvey survey(HostRoot host, Optional<String> session) {
        return new Surveyor(host).read(session);
    }

    private HostSurvey read(Optional<String> session) {
        Reading<PciHost> pci = PciHost.of(host);
        pci.trouble().ifPresent(notes::add);
        List<FunctionFacts> functions = pci.present().map(this::functions).orElse(List.of());
        Optional<KernelVersion> kernel = kernel();
        PciTree tree = pci.present().map(PciHost::tree).orElseGet(() -> PciTree.of(List.of()));
        RemappingFacts remapping = withLinks(new RemappingReader(host).read(), functions);
        Grouping grouping = grouping(functions, tree, kernel, remapping);
        HostHolders holders = HostHolders.of(host, session);
        host.remarks().forEach(remark -> notes.add(host.name() + ": " + remark.text()));
        return new HostSurvey(new SurveyParts(host.name(), kernel, functions, tree, grouping, remapping, holders, notes));
    }

    private List<FunctionFacts> functions(PciHost pci) {
        notes.addAll(pci.odd());
        pci.tree();
        FunctionReader reader = new FunctionReader(host, pci);
        return Halves.map(pci.listed(), () -> reader::read);
    }

    /** Where the folder of groups was not given, the functions' own links to it tell as much; VFIO makes groups of its own only for what it has itself. */
    private static RemappingFacts withLinks(RemappingFacts remapping, List<FunctionFacts> functions) {
        if (remapping.translating().value().isPresent() || remapping.xen()) {
            return remapping;
        }
        return functions.stream().filter(function -> function.group().isPresent() && !function.binding().driver().equals(Optional.of("vfio-pci"))).findFirst()
                .map(function -> remapping.with(Evidenced.of(true, "/sys/bus/pci/devices/" + function.address() + "/iommu_group"))).orElse(remapping);
    }

    private Optional<KernelVersion> kernel() {
        return host.text("/proc/sys/kernel/osrelease").present().flatMap(KernelVersion::parse)
                .or(() -> host.text("/proc/version").present().flatMap(KernelVersion::parse));
    }

    private Grouping grouping(Collection<FunctionFacts> functions, PciTree tree, Optional<KernelVersion> kernel, RemappingFacts remapping) {
        Map<Integer, Set<Sbdf>> own = new TreeMap<>();
        for (FunctionFacts function : functions) {
            if (function.group().isPresent()) {
                own.computeIfAbsent(function.group().getAsInt(), none -> new TreeSet<>()).add(function.address());
            }
        }
        if (remapping.translating().is(true)) {
            addListed(own);
        }
        if (!own.isEmpty()) {
            // What merges a group only the computation tells; a host whose groups have one member each needs none.
            Optional<IommuGroups> computed = own.values().stream().anyMatch(members -> members.size() > 1) ? Optional.of(IommuGroups.of(tree, plan(kernel,
                    remapping))) : Optional.empty();
            List<GroupFacts> groups = new ArrayList<>(own.size());
            own.forEach((number, members) -> groups.add(new GroupFacts(OptionalInt.of(number), List.copyOf(members), computed.map(made -> merged(made,
                    members)).orElse(List.of()), true,
                    host.text("/sys/kernel/iommu_groups/" + number + "/reserved_regions").present().map(ReservedRegion::parse))));
            return new Grouping(Grouping.Source.KERNEL, groups, List.of());
        }
        IommuGroups computed = IommuGroups.of(tree, plan(kernel, remapping));
        List<GroupFacts> groups = new ArrayList<>();
        for (IommuGroup group : computed.groups()) {
            Set<Sbdf> members = new TreeSet<>();
            group.members().forEach(member -> members.add(member.address()));
            groups.add(new GroupFacts(OptionalInt.empty(), List.copyOf(members), merged(computed, members), computed.certain(group), Optional.empty()));
        }
        return new Grouping(Grouping.Source.COMPUTED, groups, List.copyOf(computed.notes()));
    }

    /** The kernel's own folders, for sources that have them and not the links in the devices' folders. */
    private void addListed(Map<Integer, Set<Sbdf>> own) {
        if (!own.isEmpty()) {
            return;
        }
        for (String group : host.list("/sys/kernel/iommu_groups").present().orElse(List.of())) {
            if (group.matches("[0-9]{1,9}")) {
                Set<Sbdf> members = new TreeSet<>();
                host.list("/sys/kernel/iommu_groups/" + group + "/devices").present().orElse(List.of())
                        .forEach(name -> Sbdf.parse(name).ifPresent(members::add));
                own.put(Integer.parseInt(group), members);
            }
        }
    }

    private KernelPlan plan(Optional<KernelVersion> kernel, RemappingFacts remapping) {
        KernelPlan plan = KernelPlan.STANDARD.withIvrs(remapping.amd());
        if (kernel.isPresent()) {
            plan = plan.with(kernel.get());
        }
        Optional<String> line = host.text(COMMAND_LINE).present();
        return line.isPresent() ? plan.withCommandLine(line.get()) : plan;
    }

    /** Why members are together: each joining's sentence once. */
    private static List<String> merged(IommuGroups computed, Collection<Sbdf> members) {
        Set<String> why = new LinkedHashSet<>();
        for (Sbdf member : members) {
            computed.joining(member).filter(joining -> joining.kind() != Joining.Kind.OPENED).map(Joining::text).ifPresent(why::add);
        }
        return members.size() < 2 ? List.of() : List.copyOf(why);
    }
}
