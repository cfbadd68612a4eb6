package dev.dmarshal.doctor.cause.passthrough;

import dev.dmarshal.core.fault.FaultKind;
import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.doctor.cause.Cause;
import dev.dmarshal.doctor.cause.Claim;
import dev.dmarshal.doctor.cause.Clue;
import dev.dmarshal.doctor.cause.Narratives;
import dev.dmarshal.doctor.cause.Seen;
import dev.dmarshal.doctor.cause.Trail;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.finding.FindingBuilder;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Broken hardware: contents of memory change on their own, and unrelated parts fail together. */
public final class Hardware implements Cause {

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        Optional<LogMessage> slot = Trail.first(symptoms, Clue.SLOT_IN_USE);
        Optional<LogMessage> machine = Trail.all(symptoms, Clue.MACHINE_FAILS).filter(line -> line.kind() != MessageKind.AER_ERROR).findFirst();
        boolean faults = symptoms.faults().stream().anyMatch(group -> group.kind() != FaultKind.INTERRUPT);
        if (slot.isPresent() && machine.isPresent()) {
            FindingBuilder finding = Narratives.begin("hardware-suspect", Confidence.LIKELY,
                    Map.of("what", "A table entry was in use that the kernel had not written" + (faults ? ", devices fault,"
                            : "") + " and processors stall or report errors."));
            finding.evidence(Seen.line("A page-table slot that should have been free was not.", slot.get()))
                    .evidence(Seen.line("Another part of the machine fails too.", machine.get()));
            return List.of(new Claim(finding.build(), faults ? symptoms.faults().stream().filter(group -> group.kind() == FaultKind.DMA).toList() : List.of()));
        }
        Optional<LogMessage> check = symptoms.first(MessageKind.MACHINE_CHECK).filter(line -> faults && line.text().toLowerCase().contains("hardware error"));
        return check.map(line -> List.of(Claim.of(Narratives.begin("hardware-suspect", Confidence.POSSIBLE, Map.of("what", "The processor reports a hardware"
                + " error, and devices fault."))
                .evidence(Seen.line("A machine check.", line)).build()))).orElse(List.of());
    }
}
