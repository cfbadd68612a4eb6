package dev.dmarshal.host.groups;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.topology.Acs;
import dev.dmarshal.core.pci.topology.BusRange;
import dev.dmarshal.core.pci.topology.FunctionIds;
import dev.dmarshal.core.pci.topology.FunctionLinks;
import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.core.pci.topology.FabricRole;
import dev.dmarshal.host.version.KernelVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code groups.txt}. */
final class GroupCases {

    private static final Map<String, FabricRole> TYPES = Map.ofEntries(Map.entry("endpoint", FabricRole.ENDPOINT),
            Map.entry("legacy", FabricRole.LEGACY_ENDPOINT),
            Map.entry("root", FabricRole.ROOT_PORT), Map.entry("up", FabricRole.UPSTREAM_PORT), Map.entry("down", FabricRole.DOWNSTREAM_PORT),
            Map.entry("pcie-pci", FabricRole.PCIE_TO_PCI_BRIDGE), Map.entry("pci-pcie", FabricRole.PCI_TO_PCIE_BRIDGE),
            Map.entry("rciep", FabricRole.INTEGRATED_ENDPOINT), Map.entry("event", FabricRole.EVENT_COLLECTOR), Map.entry("conv", FabricRole.CONVENTIONAL));

    private GroupCases() {
    }

    record Why(Sbdf function, String step, Sbdf culprit) {
    }

    record Case(String name, KernelPlan plan, List<PciFunction> functions, List<List<Sbdf>> groups, List<Why> whys) {

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> read() throws IOException {
        List<Case> cases = new ArrayList<>();
        try (InputStream in = GroupCases.class.getResourceAsStream("groups.txt")) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                String[] word = line.split(" +");
                if (line.isBlank() || line.startsWith("#")) {
                    continue;
                }
                if (word[0].equals("case")) {
                    cases.add(new Case(line.substring(5), plan(line), new ArrayList<>(), new ArrayList<>(), new ArrayList<>()));
                } else if (word[0].equals("group")) {
                    cases.getLast().groups().add(List.of(word).subList(1, word.length).stream().map(GroupCases::address).toList());
                } else if (word[0].equals("why")) {
                    cases.getLast().whys().add(new Why(address(word[1]), word[2], address(word[3])));
                } else {
                    cases.getLast().functions().add(function(word));
                }
            }
        }
        return cases;
    }

    private static KernelPlan plan(String line) {
        int parameters = line.indexOf(" cmdline ");
        String head = parameters < 0 ? line : line.substring(0, parameters);
        KernelPlan plan = parameters < 0 ? KernelPlan.STANDARD : KernelPlan.STANDARD.withCommandLine(line.substring(parameters + 9));
        plan = plan.withIvrs(head.endsWith(" ivrs"));
        int kernel = head.lastIndexOf(" kernel ");
        Optional<KernelVersion> version = kernel < 0 ? Optional.empty() : KernelVersion.parse(head.substring(kernel + 8));
        return version.isPresent() ? plan.with(version.get()) : plan;
    }

    static Sbdf address(String text) {
        String[] part = text.split("[:.]");
        int at = part.length - 3;
        return new Sbdf(at == 0 ? 0 : Integer.parseInt(part[0], 16), Integer.parseInt(part[at], 16), Integer.parseInt(part[at + 1], 16),
                Integer.parseInt(part[at + 2]));
    }

    private static PciFunction function(String[] word) {
        PciFunction function = PciFunction.at(address(word[0])).withMultifunction(List.of(word).contains("mf"));
        if (!word[1].equals("?")) {
            function = function.with(TYPES.get(word[1])).with(Acs.ABSENT);
        }
        for (int i = 2; i < word.length; i++) {
            String[] pair = word[i].split("=");
            function = switch (pair[0]) {
                case "mf" -> function;
                case "ids" -> function.with(FunctionIds.of(hex(pair[1].substring(0, 4)), hex(pair[1].substring(5))));
                case "sub" -> function.with(function.ids().withSubsystem(hex(pair[1].substring(0, 4)), hex(pair[1].substring(5))));
                case "class" -> function.withClass(hex(pair[1]));
                case "acs" -> function.with(acs(pair[1]));
                case "bus" -> function.with(new BusRange(hex(pair[1].substring(0, 2)), hex(pair[1].substring(3))));
                case "pf" -> function.with(new FunctionLinks(Optional.empty(), Optional.of(address(pair[1])), Optional.empty()));
                case "owner" -> function.with(new FunctionLinks(Optional.empty(), Optional.empty(), Optional.of(address(pair[1]))));
                default -> throw new IllegalArgumentException(word[i]);
            };
        }
        return function;
    }

    private static Acs acs(String text) {
        if (text.equals("none")) {
            return Acs.ABSENT;
        }
        int slash = text.indexOf('/');
        return text.equals("?") ? Acs.UNMEASURED : new Acs.Present(hex(text.substring(0, slash)), hex(text.substring(slash + 1)));
    }

    private static int hex(String text) {
        return Integer.parseInt(text, 16);
    }
}
