package dev.dmarshal.doctor.assign;

import dev.dmarshal.host.holders.Holder;
import dev.dmarshal.host.survey.Binding;
import dev.dmarshal.host.survey.FunctionFacts;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Who has a function now: its driver, and what of the host hangs on it. */
final class HolderCheck implements Check {

    private static final Set<String> FOR_GUESTS = Set.of("vfio-pci", "pci-stub", "pciback", "xen-pciback");

    private final Hazards hazards;

    HolderCheck(Hazards hazards) {
        this.hazards = hazards;
    }

    @Override
    public void examine(FunctionFacts function, Reasons reasons) {
        if (function.carriesOthers()) {
            return;
        }
        driver(function, reasons);
        for (Holder holder : hazards.vital(function)) {
            reasons.fail(Subject.HOLDERS, Weight.BLOCKS, () -> "The host needs it: " + holder.what() + ".", holder::evidence);
        }
        for (Holder holder : hazards.busy(function)) {
            reasons.fail(Subject.HOLDERS, Weight.COSTS, () -> "It is in use: " + holder.what() + ".", holder::evidence);
        }
        List<String> blind = hazards.blind(function);
        if (hazards.vital(function).isEmpty() && !blind.isEmpty()) {
            reasons.unmeasured(Subject.HOLDERS, Weight.BLOCKS, "Whether the host needs it could not be seen in full.", () -> String.join("; ", blind));
        } else if (hazards.vital(function).isEmpty() && hazards.busy(function).isEmpty()) {
            reasons.pass(Subject.HOLDERS, "Nothing of the host is seen to hang on it.", () -> "/sys/class, /proc");
        }
        if (!hazards.blindToProcesses().isEmpty()) {
            reasons.unmeasured(Subject.HOLDERS, Weight.COSTS, "Processes that have it open could not all be seen; an unbind waits for them.", () ->
                    String.join("; ", hazards.blindToProcesses()));
        }
    }

    private static void driver(FunctionFacts function, Reasons reasons) {
        Binding binding = function.binding();
        Supplier<String> evidence = Words.file(function, "driver");
        String override = binding.override().filter(name -> !binding.driver().equals(java.util.Optional.of(name)))
                .map(name -> " Its driver_override asks for " + name + ", which does not have it.").orElse("");
        if (!binding.measured()) {
            reasons.unmeasured(Subject.DRIVER, Weight.COSTS, "Which driver has it was not measured.", evidence);
        } else if (binding.driver().isEmpty()) {
            reasons.pass(Subject.DRIVER, () -> "No driver has it." + override, evidence);
        } else if (FOR_GUESTS.contains(binding.driver().get())) {
            reasons.pass(Subject.DRIVER, () -> binding.driver().get() + " keeps it for guests." + override, evidence);
        } else {
            reasons.pass(Subject.DRIVER, () -> binding.driver().get() + " has it and would have to let go." + override, evidence);
        }
    }
}
