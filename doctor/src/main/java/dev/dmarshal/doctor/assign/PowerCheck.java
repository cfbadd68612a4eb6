package dev.dmarshal.doctor.assign;

import dev.dmarshal.host.survey.FunctionFacts;
import dev.dmarshal.host.survey.Region;
import java.util.Optional;
import java.util.function.Supplier;

/** Power, and what a display needs beyond other devices. */
final class PowerCheck implements Check {

    @Override
    public void examine(FunctionFacts function, Reasons reasons) {
        if (function.carriesOthers()) {
            return;
        }
        power(function, reasons);
        if (function.graphics()) {
            display(function, reasons);
        }
    }

    private static void power(FunctionFacts function, Reasons reasons) {
        Supplier<String> evidence = Words.file(function, "power_state");
        Optional<String> state = function.power().state();
        boolean cold = function.power().coldAllowed().filter(allowed -> allowed).isPresent();
        if (state.filter("D3cold"::equals).isPresent()) {
            reasons.fail(Subject.POWER, Weight.COSTS, "It is switched off (D3cold) now; some devices do not come back for a guest. d3cold_allowed=0 keeps"
                    + " it on.", evidence);
        } else if (cold) {
            reasons.pass(Subject.POWER, "Its power may be cut when idle (d3cold_allowed is 1); vfio-pci's disable_idle_d3 avoids trouble with that.",
                    Words.file(function, "d3cold_allowed"));
        } else if (state.isPresent() && !state.get().equals("unknown")) {
            reasons.pass(Subject.POWER, () -> "It has power (" + state.get() + ").", evidence);
        } else {
            reasons.unmeasured(Subject.POWER, Weight.NOTES, "Whether it is switched off (D3cold) was not measured.", evidence);
        }
    }

    private static void display(FunctionFacts function, Reasons reasons) {
        Supplier<String> evidence = Words.file(function, "rom");
        if (function.regions().isEmpty()) {
            reasons.unmeasured(Subject.DISPLAY, Weight.NOTES, "Whether it has an expansion ROM was not measured: a guest may need one from a file (romfile=).",
                    evidence);
        } else if (function.regions().get().stream().anyMatch(region -> region.index() == Region.ROM)) {
            reasons.pass(Subject.DISPLAY, "It has an expansion ROM; after the host has used it, a guest may need a clean copy of it (romfile=).", evidence);
        } else {
            reasons.pass(Subject.DISPLAY, "No expansion ROM is seen: a guest may need one from a file (romfile=).", evidence);
        }
    }
}
