package dev.dmarshal.host.survey;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.topology.PciBus;
import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.core.pci.topology.PciTree;
import dev.dmarshal.host.holders.HostHolders;
import dev.dmarshal.host.version.KernelVersion;
import java.util.AbstractList;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** One look at a host: its functions, their groups, its remapping, and who holds what. Several threads may read it. */
public final class HostSurvey {

    private final String source;
    private final Optional<KernelVersion> kernel;
    private final SortedMap<Sbdf, FunctionFacts> functions = new TreeMap<>();
    private final PciTree tree;
    private final Grouping grouping;
    private final RemappingFacts remapping;
    private final HostHolders holders;
    private final List<String> notes;
    private final Map<Sbdf, GroupFacts> groupOf = new HashMap<>();
    private final Map<PciBus, List<Sbdf>> busWide = new ConcurrentHashMap<>();

    HostSurvey(SurveyParts parts) {
        this.source = parts.source();
        this.kernel = parts.kernel();
        parts.functions().forEach(function -> functions.put(function.address(), function));
        this.tree = parts.tree();
        this.grouping = parts.grouping();
        this.remapping = parts.remapping();
        this.holders = parts.holders();
        this.notes = List.copyOf(parts.notes());
        grouping.groups().forEach(group -> group.members().forEach(member -> groupOf.put(member, group)));
    }

    /** For people: where it came from. */
    public String source() {
        return source;
    }

    /** The running kernel. */
    public Optional<KernelVersion> kernel() {
        return kernel;
    }

    /** All functions, by address. */
    public Collection<FunctionFacts> functions() {
        return Collections.unmodifiableCollection(functions.values());
    }

    /** The function at an address. */
    public Optional<FunctionFacts> function(Sbdf address) {
        return Optional.ofNullable(functions.get(address));
    }

    /** How they hang under each other. */
    public PciTree tree() {
        return tree;
    }

    /** The groups. */
    public Grouping grouping() {
        return grouping;
    }

    /** The group of a function, if it has one. */
    public Optional<GroupFacts> groupOf(Sbdf address) {
        return Optional.ofNullable(groupOf.get(address));
    }

    /** Remapping. */
    public RemappingFacts remapping() {
        return remapping;
    }

    /** Who holds what. */
    public HostHolders holders() {
        return holders;
    }

    /** What whoever judges by this should know, such as what could not be read. */
    public List<String> notes() {
        return notes;
    }

    /** The bridges above a function, nearest first. */
    public List<FunctionFacts> above(Sbdf address) {
        List<FunctionFacts> above = new ArrayList<>();
        Optional<PciFunction> at = tree.function(address).flatMap(tree::bridgeAbove);
        while (at.isPresent() && above.size() < functions.size()) {
            function(at.get().address()).ifPresent(above::add);
            at = tree.bridgeAbove(at.get());
        }
        return above;
    }

    /** The functions right below a bridge. */
    public List<FunctionFacts> rightBelow(Sbdf bridge) {
        return tree.function(bridge).flatMap(tree::busBelow).map(bus -> facts(bus.functions())).orElse(List.of());
    }

    /** All functions below a bridge. */
    public List<FunctionFacts> below(Sbdf bridge) {
        List<FunctionFacts> all = new ArrayList<>();
        Deque<Sbdf> next = new ArrayDeque<>(List.of(bridge));
        while (!next.isEmpty()) {
            for (FunctionFacts function : rightBelow(next.poll())) {
                all.add(function);
                next.add(function.address());
            }
        }
        return all;
    }

    /** The other functions on a function's bus, and all below them: who a reset of that bus hits. */
    public List<Sbdf> sameBus(Sbdf address) {
        Optional<PciFunction> function = tree.function(address);
        if (function.isEmpty()) {
            return List.of();
        }
        List<Sbdf> all = busWide.computeIfAbsent(tree.busOf(function.get()), this::onAndBelow);
        int from = all.indexOf(address);
        int to = from + 1;
        if (tree.busBelow(function.get()).isPresent()) {
            to += below(address).size();
        }
        return new AllBut(all, from, to);
    }

    /** Everything on a bus, each bridge followed by what is below it. */
    private List<Sbdf> onAndBelow(PciBus bus) {
        List<Sbdf> all = new ArrayList<>();
        for (PciFunction function : bus.functions()) {
            all.add(function.address());
            if (tree.busBelow(function).isPresent()) {
                below(function.address()).forEach(deeper -> all.add(deeper.address()));
            }
        }
        return List.copyOf(all);
    }

    /** A list without those from one place to another: a bus of 256 functions would otherwise be copied for each of them. */
    private static final class AllBut extends AbstractList<Sbdf> {

        private final List<Sbdf> all;
        private final int from;
        private final int to;

        AllBut(List<Sbdf> all, int from, int to) {
            this.all = all;
            this.from = from;
            this.to = to;
        }

        @Override
        public Sbdf get(int index) {
            return all.get(index < from ? index : index + to - from);
        }

        @Override
        public int size() {
            return all.size() - (to - from);
        }
    }

    /** What stays the same of a function when buses are numbered anew. */
    public Identity identity(Sbdf address) {
        return Identity.of(functions.get(address));
    }

    private List<FunctionFacts> facts(List<PciFunction> those) {
        return those.stream().map(function -> functions.get(function.address())).filter(java.util.Objects::nonNull).toList();
    }
}
