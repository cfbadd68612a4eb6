package dev.dmarshal.doctor.cause.fault;

import dev.dmarshal.core.fault.FaultKind;
import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.SourceId;
import dev.dmarshal.doctor.cause.Cause;
import dev.dmarshal.doctor.cause.Claim;
import dev.dmarshal.doctor.cause.Narratives;
import dev.dmarshal.doctor.cause.Rows;
import dev.dmarshal.doctor.cause.Seen;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.finding.Evidence;
import dev.dmarshal.doctor.finding.FindingBuilder;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.symptom.SeenDevice;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Devices that do not confirm invalidations of their translation caches, and devices whose ATS the kernel's quirks know to be defective. */
public final class DeviceTlb implements Cause {

    private static final Map<String, String> QUIRKS = quirks();

    private static Map<String, String> quirks() {
        Map<String, String> quirks = new HashMap<>();
        Rows.read("ats-broken.tsv", 3).forEach(row -> quirks.put(row.get(0), row.get(1) + " (" + row.get(2) + ")"));
        return Map.copyOf(quirks);
    }

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        List<Claim> claims = new ArrayList<>();
        symptoms.each(MessageKind.QI_TIMEOUT, MessageKind.QI_COMPLETION_ERROR).findFirst().ifPresent(line -> claims.add(timeout(symptoms, line)));
        for (FaultGroup group : symptoms.faults()) {
            boolean event = group.kind() == FaultKind.UNIT && group.first().amdEvent().filter("IOTLB_INV_TIMEOUT"::equals).isPresent();
            if (event) {
                FindingBuilder finding = Dma.begin("device-tlb-timeout", Confidence.LIKELY, symptoms, group, Map.of("what", group.device().map(Sbdf::toString)
                        .orElse("A device"))).evidence(Seen.faults("AMD-Vi gave up waiting for the device.", group));
                claims.add(new Claim(known(finding, symptoms, group.device()).build(), List.of(group)));
            }
            Optional<String> quirk = quirk(symptoms, group.device());
            if (group.kind() == FaultKind.DMA && quirk.isPresent() && !event) {
                claims.add(new Claim(Dma.begin("ats-quirk", Confidence.LIKELY, symptoms, group, Map.of("what", quirk.get()))
                        .evidence(Seen.faults("This device faults.", group)).build(), List.of(group)));
            }
        }
        return claims;
    }

    private static Claim timeout(Symptoms symptoms, LogMessage line) {
        Optional<Sbdf> device = line.field("source").filter(text -> text.matches("[0-9a-fA-F]{1,4}")).map(text -> Integer.parseInt(text, 16))
                .filter(id -> id != 0)
                .map(id -> new SourceId(id).in(0));
        Map<String, String> words = new HashMap<>(Seen.words(symptoms, device));
        words.put("what", device.map(address -> Seen.name(symptoms, address)).orElse("A device (the line does not name it)"));
        return Claim.of(known(Narratives.begin("device-tlb-timeout", Confidence.LIKELY, words).device(device)
                .evidence(Seen.line("The unit's queue waits for it.", line)), symptoms, device).build());
    }

    private static FindingBuilder known(FindingBuilder finding, Symptoms symptoms, Optional<Sbdf> device) {
        quirk(symptoms, device).ifPresent(quirk -> finding.evidence(Evidence.that("The kernel's quirks know this device: " + quirk)));
        return finding;
    }

    private static Optional<String> quirk(Symptoms symptoms, Optional<Sbdf> device) {
        return device.flatMap(symptoms::device).flatMap(SeenDevice::ids).map(QUIRKS::get);
    }
}
