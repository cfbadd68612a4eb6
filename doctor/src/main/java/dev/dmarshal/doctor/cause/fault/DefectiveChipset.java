package dev.dmarshal.doctor.cause.fault;

import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.doctor.cause.Cause;
import dev.dmarshal.doctor.cause.Claim;
import dev.dmarshal.doctor.cause.Seen;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.List;
import java.util.Optional;

/** Refused requests that nothing explains, on a chipset whose remapping the kernel knows to be defective. Asked only about faults that are left. */
public final class DefectiveChipset implements Cause {

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        Optional<LogMessage> erratum = symptoms.first(MessageKind.IR_ERRATUM);
        List<FaultGroup> left = Dma.groups(symptoms).filter(group -> group.dialect().vtd()).toList();
        if (erratum.isEmpty() || left.isEmpty()) {
            return List.of();
        }
        return List.of(new Claim(Dma.begin("chipset-suspect", Confidence.POSSIBLE, symptoms, left.getFirst())
                .evidence(Seen.line("The kernel knows the chipset's remapping to be defective.", erratum.get()))
                .evidence(Seen.faults("No other cause explains this.", left.getFirst())).build(), left));
    }
}
