package dev.dmarshal.host.groups;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.core.pci.topology.PciTree;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The IOMMU groups that a kernel makes of a tree. Facts that were not measured are taken as {@link Guess#TOGETHER}; a second computation with
 * {@link Guess#APART} tells which groups depend on that. Immutable once made.
 */
public final class IommuGroups {

    private final PciTree tree;
    private final KernelPlan plan;
    private final GroupSearch search;
    private final Optional<GroupSearch> other;
    private final List<IommuGroup> groups = new ArrayList<>();

    private IommuGroups(PciTree tree, KernelPlan plan, Guess guess, boolean both) {
        this.tree = tree;
        this.plan = plan;
        this.search = new GroupSearch(tree, plan, guess);
        boolean guessed = search.acs().guessed() || search.aliases().guessed();
        this.other = guessed && both ? Optional.of(new GroupSearch(tree, plan, Guess.APART)) : Optional.empty();
        for (int i = 0; i < search.members().size(); i++) {
            groups.add(new IommuGroup(i, search.members().get(i)));
        }
    }

    /** Computes the groups. */
    public static IommuGroups of(PciTree tree, KernelPlan plan) {
        return new IommuGroups(tree, plan, Guess.TOGETHER, true);
    }

    /** Computes the groups under one guess, without looking which of them depend on it. */
    public static IommuGroups of(PciTree tree, KernelPlan plan, Guess guess) {
        return new IommuGroups(tree, plan, guess, false);
    }

    /** What they were computed from. */
    public PciTree tree() {
        return tree;
    }

    /** The kernel they were computed for. */
    public KernelPlan plan() {
        return plan;
    }

    /** All groups, by number. */
    public List<IommuGroup> groups() {
        return List.copyOf(groups);
    }

    /** The group of a function; empty where it has none or its bridges were not measured. */
    public Optional<IommuGroup> groupOf(Sbdf address) {
        return tree.function(address).map(search.groups()::get).map(groups::get);
    }

    /** How a function came into its group. */
    public Optional<Joining> joining(Sbdf address) {
        return tree.function(address).map(search.joinings()::get);
    }

    /** Whether the kernel takes a function to be isolated, and why. */
    public Isolation isolation(PciFunction function) {
        return search.acs().isolation(tree.function(function.address()).orElseThrow());
    }

    /** The requester ids with which a function's requests may arrive, its own first. */
    public List<RequesterAlias> aliases(PciFunction function) {
        return search.aliases().walk(tree.function(function.address()).orElseThrow());
    }

    /** Functions without a group because a bridge above them was not measured. */
    public List<PciFunction> unmeasured() {
        return tree.functions().stream().filter(function -> !tree.rooted(function)).toList();
    }

    /** Whether a group is the same whatever the unmeasured facts are. */
    public boolean certain(IommuGroup group) {
        if (other.isEmpty()) {
            return true;
        }
        Map<PciFunction, Integer> apart = other.get().groups();
        Integer first = apart.get(group.members().getFirst());
        return group.members().stream().allMatch(member -> first.equals(apart.get(member)))
                && other.get().members().get(first).size() == group.members().size();
    }

    /** What could not be decided for certain, or does nothing on this kernel; in words. */
    public Set<String> notes() {
        Set<String> notes = new LinkedHashSet<>(search.acs().notes());
        notes.addAll(search.aliases().notes());
        return notes;
    }

    /**
     * Why two functions of one group are in it together: the joinings that lead from one to the other. Empty where they are not in one group.
     */
    public List<Joining> why(Sbdf one, Sbdf two) {
        Optional<IommuGroup> group = groupOf(one);
        if (group.isEmpty() || !group.equals(groupOf(two))) {
            return List.of();
        }
        List<PciFunction> fromOne = trail(tree.function(one).orElseThrow());
        List<PciFunction> fromTwo = trail(tree.function(two).orElseThrow());
        Set<PciFunction> shared = new HashSet<>(fromOne);
        shared.retainAll(fromTwo);
        List<Joining> why = new ArrayList<>();
        for (List<PciFunction> trail : List.of(fromOne, fromTwo)) {
            for (PciFunction function : trail) {
                if (shared.contains(function)) {
                    break;
                }
                why.add(search.joinings().get(function));
            }
        }
        return why;
    }

    /** From a function to the one that opened its group. */
    private List<PciFunction> trail(PciFunction function) {
        List<PciFunction> trail = new ArrayList<>();
        Optional<PciFunction> at = Optional.of(function);
        while (at.isPresent()) {
            trail.add(at.get());
            at = search.joinings().get(at.get()).with();
        }
        return trail;
    }

    /** Each function's group as the set of its members, for comparing partitions. */
    public Map<Sbdf, Set<Sbdf>> partition() {
        return partition(groups.stream().map(group -> group.members().stream().map(PciFunction::address).toList()).toList());
    }

    /** The same for groups that come from elsewhere. */
    public static Map<Sbdf, Set<Sbdf>> partition(Collection<? extends Collection<Sbdf>> groups) {
        Map<Sbdf, Set<Sbdf>> partition = new HashMap<>();
        for (Collection<Sbdf> group : groups) {
            Set<Sbdf> members = Set.copyOf(group);
            group.forEach(member -> partition.put(member, members));
        }
        return partition;
    }
}
