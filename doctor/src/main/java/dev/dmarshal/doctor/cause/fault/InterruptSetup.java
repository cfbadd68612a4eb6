package dev.dmarshal.doctor.cause.fault;

import dev.dmarshal.core.fault.FaultKind;
import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.doctor.cause.Cause;
import dev.dmarshal.doctor.cause.Claim;
import dev.dmarshal.doctor.cause.Clue;
import dev.dmarshal.doctor.cause.Narratives;
import dev.dmarshal.doctor.cause.Seen;
import dev.dmarshal.doctor.cause.Trail;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.finding.FindingBuilder;
import dev.dmarshal.doctor.symptom.AddressPattern;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.symptom.SeenDevice;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Interrupts: AMD-Vi's refusals, chipset errata, firmware's wishes about x2APIC, vectors that ran out. */
public final class InterruptSetup implements Cause {

    private static final double BOOT_SECONDS = 120;

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        List<Claim> claims = new ArrayList<>();
        for (FaultGroup group : symptoms.faults()) {
            platformAfterResume(symptoms, group).ifPresent(finding -> claims.add(new Claim(finding.build(), List.of(group))));
            foreignSource(symptoms, group).ifPresent(finding -> claims.add(new Claim(finding.build(), List.of(group))));
            boolean interrupt = group.kind() == FaultKind.INTERRUPT || group.pattern() == AddressPattern.MSI_WINDOW;
            if (!group.dialect().vtd() && interrupt && !symptoms.host().crashKernel()) {
                claims.add(new Claim(Dma.begin("amd-interrupt-blocked", Confidence.LIKELY, symptoms, group)
                        .evidence(Seen.faults("The address range is AMD-Vi's for interrupts.", group)).build(), List.of(group)));
            }
        }
        symptoms.first(MessageKind.IR_ERRATUM).ifPresent(line -> claims.add(claim(missed(symptoms) ? "intremap-erratum" : "intremap-erratum-unmissed",
                Confidence.CERTAIN, symptoms, line)));
        boolean named = symptoms.has(MessageKind.IR_ERRATUM, MessageKind.IR_NOT_IN_SCOPE, MessageKind.AMD_FIRMWARE_BUG, MessageKind.IR_ENABLED,
                MessageKind.AMD_IR_ENABLED);
        symptoms.first(MessageKind.VFIO_UNSAFE_INTERRUPTS).filter(line -> !named)
                .ifPresent(line -> claims.add(claim("intremap-off", Confidence.LIKELY, symptoms, line)));
        symptoms.first(MessageKind.AMD_COMPLETION_TIMEOUT).filter(line -> !symptoms.host().crashKernel())
                .ifPresent(line -> claims.add(claim("command-queue-stalled", Confidence.POSSIBLE, symptoms, line)));
        symptoms.first(MessageKind.X2APIC_OPT_OUT).ifPresent(line -> claims.add(claim("x2apic-opt-out", Confidence.CERTAIN, symptoms, line)));
        symptoms.find(Clue.VECTORS::in, MessageKind.MSI_FAILED).or(() -> Trail.first(symptoms, Clue.VECTORS)
                .filter(line -> !line.kind().subject().equals(MessageKind.Subject.INTERRUPT)))
                .ifPresent(line -> claims.add(claim("vectors-exhausted", Confidence.LIKELY, symptoms, line)));
        return claims;
    }

    /**
     * IO-APICs and HPETs have requester ids that firmware makes up, on buses that no PCI device is on; firmware writes their entries anew when the machine
     * wakes.
     */
    private static Optional<FindingBuilder> platformAfterResume(Symptoms symptoms, FaultGroup group) {
        boolean platform = group.device().filter(device -> device.bus() >= 0xf0 && symptoms.device(device).filter(SeenDevice::listed).isEmpty()).isPresent();
        boolean compatibility = group.kind() == FaultKind.INTERRUPT && group.reasonIs(FaultReason.IR_COMPATIBILITY);
        Optional<LogMessage> woke = Trail.near(symptoms, group, Clue.SLEEP).or(() -> Trail.near(symptoms, group, Clue.FIRMWARE_CODE));
        // The kernel writes these entries in the new format at boot; long after that only firmware writes them in the old one.
        boolean late = Trail.secondsSinceBoot(group).filter(seconds -> seconds > BOOT_SECONDS).isPresent();
        if (!platform || !compatibility || woke.isEmpty() && !late) {
            return Optional.empty();
        }
        FindingBuilder finding = Dma.begin("platform-interrupt-at-resume", Confidence.LIKELY, symptoms, group)
                .evidence(Seen.faults("An IO-APIC or HPET sent an interrupt in the old format" + (late ? ", long after the kernel had set it up." : "."),
                        group));
        woke.ifPresent(line -> finding.evidence(Seen.line("The machine slept or firmware was at work.", line)));
        return Optional.of(finding);
    }

    /** Source-id verification fails for an id that nobody owns: the interrupt is signed by a bridge or a phantom function, as DMA would be. */
    private static Optional<FindingBuilder> foreignSource(Symptoms symptoms, FaultGroup group) {
        boolean verification = group.kind() == FaultKind.INTERRUPT && group.reasonIs(FaultReason.IR_SOURCE) && !symptoms.host().crashKernel();
        boolean owned = group.device().flatMap(symptoms::device).filter(device -> (device.listed() || device.driver().isPresent()) && !device.bridge())
                .isPresent();
        return verification && !owned && group.device().isPresent() ? Optional.of(Dma.begin("interrupt-signed-by-another", Confidence.POSSIBLE, symptoms, group)
                .evidence(Seen.faults("The entry was made for another id, and no function is known at this one.", group))) : Optional.empty();
    }

    /** Whether somebody misses interrupt remapping, or interrupts are lost. */
    private static boolean missed(Symptoms symptoms) {
        return symptoms.has(MessageKind.NO_IRQ_HANDLER, MessageKind.IRQ_NOBODY_CARED, MessageKind.LOCKUP, MessageKind.DEVICE_TIMEOUT, MessageKind.STORAGE_ERROR)
                || symptoms.messages().keySet().stream().anyMatch(kind -> kind.subject() == MessageKind.Subject.VFIO && kind != MessageKind.KVM_STATE);
    }

    private static Claim claim(String label, Confidence confidence, Symptoms symptoms, LogMessage line) {
        Map<String, String> words = new HashMap<>(Seen.words(symptoms, line.device()));
        words.putIfAbsent("device", "A device");
        return Claim.of(Narratives.begin(label, confidence, words).device(line.device()).evidence(Seen.line("The log says so.", line)).build());
    }
}
