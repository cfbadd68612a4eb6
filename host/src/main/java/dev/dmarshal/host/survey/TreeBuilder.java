package dev.dmarshal.host.survey;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.topology.FunctionIds;
import dev.dmarshal.core.pci.topology.FunctionLinks;
import dev.dmarshal.core.pci.topology.FunctionReader;
import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.core.pci.topology.PciTree;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Hangs surveyed functions under each other: what the configuration space says, with ids and relations as the host states them. */
final class TreeBuilder {

    private TreeBuilder() {
    }

    static PciTree tree(Collection<FunctionFacts> functions, Set<String> roots) {
        List<PciFunction> all = functions.stream().map(TreeBuilder::function).toList();
        return roots.isEmpty() ? PciTree.of(all) : PciTree.of(all, roots);
    }

    private static PciFunction function(FunctionFacts facts) {
        Made made = facts.made();
        PciFunction read = facts.config().map(space -> FunctionReader.read(facts.address(), space)).orElseGet(() -> PciFunction.at(facts.address()));
        PciFunction named = read.with(new FunctionIds(made.vendor(), made.device(), made.subsystemVendor(), made.subsystem())).with(links(facts));
        return made.classCode().isPresent() ? named.withClass(made.classCode().getAsInt()) : named;
    }

    private static FunctionLinks links(FunctionFacts facts) {
        List<Sbdf> above = facts.place().orElse(List.of());
        int segment = facts.address().segment();
        Optional<Sbdf> upstream = above.isEmpty() || above.getLast().segment() != segment ? Optional.empty() : Optional.of(above.getLast());
        Optional<Sbdf> owner = above.stream().filter(bridge -> bridge.segment() != segment).reduce((first, second) -> second);
        return new FunctionLinks(upstream, facts.virtual().parent(), owner);
    }
}
