package dev.dmarshal.doctor.cause.fault;

import dev.dmarshal.core.fault.FaultKind;
import dev.dmarshal.doctor.cause.Cause;
import dev.dmarshal.doctor.cause.Causes;
import dev.dmarshal.doctor.cause.Claim;
import dev.dmarshal.doctor.cause.Seen;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.finding.FindingBuilder;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.List;
import java.util.Map;

/**
 * What is left: says precisely what the hardware reported, which causes remain, and what to capture. One finding at most, and only if nothing else
 * explains any fault.
 */
public final class Unexplained implements Cause {

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        List<FaultGroup> left = symptoms.faults().stream().filter(group -> group.kind() != FaultKind.UNIT).toList();
        if (left.isEmpty()) {
            return List.of();
        }
        FaultGroup first = left.getFirst();
        String what = (left.size() == 1 ? "" : left.size() + " kinds of ") + "refused requests that this log does not explain; the first: " + first.says();
        FindingBuilder finding = Dma.begin(Causes.unexplained(), Confidence.POSSIBLE, symptoms, first, Map.of("what", Character.toUpperCase(what.charAt(0))
                + what.substring(1), "why", remaining(first)));
        left.stream().limit(4).forEach(group -> finding.evidence(Seen.faults("The hardware reported this.", group)));
        return List.of(new Claim(finding.build(), left));
    }

    private static String remaining(FaultGroup group) {
        if (group.kind() == FaultKind.INTERRUPT) {
            return "An interrupt was refused. Its entry was never made, taken away, or made for another requester.";
        }
        if (Dma.tablesMissing(group)) {
            return "The requester has no tables. Either nobody owns the id (a bridge, a phantom or hidden function), or the device was removed, or the"
                    + " kernel lost its entry.";
        }
        if (group.lowest().isPresent() && AddressOrigin.of(group.lowest().getAsLong()) == AddressOrigin.ALLOCATED) {
            return "The requester has tables, and the page is not in them; the address is such as Linux gives out. Either the driver took the buffer back"
                    + " too early, or the device went on beyond it,"
                    + " or the kernel's tables or caches are wrong.";
        }
        return "The requester has tables, and the page is not in them; the address is not such as Linux gives out to drivers. Either firmware left the"
                + " device running or uses it by itself,"
                + " or the device or its driver works with a physical or stale address, or a guest that has the device asked for it.";
    }
}
