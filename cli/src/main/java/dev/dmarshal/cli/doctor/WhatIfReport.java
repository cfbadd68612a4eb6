package dev.dmarshal.cli.doctor;

import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.doctor.policy.DeviceChange;
import dev.dmarshal.doctor.policy.DomainType;
import dev.dmarshal.doctor.policy.FaultForecast;
import dev.dmarshal.doctor.policy.Situation;
import dev.dmarshal.doctor.policy.WhatIf;
import dev.dmarshal.host.survey.FunctionFacts;
import dev.dmarshal.host.survey.HostSurvey;
import java.util.List;
import java.util.Optional;

/**
 * All that {@code what-if} prints.
 *
 * @param survey the host
 * @param then   what it would be
 * @param whatIf the comparison
 */
public record WhatIfReport(HostSurvey survey, Situation then, WhatIf whatIf) {

    /** Findings are faults that remain and devices that reach all memory afterwards and not before; what could not be decided is not measured. */
    int exitCode() {
        boolean remains = whatIf.faults().stream().anyMatch(fault -> fault.outcome() == FaultForecast.Outcome.REMAINS
                || fault.outcome() == FaultForecast.Outcome.CHANGES);
        boolean undecided = whatIf.devices().stream().anyMatch(device -> device.after().type().isEmpty());
        return remains || !exposed().isEmpty() ? Exit.FINDINGS : undecided ? Exit.UNMEASURED : Exit.FINE;
    }

    /** Devices, bridges left aside, that reach all memory afterwards and did not before. */
    List<DeviceChange> exposed() {
        return whatIf.devices().stream().filter(device -> endpoint(device) && all(device.after().type()) && !all(device.before().type())).toList();
    }

    private static boolean all(Optional<DomainType> type) {
        return type.filter(DomainType::reachesAll).isPresent();
    }

    /** Bridges make no requests worth a line of their own. */
    boolean endpoint(DeviceChange device) {
        return survey.function(device.from()).filter(FunctionFacts::carriesOthers).isEmpty();
    }

    /** What a function is, in words: its driver, ids or nothing. */
    String what(DeviceChange device) {
        Optional<FunctionFacts> facts = survey.function(device.from());
        String driver = facts.flatMap(known -> known.binding().driver()).map(name -> " (" + name + ")").orElse("");
        return facts.flatMap(known -> known.made().ids()).map(ids -> " " + ids).orElse("") + driver;
    }
}
