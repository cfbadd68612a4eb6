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
        Optional<String> state = function.power().state();
        Supplier<String> evidence = Words.file(function, "power_state");
        if (state.filter("D3cold"::equals).isPresent()) {
            reasons.fail(Subject.POWER, Weight.COSTS, "It is switched off (D3cold) now; some devices do not come back for a guest. d3cold_allowed=0 keeps it"
                    + " on.", evidence);
        } else if (function.power().coldAllowed().filter(allowed -> allowed).isPresent()) {
            reasons.pass(Subject.POWER, "Its power may be cut when idle (d3cold_allowed is 1); vfio-pci's disable_idle_d3 avoids trouble with that.",
                    Words.file(function, "d3cold_allowed"));
        }
        if (function.graphics()) {
            boolean rom = function.regions().orElse(java.util.List.of()).stream().anyMatch(region -> region.index() == Region.ROM);
            reasons.pass(Subject.DISPLAY, () -> rom ? "It has an expansion ROM; after the host has used it, a guest may need a clean copy of it (romfile=)."
                    : "No expansion ROM is seen: a guest may need one from a file (romfile=).", Words.file(function, "rom"));
        }
    }
}
