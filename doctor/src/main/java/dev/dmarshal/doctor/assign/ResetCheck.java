package dev.dmarshal.doctor.assign;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.config.AdvancedFeaturesCapability;
import dev.dmarshal.core.pci.config.CapabilityList;
import dev.dmarshal.core.pci.config.ConfigSpace;
import dev.dmarshal.core.pci.config.PcieCapability;
import dev.dmarshal.core.pci.config.PowerManagementCapability;
import dev.dmarshal.core.pci.topology.PciBus;
import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.host.reset.ResetFacts;
import dev.dmarshal.host.reset.ResetForecast;
import dev.dmarshal.host.reset.ResetMethod;
import dev.dmarshal.host.reset.ResetStep;
import dev.dmarshal.host.survey.FunctionFacts;
import dev.dmarshal.host.survey.GroupFacts;
import dev.dmarshal.host.survey.HostSurvey;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Whether a function comes clean from one guest to the next, and who else is hit by that. */
final class ResetCheck implements Check {

    private final HostSurvey survey;
    private Optional<Made> latest = Optional.empty();

    private record Made(FunctionFacts function, ResetForecast forecast) {
    }

    ResetCheck(HostSurvey survey) {
        this.survey = survey;
    }

    @Override
    public void examine(FunctionFacts function, Reasons reasons) {
        if (function.carriesOthers()) {
            return;
        }
        ResetForecast forecast = forecast(function);
        Supplier<String> evidence = Words.file(function, forecast.fromSysfs() ? "reset_method" : "config");
        Optional<ResetStep> doubtful = forecast.firstDoubtful();
        if (doubtful.isPresent()) {
            reasons.fail(Subject.RESET, Weight.COSTS, () -> doubtful.get().method().word() + ": " + doubtful.get().words(), evidence);
        }
        if (forecast.first().isPresent()) {
            reasons.pass(Subject.RESET, () -> "The kernel resets it " + (forecast.certain() ? "by " : "at least by ") + forecast.first().get().method()
                    .word() + others(forecast) + ": " + forecast.first().get().words() + ".", evidence);
        } else if (!forecast.none() && doubtful.isEmpty()) {
            reasons.unmeasured(Subject.RESET, Weight.COSTS, () -> "Whether it can be reset was not measured: " + unmeasured(forecast) + ".", evidence);
        } else if (doubtful.isEmpty()) {
            without(function, forecast, reasons);
        }
    }

    private static String others(ResetForecast forecast) {
        List<String> rest = forecast.words().subList(1, forecast.words().size());
        return rest.isEmpty() ? "" : " (then " + String.join(", ", rest) + ")";
    }

    /** Firmware's {@code _RST} can never be measured; what would decide more often comes first. */
    private static String unmeasured(ResetForecast forecast) {
        return forecast.steps().stream().filter(step -> step.standing() == ResetStep.Standing.UNMEASURED)
                .sorted(Comparator.comparing(step -> step.method() == ResetMethod.ACPI)).map(step -> step.method().word() + ", "
                + step.words())
                .findFirst().orElse("");
    }

    private void without(FunctionFacts function, ResetForecast forecast, Reasons reasons) {
        Supplier<String> evidence = () -> Words.folder(function);
        if (!forecast.busReset()) {
            reasons.fail(Subject.RESET, Weight.COSTS, "Nothing resets it, not even its bus: what a guest leaves in it, the next one finds.", evidence);
            return;
        }
        List<Sbdf> group = survey.groupOf(function.address()).map(GroupFacts::members).orElse(List.of());
        List<Sbdf> outside = forecast.busHits().stream().filter(hit -> !group.contains(hit)).toList();
        if (outside.isEmpty()) {
            reasons.pass(Subject.RESET, () -> "Nothing resets it alone; VFIO resets its whole bus, with " + Words.some(forecast.busHits())
                    + ", which go along anyway.", evidence);
        } else {
            reasons.fail(Subject.RESET, Weight.COSTS, () -> "Nothing resets it alone, and a reset of its bus hits " + Words.some(outside)
                    + ", which are not in its group: VFIO does it only if the same guest has them.", evidence);
        }
    }

    /** The forecast for one function, for whoever wants to show more of it: mostly of the one that was just judged. */
    ResetForecast forecast(FunctionFacts function) {
        Optional<Made> made = latest.filter(last -> last.function == function);
        if (made.isEmpty()) {
            made = Optional.of(new Made(function, make(function)));
            latest = made;
        }
        return made.get().forecast;
    }

    private ResetForecast make(FunctionFacts function) {
        ResetFacts.Says says = function.resetMethods().isPresent() ? ResetFacts.Says.NOTHING : says(function);
        ResetFacts.Ids ids = new ResetFacts.Ids(function.made().vendor(), function.made().device(), function.made().revision(), function.made().classCode());
        return ResetForecast.of(new ResetFacts(function.address(), ids, says, place(function), function.resetMethods()), survey.kernel());
    }

    /** Whether the function's own capabilities have a function level reset, of PCI Express or of Advanced Features. */
    static boolean saysFlr(FunctionFacts function) {
        ResetFacts.Says says = says(function);
        return says.flr().orElse(false) || says.afFlr().orElse(false);
    }

    private static ResetFacts.Says says(FunctionFacts function) {
        Optional<CapabilityList> list = function.config().map(ConfigSpace::capabilities);
        return new ResetFacts.Says(list.flatMap(ResetCheck::flr), list.flatMap(ResetCheck::afFlr), list.flatMap(ResetCheck::softReset));
    }

    private static Optional<Boolean> flr(CapabilityList list) {
        Optional<PcieCapability> express = PcieCapability.of(list);
        return express.isPresent() ? express.get().functionLevelReset() : absent(list);
    }

    private static Optional<Boolean> afFlr(CapabilityList list) {
        Optional<AdvancedFeaturesCapability> features = AdvancedFeaturesCapability.of(list);
        return features.isPresent() ? features.get().functionLevelReset() : absent(list);
    }

    private static Optional<Boolean> softReset(CapabilityList list) {
        Optional<PowerManagementCapability> power = PowerManagementCapability.of(list);
        return power.isPresent() ? power.get().softReset() : absent(list);
    }

    /** A standard capability that a whole list does not have is not there. */
    private static Optional<Boolean> absent(CapabilityList list) {
        return list.standardComplete() ? Optional.of(false) : Optional.empty();
    }

    private ResetFacts.Place place(FunctionFacts function) {
        Optional<PciFunction> at = survey.tree().function(function.address());
        boolean root = at.map(found -> survey.tree().busOf(found).kind() == PciBus.Kind.ROOT).orElse(true);
        boolean multifunction = at.map(survey.tree()::multifunction).orElse(false);
        return new ResetFacts.Place(function.carriesOthers(), root, multifunction, Optional.empty(), Optional.empty(), survey.sameBus(function.address()));
    }
}
