package dev.dmarshal.doctor.policy;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.topology.PciTree;
import dev.dmarshal.host.groups.IommuGroups;
import dev.dmarshal.host.groups.KernelPlan;
import dev.dmarshal.host.groups.SlotMove;
import dev.dmarshal.host.survey.FunctionFacts;
import dev.dmarshal.host.survey.GroupFacts;
import dev.dmarshal.host.survey.HostSurvey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * A host, a kernel for it, and what its administrator sets.
 *
 * @param survey one look at the host
 * @param kernel which kernel, how started
 * @param tree   its functions, where they are or would be
 * @param moved  where functions of the survey are in the tree, of those that moved
 * @param groups the groups
 * @param types  domain types that the administrator writes to groups, by number
 */
public record Situation(HostSurvey survey, KernelFacts kernel, PciTree tree, Map<Sbdf, Sbdf> moved, List<GroupFacts> groups, Map<Integer, DomainType> types) {

    /** Keeps its own copies. */
    public Situation {
        moved = Map.copyOf(moved);
        groups = List.copyOf(groups);
        types = Map.copyOf(types);
    }

    /** The host as it is. */
    public static Situation of(HostSurvey survey, KernelFacts kernel) {
        return new Situation(survey, kernel, survey.tree(), Map.of(), survey.grouping().groups(), Map.of());
    }

    /** The same host with another command line; groups are computed anew where it changes what keeps devices apart. */
    public Situation with(KernelFacts other) {
        KernelPlan before = plan(kernel);
        KernelPlan after = plan(other);
        boolean same = IommuGroups.of(tree, before).partition().equals(IommuGroups.of(tree, after).partition());
        return new Situation(survey, other, tree, moved, same ? groups : computed(tree, after), types);
    }

    /** The same host with a domain type written to groups. */
    public Situation with(Map<Integer, DomainType> written) {
        return new Situation(survey, kernel, tree, moved, groups, written);
    }

    /** The same host with a card in another slot: its groups are computed. */
    public Situation with(SlotMove move) {
        return new Situation(survey, kernel, move.tree(), move.moved(), computed(move.tree(), plan(kernel)), types);
    }

    /** The kernel as the computation of groups takes it. */
    KernelPlan plan() {
        return plan(kernel);
    }

    private KernelPlan plan(KernelFacts facts) {
        KernelPlan plan = KernelPlan.STANDARD.withIvrs(survey.remapping().amd()).withCommandLine(facts.line().render());
        return facts.version().map(plan::with).orElse(plan);
    }

    /** Groups keep the number of a present group with the same members. */
    private List<GroupFacts> computed(PciTree after, KernelPlan plan) {
        IommuGroups computed = IommuGroups.of(after, plan);
        Map<List<Sbdf>, OptionalInt> numbers = groups.stream().collect(Collectors.toMap(GroupFacts::members, GroupFacts::number, (one, other) -> one));
        List<GroupFacts> all = new ArrayList<>();
        computed.groups().forEach(group -> {
            List<Sbdf> members = group.members().stream().map(member -> member.address()).sorted().toList();
            all.add(new GroupFacts(numbers.getOrDefault(members, OptionalInt.empty()), members, List.of(), computed.certain(group), Optional.empty()));
        });
        return all;
    }

    /**
     * A function where it is in the tree.
     *
     * @param at    its address there
     * @param facts what is known of it, by its address in the survey
     */
    record Placed(Sbdf at, FunctionFacts facts) {
    }

    /** The function at an address of the tree. */
    Optional<Placed> function(Sbdf address) {
        Sbdf from = moved.entrySet().stream().filter(move -> move.getValue().equals(address)).map(Map.Entry::getKey).findFirst().orElse(address);
        return survey.function(from).map(facts -> new Placed(address, facts));
    }

    /** Whether the card at an address of the survey moves: any function of its slot. */
    boolean moves(Sbdf address) {
        return moved.entrySet().stream().anyMatch(move -> move.getKey().withFunction(0).equals(address.withFunction(0)) && !move.getKey()
                .equals(move.getValue()));
    }
}
