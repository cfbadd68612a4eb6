package dev.dmarshal.bench;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.topology.FunctionIds;
import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.core.pci.topology.PciTree;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.groups.GroupDifference;
import dev.dmarshal.host.groups.Guess;
import dev.dmarshal.host.groups.IommuGroups;
import dev.dmarshal.host.groups.KernelPlan;
import dev.dmarshal.host.pci.PciHost;
import dev.dmarshal.host.version.KernelVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Computed IOMMU groups against published ones, over a folder of real machines: {@code lspci}, {@code sysfs/trees} and {@code sysfs/groups-from-logs} in
 * it.
 */
public final class GroupScore {

    private static final Pattern LOG = Pattern.compile("-(\\d+\\.\\d+(?:\\.\\d+)?)[^-]*-(vtd|amdvi)");

    private final Map<String, FunctionIds> names;
    private int machines;
    private int equal;
    private int numbered;
    private int groups;
    private int differing;
    private int within;

    private GroupScore(Map<String, FunctionIds> names) {
        this.names = names;
    }

    /** Takes the folder. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 1) {
            System.err.println("usage: groups DIR");
            System.exit(64);
        }
        Path folder = Path.of(arguments[0]);
        Map<String, FunctionIds> names = LspciVerbose.names();
        GroupScore dumps = new GroupScore(names);
        dumps.files(folder.resolve("lspci"), dumps::dump);
        dumps.files(folder.resolve("sysfs/trees"), dumps::tree);
        dumps.summary("measured topologies (lspci with ACS or bytes, sysfs trees)");
        GroupScore bounds = new GroupScore(names);
        bounds.files(folder.resolve("sysfs/groups-from-logs"), bounds::bounds);
        bounds.summary("boot logs, ACS not measured: the kernel's groups lie between the smallest and the largest possible");
        GroupScore filled = new GroupScore(names);
        filled.files(folder.resolve("sysfs/groups-from-logs"), filled::filled);
        filled.summary("boot logs, each function's ACS inferred from its neighbours' groups: one filling explains all groups");
        System.out.println("sysfs/groups has no topology (no buses below bridges), so nothing can be computed from it");
    }

    private interface Measure {
        void of(Path file) throws IOException;
    }

    private void files(Path folder, Measure measure) throws IOException {
        if (!Files.isDirectory(folder)) {
            System.out.println(folder + ": not there");
            return;
        }
        List<Path> files;
        try (Stream<Path> list = Files.list(folder)) {
            files = list.sorted().toList();
        }
        for (Path file : files) {
            measure.of(file);
        }
    }

    private void dump(Path file) throws IOException {
        if (file.toString().contains(".lspci-x")) {
            tree(file);
            return;
        }
        LspciVerbose listing = LspciVerbose.read(file, names);
        boolean amd = listing.functions().stream().anyMatch(function -> function.ids().vendor().orElse(0) == 0x1022);
        compare(file, listing.functions(), KernelPlan.STANDARD.withIvrs(amd), listing.groups());
    }

    private void tree(Path file) {
        Optional<PciHost> host = HostRoot.open(file).present().flatMap(root -> PciHost.of(root).present());
        if (host.isPresent() && !host.get().kernelGroups().isEmpty()) {
            compare(file, IommuGroups.of(host.get().tree(), KernelPlan.STANDARD), host.get().kernelGroups());
        }
    }

    private void compare(Path file, List<PciFunction> functions, KernelPlan plan, Map<Integer, List<Sbdf>> kernel) {
        if (!kernel.isEmpty() && kernel.values().stream().mapToInt(List::size).sum() > 1) {
            compare(file, IommuGroups.of(PciTree.of(functions), plan), kernel);
        }
    }

    private void compare(Path file, IommuGroups computed, Map<Integer, List<Sbdf>> kernel) {
        List<GroupDifference> differences = GroupDifference.between(computed, kernel);
        if (differences.stream().anyMatch(difference -> uncertain(computed, difference)) && inside(computed.tree(), computed.plan(), kernel)) {
            machines++;
            within++;
            return;
        }
        count(kernel, differences.isEmpty());
        boolean same = kernel.entrySet().stream().allMatch(entry -> entry.getValue().stream().allMatch(member -> computed.groupOf(member)
                .filter(group -> group.number() == entry.getKey()).isPresent()));
        numbered += same ? 1 : 0;
        differing += (int) differences.stream().mapToInt(GroupDifference::kernel).distinct().count();
        for (GroupDifference difference : differences) {
            System.out.println("  " + file.getFileName() + " kernel " + difference.kernel() + " " + difference.members() + " computed "
                    + difference.computed());
        }
        computed.unmeasured().stream().limit(3).forEach(function -> System.out.println("  " + file.getFileName() + " not measured above "
                + function.address()));
    }

    private void count(Map<Integer, List<Sbdf>> kernel, boolean same) {
        machines++;
        groups += kernel.size();
        equal += same ? 1 : 0;
    }

    private static KernelPlan plan(Path file) {
        Matcher name = LOG.matcher(file.getFileName().toString());
        if (!name.find()) {
            return KernelPlan.STANDARD;
        }
        return KernelPlan.STANDARD.with(KernelVersion.parse(name.group(1)).orElseThrow()).withIvrs(name.group(2).equals("amdvi"));
    }

    private static boolean uncertain(IommuGroups computed, GroupDifference difference) {
        return difference.computed().stream().anyMatch(address -> !computed.certain(computed.groupOf(address).orElseThrow()));
    }

    private void bounds(Path file) throws IOException {
        LoggedTopology log = LoggedTopology.read(file);
        if (!log.groups().isEmpty()) {
            boolean inside = inside(PciTree.of(log.functions()), plan(file), log.groups());
            count(log.groups(), inside);
            if (!inside) {
                System.out.println("  " + file.getFileName() + " outside of what is possible");
            }
        }
    }

    /** Whether the kernel's groups lie between the smallest and the largest that unmeasured facts allow. */
    private static boolean inside(PciTree tree, KernelPlan plan, Map<Integer, List<Sbdf>> groups) {
        Map<Sbdf, Set<Sbdf>> apart = IommuGroups.of(tree, plan, Guess.APART).partition();
        Map<Sbdf, Set<Sbdf>> together = IommuGroups.of(tree, plan, Guess.TOGETHER).partition();
        Map<Sbdf, Set<Sbdf>> kernel = IommuGroups.partition(groups.values());
        for (Map.Entry<Sbdf, Set<Sbdf>> entry : kernel.entrySet()) {
            Set<Sbdf> most = together.getOrDefault(entry.getKey(), Set.of());
            Set<Sbdf> least = apart.getOrDefault(entry.getKey(), Set.of());
            boolean inside = most.containsAll(entry.getValue()) && least.stream()
                    .allMatch(member -> !kernel.containsKey(member) || entry.getValue().contains(member));
            if (!inside && !most.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private void filled(Path file) throws IOException {
        LoggedTopology log = LoggedTopology.read(file);
        compare(file, log.filled(), plan(file), log.groups());
    }

    private void summary(String what) {
        StringBuilder line = new StringBuilder(what).append(": ").append(equal).append(" of ").append(machines).append(" machines, ").append(groups)
                .append(" groups");
        line.append(differing > 0 ? ", " + differing + " kernel groups differ" : "");
        line.append(within > 0 ? ", " + within + " measured in part and within what is possible" : "");
        line.append(numbered > 0 ? "; " + numbered + " with the very numbers" : "");
        System.out.println(line);
    }
}
