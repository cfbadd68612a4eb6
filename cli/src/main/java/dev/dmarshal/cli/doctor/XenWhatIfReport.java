package dev.dmarshal.cli.doctor;

import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.doctor.policy.FaultForecast;
import dev.dmarshal.doctor.policy.XenSituation;
import dev.dmarshal.doctor.policy.XenWhatIf;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All that {@code what-if} prints about a dom0.
 *
 * @param now        the host
 * @param then       what it would be
 * @param parameters Xen's command line that was asked about; empty for its own
 * @param whatIf     the comparison
 */
public record XenWhatIfReport(XenSituation now, XenSituation then, Optional<String> parameters, XenWhatIf whatIf) {

    /** Findings are faults that remain, devices that reach all memory afterwards and not before, and what Xen refuses. */
    int exitCode(Set<Sbdf> asked) {
        boolean remains = whatIf.faults().stream().anyMatch(fault -> fault.outcome() == FaultForecast.Outcome.REMAINS
                || fault.outcome() == FaultForecast.Outcome.CHANGES);
        boolean refused = whatIf.devices().stream().anyMatch(device -> device.after().refused());
        boolean open = whatIf.devices().stream().anyMatch(device -> asked.contains(device.function().address()) && device.after().attachment().isEmpty());
        return remains || refused || !exposed().isEmpty() ? Exit.FINDINGS : open ? Exit.UNMEASURED : Exit.FINE;
    }

    List<XenWhatIf.Device> exposed() {
        return whatIf.devices().stream().filter(XenWhatIf.Device::exposed).toList();
    }

    Optional<String> commandLine() {
        return parameters.or(() -> now.symptoms().host().xenCommandLine().map(line -> line.render()));
    }
}
