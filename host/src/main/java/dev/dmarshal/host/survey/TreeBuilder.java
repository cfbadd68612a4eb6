package dev.dmarshal.host.survey;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.config.AcsCapability;
import dev.dmarshal.core.pci.config.CapabilityList;
import dev.dmarshal.core.pci.config.ConfigSpace;
import dev.dmarshal.core.pci.config.PcieCapability;
import dev.dmarshal.core.pci.topology.Acs;
import dev.dmarshal.core.pci.topology.BusRange;
import dev.dmarshal.core.pci.topology.FunctionIds;
import dev.dmarshal.core.pci.topology.FunctionLinks;
import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.core.pci.topology.PciTree;
import dev.dmarshal.core.pci.topology.PortType;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Hangs surveyed functions under each other. */
final class TreeBuilder {

    private TreeBuilder() {
    }

    static PciTree tree(Collection<FunctionFacts> functions, Set<String> roots) {
        List<PciFunction> all = functions.stream().map(TreeBuilder::function).toList();
        return roots.isEmpty() ? PciTree.of(all) : PciTree.of(all, roots);
    }

    private static PciFunction function(FunctionFacts facts) {
        Made made = facts.made();
        FunctionIds ids = new FunctionIds(made.vendor(), made.device(), made.subsystemVendor(), made.subsystem());
        Optional<CapabilityList> capabilities = facts.config().map(ConfigSpace::capabilities);
        Optional<PortType> port = port(facts, capabilities);
        return new PciFunction(facts.address(), ids, made.classCode(), facts.config().flatMap(space -> space.header().multifunction()), port,
                acs(facts, capabilities, port), buses(facts), links(facts));
    }

    private static Optional<PortType> port(FunctionFacts facts, Optional<CapabilityList> capabilities) {
        Optional<PcieCapability> express = capabilities.flatMap(PcieCapability::of);
        if (express.isPresent()) {
            return express.flatMap(PcieCapability::portType).map(type -> PortType.ofCode(type.code()));
        }
        return facts.config().filter(space -> space.measuredBytes() >= ConfigSpace.CONVENTIONAL_BYTES).map(space -> PortType.CONVENTIONAL);
    }

    private static Acs acs(FunctionFacts facts, Optional<CapabilityList> capabilities, Optional<PortType> port) {
        Optional<AcsCapability> acs = capabilities.flatMap(AcsCapability::of);
        if (acs.isPresent() && acs.get().capabilities().isPresent() && acs.get().control().isPresent()) {
            return new Acs.Present(acs.get().capabilities().getAsInt() & 0x7f, acs.get().control().getAsInt() & 0x7f);
        }
        boolean read = facts.config().filter(space -> space.end() > ConfigSpace.CONVENTIONAL_BYTES).isPresent();
        return acs.isEmpty() && (read || port.filter(type -> !type.express()).isPresent()) ? Acs.ABSENT : Acs.UNMEASURED;
    }

    private static Optional<BusRange> buses(FunctionFacts facts) {
        return facts.config().flatMap(space -> space.header().bridge()).flatMap(bridge -> {
            OptionalInt secondary = bridge.secondary();
            OptionalInt subordinate = bridge.subordinate();
            return secondary.isPresent() && subordinate.isPresent() ? Optional.of(new BusRange(secondary.getAsInt(), subordinate.getAsInt())) : Optional.empty();
        });
    }

    private static FunctionLinks links(FunctionFacts facts) {
        List<Sbdf> above = facts.place().orElse(List.of());
        int segment = facts.address().segment();
        Optional<Sbdf> upstream = above.isEmpty() || above.getLast().segment() != segment ? Optional.empty() : Optional.of(above.getLast());
        Optional<Sbdf> owner = above.stream().filter(bridge -> bridge.segment() != segment).reduce((first, second) -> second);
        return new FunctionLinks(upstream, facts.virtual().parent(), owner);
    }
}
