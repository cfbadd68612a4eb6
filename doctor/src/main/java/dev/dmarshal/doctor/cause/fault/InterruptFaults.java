package dev.dmarshal.doctor.cause.fault;

import dev.dmarshal.core.fault.FaultKind;
import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.core.pci.SourceId;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.doctor.cause.Cause;
import dev.dmarshal.doctor.cause.Claim;
import dev.dmarshal.doctor.cause.Seen;
import dev.dmarshal.doctor.finding.Blame;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.finding.FindingBuilder;
import dev.dmarshal.doctor.remedy.Remedies;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.ArrayList;
import java.util.List;

/** Interrupt requests that the remapping hardware blocks: wrong format, missing entry, wrong source. */
public final class InterruptFaults implements Cause {

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        if (symptoms.host().crashKernel()) {
            return List.of();
        }
        List<Claim> claims = new ArrayList<>();
        for (FaultGroup group : symptoms.faults()) {
            if (group.kind() == FaultKind.INTERRUPT && group.reason().isPresent()) {
                switch (group.reason().get()) {
                    case IR_COMPATIBILITY -> claims.add(compatibility(symptoms, group));
                    case IR_NOT_PRESENT, IR_RESERVED_ENTRY, IR_SOURCE, IR_INDEX, IR_RESERVED_REQUEST -> claims.add(entry(symptoms, group));
                    default -> {
                    }
                }
            }
        }
        return claims;
    }

    /** Requester ids in the range that firmware gives to IO-APICs and HPETs (bus f0 and up, device 1f or 1e) have no PCI function behind them. */
    private static boolean platformDevice(Symptoms symptoms, SourceId id) {
        return id.bus() >= 0xf0 && symptoms.device(id.in(0)).filter(device -> device.listed()).isEmpty();
    }

    private static Claim compatibility(Symptoms symptoms, FaultGroup group) {
        boolean platform = group.source().filter(id -> platformDevice(symptoms, id)).isPresent();
        String who = group.source().map(SourceId::toString).orElse("a device");
        FindingBuilder finding = new FindingBuilder("interrupt-compatibility-format", who + " sends interrupts in the old format, which interrupt remapping"
                + " blocks").confidence(Confidence.LIKELY)
                .blame(platform ? Blame.FIRMWARE : Blame.OPEN).device(group.device())
                .why("With interrupt remapping on, an interrupt request must name an entry of the remapping table. This one still carries a vector and a"
                + " processor itself, the format from before remapping: "
                        + (platform ? "the source is no PCI device but an IO-APIC or HPET (see the scopes of the DMAR table), whose entry was left or"
                        + " restored as firmware had it, after a resume as a rule."
                                : "whoever wrote the device's message address and data did not go through the kernel's remapping. That is so when a guest's"
                                + " driver writes a message address into the device's own registers, where VFIO"
                                        + " cannot translate it; when a device's MSI is routed around its bridge (VMD); or when a kernel forgets to remap a"
                                        + " device that was hot-plugged or resumed."))
                .evidence(Seen.faults("The unit blocked a request in compatibility format.", group))
                .counter("Other reasons than 25h from the same device at the same time: then its whole interrupt set-up is gone.")
                .fix(Remedies.table().fix("remap-interrupts", Seen.words(symptoms, group.device())));
        symptoms.first(MessageKind.IR_ENABLED).ifPresent(line -> finding.evidence(Seen.line("Interrupt remapping is on.", line)));
        if (!platform) {
            finding.next("Whether the device is assigned to a guest, and to which driver there; lspci -vvs " + who + " for its MSI capability");
        }
        return new Claim(finding.build(), List.of(group));
    }

    private static Claim entry(Symptoms symptoms, FaultGroup group) {
        boolean source = group.reasonIs(FaultReason.IR_SOURCE);
        String who = group.source().map(SourceId::toString).orElse("a device");
        FindingBuilder finding = new FindingBuilder(source ? "interrupt-source-rejected" : "interrupt-entry-invalid",
                source ? "An interrupt from " + who + " was rejected: its entry was made for another requester"
                        : "An interrupt from " + who + " met no valid entry in the remapping table")
                .confidence(Confidence.POSSIBLE).device(group.device())
                .why(source ? "The entry says which requester may use it, and this request came under another id: a bridge or phantom function signs it, two"
                + " devices share a message, or the kernel derived the wrong id."
                        : "The request names an entry that is absent or malformed: it was freed while the device still raised interrupts, or the device"
                        + " sends a message that is out of date, as after a reset or resume.")
                .evidence(Seen.faults(source ? "Source-id verification failed." : "The entry could not be used.", group))
                .fix(Remedies.table().fix("remap-interrupts", Seen.words(symptoms, group.device())))
                .next("the boot log, for the device at " + who + " and the bridges above it");
        return new Claim(finding.build(), List.of(group));
    }
}
