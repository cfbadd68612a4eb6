package dev.dmarshal.doctor.assign;

import dev.dmarshal.host.survey.FunctionFacts;
import dev.dmarshal.host.survey.HostSurvey;
import dev.dmarshal.host.survey.VirtualFunctions;
import dev.dmarshal.core.pci.topology.FabricRole;
import dev.dmarshal.core.pci.topology.PciFunction;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** What kind of function it is: bridges cannot be given away, dead ones should not, parents of virtual functions and conventional PCI have strings attached. */
final class KindCheck implements Check {

    private static final int ALL_ONES = 0xffff;

    private final HostSurvey survey;

    KindCheck(HostSurvey survey) {
        this.survey = survey;
    }

    @Override
    public void examine(FunctionFacts function, Reasons reasons) {
        kind(function, reasons);
        answers(function, reasons);
        virtual(function, reasons);
        conventional(function, reasons);
    }

    private void kind(FunctionFacts function, Reasons reasons) {
        Supplier<String> evidence = Words.file(function, "class");
        if (function.carriesOthers()) {
            String what = function.made().is(FunctionFacts.HOST_BRIDGE) ? "a host bridge" : "a bridge that carries other devices";
            reasons.fail(Subject.KIND, Weight.BLOCKS, () -> "It is " + what + ": VFIO and pciback take no bridges.", evidence);
        } else if (function.made().classCode().isEmpty()) {
            reasons.unmeasured(Subject.KIND, Weight.BLOCKS, "Its class is not known.", evidence);
        } else if (function.made().is(FunctionFacts.ISA_BRIDGE)) {
            reasons.fail(Subject.KIND, Weight.BLOCKS, "It is the bridge to the chipset's own devices (LPC or eSPI), which the host cannot do without.",
                    evidence);
        } else {
            reasons.pass(Subject.KIND, "It is no bridge.", evidence);
        }
    }

    private void answers(FunctionFacts function, Reasons reasons) {
        Supplier<String> evidence = Words.file(function, "config");
        Optional<Boolean> answers = function.config().flatMap(space -> space.header().answers());
        if (function.virtual().parent().isPresent()) {
            reasons.pass(Subject.ANSWERS, "It is a virtual function, whose ids read as all ones by specification.", evidence);
        } else if (answers.isEmpty()) {
            reasons.unmeasured(Subject.ANSWERS, Weight.COSTS, "Its configuration space was not read.", evidence);
        } else if (!answers.get() || function.made().vendor().orElse(0) == ALL_ONES) {
            reasons.fail(Subject.ANSWERS, Weight.BLOCKS, "Its configuration space reads as all ones: it is off, fallen from the bus, or lost after a reset.",
                    evidence);
        } else {
            reasons.pass(Subject.ANSWERS, "It answers.", evidence);
        }
    }

    private void virtual(FunctionFacts function, Reasons reasons) {
        VirtualFunctions virtual = function.virtual();
        Supplier<String> evidence = Words.file(function, "sriov_numvfs");
        if (virtual.parent().isPresent()) {
            reasons.pass(Subject.VIRTUAL_FUNCTIONS, () -> "It is a virtual function of " + virtual.parent()
                    .get() + ", which has to stay with the host.", Words.file(function, "physfn"));
        } else if (virtual.live().orElse(0) > 0) {
            List<Object> live = List.copyOf(survey.functions().stream().filter(other -> other.virtual().parent().equals(Optional.of(function.address())))
                    .map(other -> (Object) other.address()).toList());
            reasons.fail(Subject.VIRTUAL_FUNCTIONS, Weight.BLOCKS, () -> "It has " + virtual.live().getAsInt() + " live virtual functions" + (live.isEmpty()
                    ? "" : " (" + Words.some(live) + ")") + ", which die when their parent changes hands: remove them first.", evidence);
        } else if (!function.carriesOthers()) {
            none(virtual.most(), evidence, reasons);
        }
    }

    private static void none(OptionalInt most, Supplier<String> evidence, Reasons reasons) {
        if (most.isEmpty()) {
            reasons.unmeasured(Subject.VIRTUAL_FUNCTIONS, Weight.NOTES, "Whether it has live virtual functions was not measured.", evidence);
        } else if (most.getAsInt() > 0) {
            reasons.pass(Subject.VIRTUAL_FUNCTIONS, () -> "It could have " + most.getAsInt() + " virtual functions and has none now.", evidence);
        } else {
            reasons.pass(Subject.VIRTUAL_FUNCTIONS, "It has no virtual functions.", evidence);
        }
    }

    /** What is behind a PCIe-to-PCI bridge signs with the bridge's id, so the unit cannot tell its devices apart. */
    private void conventional(FunctionFacts function, Reasons reasons) {
        Optional<FunctionFacts> bridge = conventionalBridge(function);
        if (bridge.isEmpty()) {
            if (!function.carriesOthers()) {
                notConventional(function, reasons);
            }
            return;
        }
        List<Object> others = List.copyOf(survey.below(bridge.get().address()).stream().filter(other -> !other.address().equals(function.address())
                && !other.carriesOthers()).map(other -> (Object) other.address()).toList());
        String words = "It is conventional PCI behind " + bridge.get().address() + ": the IOMMU sees the bridge's requester id, not its own";
        if (others.isEmpty()) {
            reasons.pass(Subject.CONVENTIONAL, () -> words + "; nothing else is there.", () -> Words.folder(bridge.get()));
        } else {
            reasons.fail(Subject.CONVENTIONAL, Weight.COSTS, () -> words + ", so " + Words.some(others)
                    + " must go to the same guest.", () -> Words.folder(bridge.get()));
        }
    }

    private void notConventional(FunctionFacts function, Reasons reasons) {
        Optional<PciFunction> at = survey.tree().function(function.address());
        boolean known = at.filter(survey.tree()::rooted).isPresent();
        for (Optional<PciFunction> above = at.flatMap(survey.tree()::bridgeAbove); known && above.isPresent(); above = survey.tree().bridgeAbove(above.get())) {
            known = above.get().role().isPresent();
        }
        if (known) {
            reasons.pass(Subject.CONVENTIONAL, "No bridge to conventional PCI is above it.", () -> Words.folder(function));
        } else {
            reasons.unmeasured(Subject.CONVENTIONAL, Weight.COSTS, "Whether a bridge to conventional PCI is above it was not measured.",
                    () -> Words.folder(function));
        }
    }

    /** The nearest bridge above that has conventional PCI below it. */
    private Optional<FunctionFacts> conventionalBridge(FunctionFacts function) {
        Optional<PciFunction> above = survey.tree().function(function.address()).flatMap(survey.tree()::bridgeAbove);
        while (above.isPresent()) {
            FabricRole role = above.get().role().orElse(FabricRole.ROOT_PORT);
            if (role == FabricRole.PCIE_TO_PCI_BRIDGE || role == FabricRole.CONVENTIONAL) {
                return survey.function(above.get().address());
            }
            above = survey.tree().bridgeAbove(above.get());
        }
        return Optional.empty();
    }
}
