package dev.dmarshal.cli.host;

import dev.dmarshal.cli.page.Page;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.topology.PciBus;
import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.core.pci.topology.PciTree;
import dev.dmarshal.host.groups.GroupDifference;
import dev.dmarshal.host.groups.HostGroups;
import dev.dmarshal.host.groups.IommuGroup;
import dev.dmarshal.host.groups.IommuGroups;
import dev.dmarshal.host.groups.Joining;
import dev.dmarshal.host.groups.SplitAdvice;
import dev.dmarshal.host.pci.ListedFunction;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The device tree and the groups in one picture, for people. */
public final class GroupsText {

    private static final int NUMBER_WIDTH = 6;
    private static final String[] COLOURS = {"\033[33m", "\033[36m", "\033[35m", "\033[32m", "\033[34m"};
    private static final String RED = "\033[31m";
    private static final int MOST_DIFFERENCES = 40;

    private final Page page;
    private final GroupsReport report;
    private final IommuGroups groups;
    private final PciTree tree;
    private final Map<Sbdf, ListedFunction> listed = new HashMap<>();

    GroupsText(Page page, GroupsReport report) {
        this.page = page;
        this.report = report;
        this.groups = report.host().groups();
        this.tree = groups.tree();
        if (report.move().isEmpty()) {
            report.host().pci().listed().forEach(function -> listed.put(function.address(), function));
        }
    }

    Page page() {
        heading();
        tree();
        together();
        differences();
        unmeasured();
        report.host().notes().forEach(note -> page.labelled(0, "Note:", note));
        return page;
    }

    private void heading() {
        HostGroups host = report.host();
        page.heading(report.source() + ": " + tree.functions().size() + " functions, " + groups.groups().size() + " IOMMU groups as "
                + groups.plan().kernelText() + " computes them");
        report.move().ifPresent(move -> new TreeMap<>(move.moved()).forEach((from, to) -> page.line(0, from + " moved to " + to)));
        if (report.move().isPresent()) {
            page.paragraph(0, "(after a move the firmware may number buses otherwise)");
        } else if (host.kernel().isEmpty()) {
            page.paragraph(0, "The running kernel shows no groups here: its IOMMU is off, or the source does not have them.");
        } else if (host.differences().isEmpty() && host.kernel().size() > groups.groups().size()) {
            page.paragraph(0, "The running kernel has " + host.kernel().size() + " groups, whose numbers are shown: it keeps apart some of what was not measured"
                    + " here, and is put together (marked ~). Nothing that was measured contradicts it.");
        } else if (host.differences().isEmpty()) {
            page.paragraph(0, "The running kernel has the same " + host.kernel().size() + " groups; its numbers are shown.");
        } else {
            page.paragraph(0, "The running kernel has " + host.kernel().size()
                    + " groups, which are not the same: see below the tree. Its numbers are shown, marked"
                    + " ! where it disagrees.");
        }
        page.blank();
    }

    private void tree() {
        page.heading(" group device");
        for (PciBus bus : tree.buses()) {
            if (bus.kind() == PciBus.Kind.ORPHAN) {
                page.row(NUMBER_WIDTH + 1, "     ? bus " + bus + ": the bridge above it was not measured", RED);
            }
            if (bus.parent().isEmpty()) {
                functions(bus, "");
            }
        }
        page.blank();
    }

    private void functions(PciBus bus, String prefix) {
        List<PciFunction> on = new ArrayList<>(bus.functions());
        tree.buses().stream().filter(other -> other.kind() == PciBus.Kind.VIRTUAL && other.parent().filter(parent -> parent == bus).isPresent())
                .forEach(other -> on.addAll(other.functions()));
        for (int i = 0; i < on.size(); i++) {
            boolean last = i == on.size() - 1;
            boolean top = bus.parent().isEmpty();
            function(on.get(i), top ? "" : prefix + (last ? "└ " : "├ "));
            String deeper = top ? "" : prefix + (last ? "  " : "│ ");
            tree.busBelow(on.get(i)).ifPresent(below -> functions(below, deeper + (top ? " " : "")));
        }
    }

    private void function(PciFunction function, String branch) {
        ListedFunction known = listed.get(function.address());
        StringBuilder line = new StringBuilder(number(function)).append(' ').append(branch).append(function.address()).append(' ');
        line.append(function.bridge() || function.virtual() ? function.described().replace(" " + function.address(), "") : ClassWord.of(function.classCode()));
        function.ids().pair().ifPresent(pair -> line.append(' ').append(pair));
        Optional.ofNullable(known).flatMap(ListedFunction::driver).ifPresent(driver -> line.append(" [").append(driver).append(']'));
        Optional<IommuGroup> group = groups.groupOf(function.address());
        String colour = group.filter(one -> one.members().size() > 1).map(one -> COLOURS[one.number() % COLOURS.length]).orElse("");
        page.row(NUMBER_WIDTH + 1 + branch.length() + 2, line.toString(), report.disputed(function.address()) ? RED : colour);
    }

    /** The kernel's number where it has one; else a computed number, marked as such. */
    private String number(PciFunction function) {
        Optional<IommuGroup> group = groups.groupOf(function.address());
        String text = group.isEmpty() ? "-" : label(group.get());
        Optional<Integer> kernel = report.kernelNumber(function.address());
        if (kernel.isPresent()) {
            text = kernel.get() + (report.disputed(function.address()) ? "!" : "");
        }
        return " ".repeat(Math.max(0, NUMBER_WIDTH - text.length())) + text;
    }

    /** What a group is called: the kernel's number if all of its members have that one. */
    private String label(IommuGroup group) {
        Set<Optional<Integer>> numbers = group.members().stream().map(member -> report.kernelNumber(member.address())).collect(Collectors.toSet());
        Optional<Integer> only = numbers.size() == 1 ? numbers.iterator().next() : Optional.empty();
        return only.map(String::valueOf).orElse("~" + group.number() + (groups.certain(group) ? "" : "?"));
    }

    private void together() {
        List<IommuGroup> shared = report.shared();
        if (shared.isEmpty()) {
            page.paragraph(0, "Every function has a group of its own: each can be given away alone.");
            return;
        }
        page.heading("What must go together, and why");
        List<Set<String>> advised = new ArrayList<>();
        for (IommuGroup group : shared) {
            page.blank();
            page.row(2, "Group " + label(group) + ": " + addresses(group.members().stream().map(PciFunction::address).toList()),
                    COLOURS[group.number() % COLOURS.length]);
            reasons(group);
            if (!groups.certain(group)) {
                page.paragraph(2, "Not certain: it rests on something that was not measured, taken as keeping nothing apart.");
            }
            List<SplitAdvice> ways = report.advisor().of(group);
            Set<String> texts = ways.stream().map(way -> way.text()).collect(Collectors.toCollection(LinkedHashSet::new));
            int before = advised.indexOf(texts);
            advised.add(texts);
            if (before >= 0) {
                page.paragraph(2, "Ways to deal with it: as for group " + label(shared.get(before)) + ".");
                continue;
            }
            page.paragraph(2, "Ways to deal with it, narrowest first:");
            ways.forEach(way -> page.row(6, "    * " + way.text() + ". Cost: " + way.cost() + ".", ""));
        }
        page.blank();
    }

    private void reasons(IommuGroup group) {
        Map<String, List<Sbdf>> joined = new java.util.LinkedHashMap<>();
        for (PciFunction member : group.members()) {
            Joining joining = groups.joining(member.address()).orElseThrow();
            if (joining.kind() != Joining.Kind.OPENED) {
                joined.computeIfAbsent(joining.text(), text -> new ArrayList<>()).add(member.address());
            }
        }
        joined.forEach((text, members) -> page.row(4, "  - " + addresses(members) + ": " + text, ""));
    }

    private static String addresses(Collection<Sbdf> addresses) {
        return addresses.stream().map(Sbdf::toString).collect(Collectors.joining(" "));
    }

    private void differences() {
        List<GroupDifference> differences = report.host().differences();
        if (differences.isEmpty()) {
            return;
        }
        page.heading(report.planned() ? "What would change against the running kernel's groups" : "Where the running kernel disagrees");
        for (GroupDifference difference : differences.subList(0, Math.min(MOST_DIFFERENCES, differences.size()))) {
            page.row(4, "  kernel group " + difference.kernel() + ": " + addresses(difference.members()), "");
            page.row(4, "    computed: " + addresses(difference.computed()), "");
        }
        if (differences.size() > MOST_DIFFERENCES) {
            page.line(2, "… and " + (differences.size() - MOST_DIFFERENCES) + " more; --json has all");
        }
        if (!report.planned() && differences.stream().anyMatch(GroupDifference::kernelIsFiner)) {
            page.paragraph(2, "The kernel keeps apart what its hardware does not prove to be apart: a patched kernel (pcie_acs_override), a quirk carried back"
                    + " to it, or a capture that misses ACS. If it is the first, the groups do not protect.");
        }
        page.blank();
    }

    private void unmeasured() {
        if (!report.uncertain().isEmpty()) {
            page.paragraph(0, report.uncertain().size() + " groups rest on facts that were not measured (marked ~ and ?): configuration space beyond 64 bytes"
                    + " can only be read by root.");
        }
        if (!report.unmeasured().isEmpty()) {
            page.paragraph(0, report.unmeasured().size() + " functions have no group here, because a bridge above them was not measured: "
                    + addresses(report.unmeasured().stream().map(PciFunction::address).toList()));
        }
    }
}
