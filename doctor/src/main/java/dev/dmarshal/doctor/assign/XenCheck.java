package dev.dmarshal.doctor.assign;

import dev.dmarshal.core.pci.topology.FabricRole;
import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.doctor.assign.XenBehaviour.Topic;
import dev.dmarshal.host.reset.ResetForecast;
import dev.dmarshal.host.reset.ResetMethod;
import dev.dmarshal.host.survey.FunctionFacts;
import dev.dmarshal.host.survey.HostSurvey;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The four rules by which Xen's tools took a device for assignable (Xen's VT-d HowTo): pciback has it, it has a function level reset (integrated devices on
 * bus 0 are taken to have one), its memory ranges begin at pages ({@link RegionCheck}), no guest has it. Beside each stands what the Xen that runs does about
 * it ({@link XenBehaviour}).
 */
final class XenCheck implements Check {

    private static final Set<String> PCIBACK = Set.of("pciback", "xen-pciback");

    private final HostSurvey survey;
    private final XenFacts xen;
    private final XenBehaviour behaviour;
    private final ResetCheck resets;

    XenCheck(HostSurvey survey, XenFacts xen, ResetCheck resets) {
        this.survey = survey;
        this.xen = xen;
        this.behaviour = new XenBehaviour(xen.version());
        this.resets = resets;
    }

    @Override
    public void examine(FunctionFacts function, Reasons reasons) {
        iommu(reasons);
        if (function.carriesOthers()) {
            return;
        }
        owner(function, reasons);
        reset(function, reasons);
        reasons.pass(Subject.REGISTERS, () -> behaviour.words(Topic.REGISTERS), () -> "xl info");
        assigned(function, reasons);
    }

    private void iommu(Reasons reasons) {
        if (xen.iommu().isEmpty()) {
            reasons.unmeasured(Subject.IOMMU, Weight.BLOCKS, "dom0 cannot see whether Xen has an IOMMU on; xl info can (virt_caps: hvm_directio).", xen::why);
        } else if (xen.iommu().get()) {
            reasons.pass(Subject.IOMMU, "Xen assigns devices through an IOMMU (hvm_directio).", () -> "xl info");
        } else {
            reasons.fail(Subject.IOMMU, Weight.BLOCKS, "Xen has no IOMMU on: only PV guests can have a device, and nothing holds its DMA to them.", () ->
                    "xl info");
        }
        if (xen.interrupts().isEmpty()) {
            reasons.unmeasured(Subject.INTERRUPTS, Weight.COSTS, "Whether Xen remaps interrupts stands in its log, which was not read.", xen::why);
        } else if (xen.interrupts().get()) {
            reasons.pass(Subject.INTERRUPTS, "Xen remaps interrupts.", () -> "xl dmesg");
        } else {
            reasons.fail(Subject.INTERRUPTS, Weight.COSTS, "Xen does not remap interrupts: a guest could send any vector to the host.", () -> "xl dmesg");
        }
    }

    private void owner(FunctionFacts function, Reasons reasons) {
        Optional<String> driver = function.binding().driver();
        Supplier<String> evidence = Words.file(function, "driver");
        if (!function.binding().measured()) {
            reasons.unmeasured(Subject.PCIBACK, Weight.BLOCKS, "Which driver has it was not measured.", evidence);
        } else if (driver.filter(PCIBACK::contains).isPresent()) {
            reasons.pass(Subject.PCIBACK, () -> driver.get() + " has it. " + behaviour.words(Topic.QUARANTINE), evidence);
        } else if (driver.filter("pci-stub"::equals).isPresent()) {
            // xend's pciif.py has pci-stub beside pciback from 4.0 on, and went with xend after 4.4.
            boolean taken = behaviour.before(4, 5) && !behaviour.before(4, 0);
            reasons.fail(Subject.PCIBACK, taken ? Weight.COSTS : Weight.BLOCKS, "pci-stub has it: " + (taken ? "xm takes that for HVM guests only, and xl"
                    + " not at all: both take what pciback has." : "the xm of Xen 4.0 to 4.4 took that for HVM guests; the tools of this Xen want pciback."),
                    evidence);
        } else {
            reasons.fail(Subject.PCIBACK, Weight.BLOCKS, () -> driver.map(name -> name + " has it")
                    .orElse("No driver has it") + ", not pciback. " + behaviour.words(Topic.TAKE), evidence);
        }
    }

    private void reset(FunctionFacts function, Reasons reasons) {
        ResetForecast forecast = resets.forecast(function);
        Supplier<String> evidence = Words.file(function, forecast.fromSysfs() ? "reset_method" : "config");
        List<String> words = forecast.words();
        String today = " " + behaviour.words(Topic.RESET) + (words.isEmpty() ? " Dom0's kernel knows no method." : " Dom0's kernel uses "
                + String.join(", ", words) + ".");
        // xm resets by itself, by the device's capabilities, whatever dom0's kernel can do; xl leaves it to the kernel and goes on without.
        boolean toolsReset = behaviour.before(4, 1);
        Weight without = toolsReset && words.isEmpty() ? Weight.BLOCKS : Weight.COSTS;
        boolean level = words.contains(ResetMethod.FLR.word()) || words.contains(ResetMethod.AF_FLR.word()) || toolsReset && ResetCheck.saysFlr(function);
        if (level) {
            reasons.pass(Subject.RESET, () -> "It has a function level reset." + today, evidence);
        } else if (integrated(function)) {
            reasons.pass(Subject.RESET, () -> "It is integrated, on bus 0: Xen's tools take such devices to have a function level reset, whatever they say."
                    + today, evidence);
        } else if (!forecast.none() && words.isEmpty()) {
            reasons.unmeasured(Subject.RESET, without, "Whether it has a function level reset was not measured.", evidence);
        } else {
            reasons.fail(Subject.RESET, without, () -> "It has no function level reset, which the HowTo's tools ask"
                    + " for." + today, evidence);
        }
    }

    private boolean integrated(FunctionFacts function) {
        Optional<FabricRole> role = survey.tree().function(function.address()).flatMap(PciFunction::role);
        return function.address().segment() == 0 && function.address().bus() == 0 && role.filter(found -> found == FabricRole.ENDPOINT).isEmpty();
    }

    private void assigned(FunctionFacts function, Reasons reasons) {
        boolean held = function.binding().driver().filter(PCIBACK::contains).isPresent();
        if (!held) {
            return;
        }
        if (xen.assignable().isEmpty()) {
            reasons.unmeasured(Subject.ASSIGNED, Weight.BLOCKS, "Whether a guest has it already was not told.", xen::why);
        } else if (xen.assignable().get().contains(function.address())) {
            reasons.pass(Subject.ASSIGNED, "No guest has it.", () -> "xl pci-assignable-list");
        } else {
            reasons.fail(Subject.ASSIGNED, Weight.BLOCKS, "pciback has it, and xl does not list it as free: a guest has it.", () -> "xl pci-assignable-list");
        }
    }
}
