package dev.dmarshal.doctor.assign;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.reset.ResetForecast;
import dev.dmarshal.host.survey.DmarCoverage;
import dev.dmarshal.host.survey.FunctionFacts;
import dev.dmarshal.host.survey.HostSurvey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Judges the functions of one host, for KVM or for Xen. */
public final class Assigner {

    private final HostSurvey survey;
    private final List<Check> checks;
    private final ResetCheck resets;

    private Assigner(HostSurvey survey, List<Check> checks, ResetCheck resets) {
        this.survey = survey;
        this.checks = List.copyOf(checks);
        this.resets = resets;
    }

    /** By what VFIO and the kernel ask for. */
    public static Assigner forKvm(HostSurvey survey) {
        return of(survey, Optional.empty());
    }

    /** By the rules of Xen's tools, with what this Xen does about each. */
    public static Assigner forXen(HostSurvey survey, XenFacts xen) {
        return of(survey, Optional.of(xen));
    }

    private static Assigner of(HostSurvey survey, Optional<XenFacts> xen) {
        Optional<DmarCoverage> coverage = survey.remapping().dmar().present().map(table -> new DmarCoverage(table, survey.tree()));
        Optional<XenBehaviour> behaviour = xen.map(facts -> new XenBehaviour(facts.version()));
        Hazards hazards = new Hazards(survey);
        ResetCheck resets = new ResetCheck(survey);
        List<Check> checks = new ArrayList<>(List.of(new KindCheck(survey), new GroupCheck(survey, hazards), new RmrrCheck(survey, coverage, behaviour),
                new HolderCheck(hazards), new RegionCheck(behaviour), new WidthCheck(survey, coverage, behaviour), new PowerCheck()));
        if (xen.isPresent()) {
            checks.add(new XenCheck(survey, xen.get(), resets));
        } else {
            checks.add(new RemappingCheck(survey, coverage));
            checks.add(resets);
        }
        return new Assigner(survey, checks, resets);
    }

    /** The verdict on one function. */
    public Assignability judge(FunctionFacts function) {
        Reasons reasons = new Reasons();
        checks.forEach(check -> check.examine(function, reasons));
        return Assignability.of(function.address(), reasons.list());
    }

    /** The verdict on the function at an address, if there is one. */
    public Optional<Assignability> judge(Sbdf address) {
        return survey.function(address).map(this::judge);
    }

    /** How a function would be reset. */
    public ResetForecast resets(FunctionFacts function) {
        return resets.forecast(function);
    }
}
