package dev.dmarshal.doctor.assign;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.holders.Holder;
import dev.dmarshal.host.survey.FunctionFacts;
import dev.dmarshal.host.survey.GroupFacts;
import dev.dmarshal.host.survey.Grouping;
import dev.dmarshal.host.survey.HostSurvey;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Who has to come along, and what the host loses by that. Bridges of a group stay with their port driver and do not stand in the way
 * (Linux drivers/vfio/group.c, {@code vfio_dev_viable} and its successors).
 */
final class GroupCheck implements Check {

    private final HostSurvey survey;
    private final Hazards hazards;

    GroupCheck(HostSurvey survey, Hazards hazards) {
        this.survey = survey;
        this.hazards = hazards;
    }

    @Override
    public void examine(FunctionFacts function, Reasons reasons) {
        Optional<GroupFacts> group = survey.groupOf(function.address());
        if (group.isEmpty()) {
            none(function, reasons);
            return;
        }
        List<FunctionFacts> others = others(function, group.get());
        members(group.get(), others, reasons);
        blast(function, group.get(), others, reasons);
    }

    private void none(FunctionFacts function, Reasons reasons) {
        boolean on = survey.grouping().source() == Grouping.Source.KERNEL;
        if (on) {
            reasons.fail(Subject.GROUP, Weight.BLOCKS, "The kernel gave it no group, though it groups others: no unit translates for it.", Words.file(
                    function, "iommu_group"));
        } else {
            reasons.unmeasured(Subject.GROUP, Weight.BLOCKS, "Its group could not be computed: a bridge above it was not measured.", () -> Words.folder(
                    function));
        }
    }

    private void members(GroupFacts group, List<FunctionFacts> others, Reasons reasons) {
        boolean computed = survey.grouping().source() == Grouping.Source.COMPUTED;
        Supplier<String> evidence = () -> computed ? "computed from topology" : "/sys/kernel/iommu_groups/" + group.number().orElse(0) + "/devices";
        if (!group.certain()) {
            reasons.unmeasured(Subject.GROUP, Weight.COSTS, "Who shares its group depends on registers that were not read.", evidence);
        }
        if (others.isEmpty()) {
            long bridges = group.members().size() - 1;
            reasons.pass(Subject.GROUP, () -> capital(group.words()) + " has no other device" + (bridges > 0 ? "; bridges in it stay with the host."
                    : "."), evidence);
        } else {
            reasons.fail(Subject.GROUP, Weight.COSTS, () -> capital(group.words()) + " takes along " + Words.some(others.stream().map(Words::withDriver)
                    .toList()) + "." + merged(group), evidence);
        }
    }

    private static String merged(GroupFacts group) {
        return group.merged().isEmpty() ? "" : " Together because of: " + String.join("; ", group.merged().stream().limit(3).toList()) + ".";
    }

    private static String capital(String words) {
        return Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }

    private List<FunctionFacts> others(FunctionFacts function, GroupFacts group) {
        return group.members().size() == 1 ? List.of() : group.members().stream().filter(member -> !member.equals(function.address())).map(survey::function)
                .flatMap(Optional::stream)
                .filter(other -> !other.carriesOthers()).toList();
    }

    private void blast(FunctionFacts function, GroupFacts group, List<FunctionFacts> others, Reasons reasons) {
        int before = reasons.list().size();
        for (FunctionFacts other : others) {
            for (Holder holder : hazards.vital(other)) {
                reasons.fail(Subject.BLAST_RADIUS, Weight.BLOCKS, () -> other.address() + " would go along, and the host needs it: " + holder.what()
                        + ".", holder::evidence);
            }
            for (Holder holder : hazards.busy(other)) {
                reasons.fail(Subject.BLAST_RADIUS, Weight.COSTS, () -> other.address() + " would go along, and is in use: " + holder.what()
                        + ".", holder::evidence);
            }
            if (other.made().is(FunctionFacts.ISA_BRIDGE)) {
                reasons.fail(Subject.BLAST_RADIUS, Weight.BLOCKS, () -> other.address()
                        + " would go along: the bridge to the chipset's own devices.", Words.file(other, "class"));
            }
            if (hazards.vital(other).isEmpty() && !hazards.blind(other).isEmpty()) {
                reasons.unmeasured(Subject.BLAST_RADIUS, Weight.BLOCKS, () -> "Whether the host needs " + other.address()
                        + ", which would go along, could not be seen in full.", () -> String.join("; ", hazards.blind(other)));
            }
        }
        bridges(function, group, reasons);
        if (reasons.list().size() == before) {
            reasons.pass(Subject.BLAST_RADIUS, others.isEmpty() ? "Nothing else goes along." : "What goes along is not seen to hold anything of the host.",
                    () -> "/sys/class, /proc");
        }
    }

    /** A bridge of the group stays, but what is below it shares the wire with the guest's device. */
    private void bridges(FunctionFacts function, GroupFacts group, Reasons reasons) {
        for (Sbdf member : group.members()) {
            Optional<FunctionFacts> bridge = survey.function(member).filter(FunctionFacts::carriesOthers);
            if (bridge.isEmpty()) {
                continue;
            }
            for (FunctionFacts child : survey.below(member)) {
                if (!group.members().contains(child.address()) && !child.address().equals(function.address()) && !hazards.vital(child).isEmpty()) {
                    reasons.fail(Subject.BLAST_RADIUS, Weight.NOTES, () -> "Bridge " + member + " of its group also carries " + child.address()
                            + ", which the host needs: " + hazards.vital(child).getFirst().what() + ".", () -> hazards.vital(child).getFirst().evidence());
                }
            }
        }
    }
}
