package dev.dmarshal.host.survey;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.config.ConfigSpace;
import dev.dmarshal.core.pci.topology.FunctionIds;
import dev.dmarshal.core.pci.topology.FunctionLinks;
import dev.dmarshal.core.pci.topology.FunctionReader;
import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.core.pci.topology.PciTree;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Hangs surveyed functions under each other: what the configuration spaces say, with ids and relations as the host states them. */
final class TreeBuilder {

    private TreeBuilder() {
    }

    static PciTree tree(Collection<FunctionFacts> functions, Set<String> roots) {
        Map<Sbdf, ConfigSpace> spaces = new HashMap<>();
        functions.forEach(facts -> facts.config().ifPresent(space -> spaces.put(facts.address(), space)));
        Map<Sbdf, PciFunction> read = new HashMap<>();
        FunctionReader.readAll(spaces).forEach(function -> read.put(function.address(), function));
        List<PciFunction> all = new ArrayList<>(functions.size());
        boolean placed = !roots.isEmpty();
        for (FunctionFacts facts : functions) {
            placed &= facts.place().isPresent();
            all.add(complete(facts, read.getOrDefault(facts.address(), PciFunction.at(facts.address()))));
        }
        return placed ? PciTree.of(all, roots) : PciTree.of(all);
    }

    private static PciFunction complete(FunctionFacts facts, PciFunction read) {
        Made made = facts.made();
        FunctionIds ids = made.ids().isPresent() && facts.virtual().parent().isPresent() || read.ids().pair().isEmpty()
                ? new FunctionIds(made.vendor(), made.device(), made.subsystemVendor(), made.subsystem()) : read.ids();
        PciFunction full = read.with(ids).with(links(facts, read));
        return full.classCode().isEmpty() && made.classCode().isPresent() ? full.withClass(made.classCode().getAsInt()) : full;
    }

    private static FunctionLinks links(FunctionFacts facts, PciFunction read) {
        List<Sbdf> above = facts.place().orElse(List.of());
        int segment = facts.address().segment();
        Optional<Sbdf> upstream = above.isEmpty() || above.getLast().segment() != segment ? Optional.empty() : Optional.of(above.getLast());
        Optional<Sbdf> owner = above.stream().filter(bridge -> bridge.segment() != segment).reduce((first, second) -> second);
        return new FunctionLinks(upstream.or(() -> read.links().upstream()), facts.virtual().parent().or(() -> read.links().physicalFunction()),
                owner.or(() -> read.links().dmaOwner()));
    }
}
