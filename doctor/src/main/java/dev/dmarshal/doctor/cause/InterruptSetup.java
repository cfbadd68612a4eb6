package dev.dmarshal.doctor.cause;

import dev.dmarshal.core.fault.FaultKind;
import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.symptom.AddressPattern;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Interrupts: AMD-Vi's refusals, chipset errata, firmware's wishes about x2APIC, vectors that ran out. */
final class InterruptSetup implements Cause {

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        List<Claim> claims = new ArrayList<>();
        for (FaultGroup group : symptoms.faults()) {
            boolean interrupt = group.kind() == FaultKind.INTERRUPT || group.pattern() == AddressPattern.MSI_WINDOW;
            if (!group.dialect().vtd() && interrupt && !symptoms.host().crashKernel()) {
                claims.add(new Claim(Dma.begin("amd-interrupt-blocked", Confidence.LIKELY, symptoms, group)
                        .evidence(Seen.faults("The address range is AMD-Vi's for interrupts.", group)).build(), List.of(group)));
            }
        }
        symptoms.first(MessageKind.IR_ERRATUM).ifPresent(line -> claims.add(claim("intremap-erratum", Confidence.CERTAIN, symptoms, line)));
        symptoms.first(MessageKind.X2APIC_OPT_OUT).ifPresent(line -> claims.add(claim("x2apic-opt-out", Confidence.CERTAIN, symptoms, line)));
        symptoms.find(line -> line.text().matches("(?i).*(not enough MSI|ENOSPC|-28|no (?:more |free )?vectors|PBA|MSI-X table).*"), MessageKind.MSI_FAILED,
                MessageKind.PROBE_FAILED,
                MessageKind.QEMU_VFIO_FAILED).ifPresent(line -> claims.add(claim("vectors-exhausted", Confidence.LIKELY, symptoms, line)));
        return claims;
    }

    private static Claim claim(String label, Confidence confidence, Symptoms symptoms, LogMessage line) {
        Map<String, String> words = new HashMap<>(Seen.words(symptoms, line.device()));
        words.putIfAbsent("device", "A device");
        return Claim.of(Narratives.begin(label, confidence, words).device(line.device()).evidence(Seen.line("The log says so.", line)).build());
    }
}
