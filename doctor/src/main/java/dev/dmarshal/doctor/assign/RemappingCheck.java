package dev.dmarshal.doctor.assign;

import dev.dmarshal.core.acpi.DmarStructure;
import dev.dmarshal.host.survey.DmarCoverage;
import dev.dmarshal.host.survey.FunctionFacts;
import dev.dmarshal.host.survey.HostSurvey;
import dev.dmarshal.host.survey.RemappingFacts;
import java.util.Optional;
import java.util.function.Supplier;

/** Whether DMA and interrupts of a function are remapped: an IOMMU that is on, a unit that covers it, remapped interrupts. */
final class RemappingCheck implements Check {

    private final RemappingFacts remapping;
    private final Optional<DmarCoverage> coverage;
    /** Where firmware's table was looked for: Xen's dom0 has it under another name. */
    private final Supplier<String> table;

    RemappingCheck(HostSurvey survey, Optional<DmarCoverage> coverage) {
        this.remapping = survey.remapping();
        this.coverage = coverage;
        this.table = remapping.dmar()::path;
    }

    @Override
    public void examine(FunctionFacts function, Reasons reasons) {
        translating(reasons);
        unit(function, reasons);
        interrupts(reasons);
    }

    private void translating(Reasons reasons) {
        Supplier<String> evidence = remapping.translating()::evidence;
        Optional<Boolean> on = remapping.translating().value();
        if (on.isEmpty()) {
            reasons.unmeasured(Subject.IOMMU, Weight.BLOCKS, "Whether an IOMMU is on cannot be seen from here.", evidence);
        } else if (on.get()) {
            reasons.pass(Subject.IOMMU, "An IOMMU is on: the kernel groups devices by it.", evidence);
        } else {
            reasons.fail(Subject.IOMMU, Weight.BLOCKS, "No IOMMU is on in this kernel, so a guest's DMA would not be held to its memory. dmarshal check says"
                    + " why.", evidence);
        }
    }

    private void unit(FunctionFacts function, Reasons reasons) {
        if (function.group().isPresent()) {
            reasons.pass(Subject.UNIT, "The running kernel has put it behind a unit.", Words.file(function, "iommu_group"));
            return;
        }
        if (remapping.amd()) {
            reasons.unmeasured(Subject.UNIT, Weight.COSTS, "Which of AMD's units covers it was not worked out.", () -> "/sys/class/iommu");
            return;
        }
        if (coverage.isEmpty()) {
            reasons.unmeasured(Subject.UNIT, Weight.BLOCKS, () -> "Which unit covers it stands in the DMAR table, which " + Words.missing(remapping.dmar())
                    + ".", () -> remapping.dmar()
                    .trouble().orElse(table.get() + " is not there"));
            return;
        }
        Optional<DmarStructure.Drhd> unit = coverage.get().unitOf(function.address());
        if (unit.isPresent()) {
            reasons.pass(Subject.UNIT, () -> "The unit at 0x" + Long.toHexString(unit.get().base()) + " covers it" + (unit.get().includePciAll()
                    ? ", as one that takes all that no other names." : "."), table);
        } else {
            reasons.fail(Subject.UNIT, Weight.BLOCKS, "No unit of the DMAR table covers it: firmware left it out.", table);
        }
    }

    private void interrupts(Reasons reasons) {
        Supplier<String> evidence = remapping.interrupts()::evidence;
        Optional<Boolean> on = remapping.interrupts().value();
        if (on.isPresent() && on.get()) {
            reasons.pass(Subject.INTERRUPTS, "Interrupts are remapped.", evidence);
        } else if (on.isPresent()) {
            boolean unsafe = remapping.unsafeInterrupts().is(true);
            reasons.fail(Subject.INTERRUPTS, unsafe ? Weight.COSTS : Weight.BLOCKS, () -> "Interrupts are not remapped: a guest could send any vector to the"
                    + " host." + (unsafe ? " VFIO was told to allow that." : " VFIO refuses the group."), unsafe ? remapping.unsafeInterrupts()::evidence
                    : evidence);
        } else {
            reasons.unmeasured(Subject.INTERRUPTS, Weight.BLOCKS, "Whether interrupts are remapped cannot be seen from here.", evidence);
        }
    }
}
