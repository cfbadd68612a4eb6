package dev.dmarshal.doctor.assign;

import dev.dmarshal.core.acpi.DmarStructure;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.survey.DmarCoverage;
import dev.dmarshal.host.survey.FunctionFacts;
import dev.dmarshal.host.survey.GroupFacts;
import dev.dmarshal.host.survey.HostSurvey;
import dev.dmarshal.host.survey.ReservedRegion;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Memory that firmware reserves for a device's DMA. Linux hands over no device that has one, and none that shares a group with such a device, except USB
 * and graphics, which stop using theirs once a driver has them (drivers/iommu/intel/iommu.c, {@code device_rmrr_is_relaxable}). Xen maps it into the guest.
 */
final class RmrrCheck implements Check {

    private final HostSurvey survey;
    private final Optional<DmarCoverage> coverage;
    private final Optional<XenBehaviour> xen;
    /** Where firmware's table was looked for: Xen's dom0 has it under another name. */
    private final Supplier<String> table;

    RmrrCheck(HostSurvey survey, Optional<DmarCoverage> coverage, Optional<XenBehaviour> xen) {
        this.survey = survey;
        this.coverage = coverage;
        this.xen = xen;
        this.table = survey.remapping().dmar()::path;
    }

    @Override
    public void examine(FunctionFacts function, Reasons reasons) {
        Optional<GroupFacts> group = survey.groupOf(function.address());
        Optional<List<ReservedRegion>> kernels = group.flatMap(GroupFacts::reserved);
        if (kernels.isPresent() && xen.isEmpty()) {
            byKernel(group.orElseThrow(), kernels.get(), reasons);
            return;
        }
        if (coverage.isEmpty()) {
            reasons.unmeasured(Subject.RMRR, Weight.BLOCKS, () -> "Whether firmware reserves memory for it stands in the DMAR table, which "
                    + Words.missing(survey.remapping().dmar()) + ".", () ->
                    survey.remapping().dmar().trouble().orElse(table.get() + " is not there"));
            return;
        }
        int before = reasons.list().size();
        List<Sbdf> together = group.map(GroupFacts::members).orElse(List.of(function.address()));
        for (Sbdf member : together) {
            for (DmarStructure.Rmrr region : coverage.get().regionsOf(member)) {
                byTable(function, member, region, reasons);
            }
        }
        if (reasons.list().size() == before) {
            reasons.pass(Subject.RMRR, "Firmware reserves no memory for it or for what goes along.", table);
        }
    }

    private void byKernel(GroupFacts group, List<ReservedRegion> regions, Reasons reasons) {
        Supplier<String> evidence = () -> "/sys/kernel/iommu_groups/" + group.number().orElse(0) + "/reserved_regions";
        List<String> direct = regions.stream().filter(region -> region.type().equals("direct")).map(ReservedRegion::range).toList();
        List<String> relaxable = regions.stream().filter(region -> region.type().equals("direct-relaxable")).map(ReservedRegion::range).toList();
        if (!direct.isEmpty()) {
            reasons.fail(Subject.RMRR, Weight.BLOCKS, () -> "Firmware reserves " + Words.some(direct) + " for DMA of " + owners(group)
                    + ": the kernel refuses to hand the group over. Where firmware or the vendor's tool can end that (HP's conrep), that is the way.",
                    evidence);
        } else if (!relaxable.isEmpty()) {
            reasons.pass(Subject.RMRR, () -> "Firmware reserves " + Words.some(relaxable) + " for it; the kernel drops that for USB and graphics.", evidence);
        } else {
            reasons.pass(Subject.RMRR, "Firmware reserves no memory for its group.", evidence);
        }
    }

    private String owners(GroupFacts group) {
        List<Sbdf> named = coverage.map(cover -> group.members().stream().filter(member -> !cover.regionsOf(member).isEmpty()).toList()).orElse(List.of());
        return named.isEmpty() ? "the group" : Words.some(named);
    }

    private void byTable(FunctionFacts function, Sbdf member, DmarStructure.Rmrr region, Reasons reasons) {
        String range = "0x" + Long.toHexString(region.base()) + "-0x" + Long.toHexString(region.limit());
        String whose = member.equals(function.address()) ? "it" : member + ", which goes along";
        if (region.inverted()) {
            reasons.fail(Subject.RMRR, Weight.COSTS, () -> "Firmware reserves " + range + " for " + whose
                    + ", which ends before it begins: kernels ignore it or refuse it.", table);
            return;
        }
        boolean shared = coverage.orElseThrow().namedBy(region).size() > 1;
        if (xen.isPresent()) {
            reasons.fail(Subject.RMRR, Weight.COSTS, () -> "Firmware reserves " + range + " for " + whose + ". " + xen.get()
                    .words(XenBehaviour.Topic.RESERVED) + (shared ? " " + xen.get().words(XenBehaviour.Topic.SHARED) : ""), table);
        } else if (survey.function(member).filter(owner -> owner.usb() || owner.graphics()).isPresent()) {
            reasons.pass(Subject.RMRR, () -> "Firmware reserves " + range + " for " + whose + "; the kernel drops that for USB and graphics.", table);
        } else {
            reasons.fail(Subject.RMRR, Weight.BLOCKS, () -> "Firmware reserves " + range + " for DMA of " + whose
                    + ": Linux refuses to hand it over. Xen would map it" + " into the guest.", table);
        }
    }
}
