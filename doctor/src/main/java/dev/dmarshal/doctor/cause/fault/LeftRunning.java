package dev.dmarshal.doctor.cause.fault;

import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.doctor.cause.Cause;
import dev.dmarshal.doctor.cause.Claim;
import dev.dmarshal.doctor.cause.Clue;
import dev.dmarshal.doctor.cause.Seen;
import dev.dmarshal.doctor.cause.Trail;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.finding.FindingBuilder;
import dev.dmarshal.doctor.symptom.AddressPattern;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Devices that were running when their owner or their tables changed: by removal, by another kernel, by firmware, by a guest's end. */
public final class LeftRunning implements Cause {

    /** Firmware's leftovers show before this; drivers have started by then. */
    private static final double EARLY_SECONDS = 30;

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        List<Claim> claims = new ArrayList<>();
        Dma.groups(symptoms).forEach(group -> one(symptoms, group).ifPresent(finding -> claims.add(new Claim(finding.build(), List.of(group)))));
        return claims;
    }

    private static Optional<FindingBuilder> one(Symptoms symptoms, FaultGroup group) {
        Optional<LogMessage> removal = Dma.tablesMissing(group) || Dma.any(group, AddressOrigin.ZERO) ? removal(symptoms, group) : Optional.empty();
        if (removal.isPresent()) {
            return Optional.of(Dma.begin("device-removed-active", Confidence.LIKELY, symptoms, group)
                    .evidence(Seen.line("The device was taken away.", removal.get())).evidence(Seen.faults("Its faults come after that.", group)));
        }
        if (symptoms.has(MessageKind.NOT_KDUMP_TRANSLATION)) {
            LogMessage line = symptoms.first(MessageKind.NOT_KDUMP_TRANSLATION).orElseThrow();
            return Optional.of(Dma.begin("kexec-translation-on", early(group) ? Confidence.LIKELY : Confidence.POSSIBLE, symptoms, group)
                    .evidence(Seen.line("Translation was on when this kernel came.", line)).evidence(Seen.faults("Then requests meet empty tables.", group)));
        }
        if (Dma.integratedGraphics(symptoms, group)) {
            return scanout(symptoms, group);
        }
        if (Dma.assigned(symptoms, group) && Dma.pageMissing(group)) {
            return Trail.near(symptoms, group, Clue.GUEST).filter(line -> line.device().equals(group.device()))
                    .map(line -> Dma.begin("guest-handover-active", Confidence.POSSIBLE, symptoms, group)
                            .evidence(Seen.line("The device was reset or handed over then.", line))
                            .evidence(Seen.faults("Its faults come around that.", group)));
        }
        return resume(symptoms, group).or(() -> boot(symptoms, group));
    }

    /** Firmware runs before the kernel does when a machine wakes, and may use devices with addresses of its own. */
    private static Optional<FindingBuilder> resume(Symptoms symptoms, FaultGroup group) {
        boolean foreign = Dma.all(group, AddressOrigin.MEMORY_BELOW_4G) || Dma.all(group, AddressOrigin.LOW);
        Optional<LogMessage> firmware = Trail.before(symptoms, group, Clue.FIRMWARE_CODE).or(() -> Trail.before(symptoms, group, Clue.SLEEP));
        return foreign && Dma.pageMissing(group) ? firmware.map(line -> Dma.begin("firmware-at-resume", Confidence.POSSIBLE, symptoms, group)
                .evidence(Seen.line("Firmware was at work just before.", line)).evidence(Seen.faults("The address is plain memory.", group)))
                : Optional.empty();
    }

    /** A device stays removed, so the line may be much older than the fault; what brings it back is another line that adds it to a group. */
    private static Optional<LogMessage> removal(Symptoms symptoms, FaultGroup group) {
        Optional<LogMessage> gone = Trail.all(symptoms, Clue.REMOVAL).filter(line -> line.device().equals(group.device()) && line.line() < group.first().line())
                .reduce((earlier, later) -> later);
        return gone.filter(line -> symptoms.each(MessageKind.GROUP_ADD).noneMatch(add -> add.device().equals(group.device()) && add.line() > line.line()
                && add.line() < group.first().line()));
    }

    /** Display memory of firmware lies in plain memory below 4 GiB (stolen from its top); the driver's own buffers have allocated addresses. */
    private static Optional<FindingBuilder> scanout(Symptoms symptoms, FaultGroup group) {
        boolean firmwareMemory = Dma.all(group, AddressOrigin.MEMORY_BELOW_4G);
        if (Dma.writes(group) || !firmwareMemory) {
            return Optional.empty();
        }
        boolean stolen = symptoms.reserved().mapped(group.lowest().getAsLong()).filter(region -> !region.type().contains("usable")).isPresent();
        boolean sure = stolen || early(group) || group.pattern() == AddressPattern.RUN || group.count() > 4;
        return Optional.of(Dma.begin("scanout-left-running", sure ? Confidence.LIKELY : Confidence.POSSIBLE, symptoms, group)
                .evidence(Seen.faults("Graphics read memory below 4 GiB that is not where Linux puts its buffers.", group)));
    }

    private static Optional<FindingBuilder> boot(Symptoms symptoms, FaultGroup group) {
        boolean memory = Dma.all(group, AddressOrigin.MEMORY_BELOW_4G) || Dma.all(group, AddressOrigin.LOW);
        boolean spoken = symptoms.messages().values().stream().flatMap(List::stream)
                .anyMatch(line -> line.device().equals(group.device()) && line.driver().isPresent() && !line.driver().get().equals("pci")
                && line.line() < group.first().line());
        boolean listed = group.device().flatMap(symptoms::device).filter(device -> device.listed()).isPresent();
        boolean kernelBoot = symptoms.has(MessageKind.LINUX_VERSION);
        boolean soon = Trail.secondsSinceBoot(group).filter(seconds -> seconds > 0 && seconds < EARLY_SECONDS).isPresent();
        boolean region = group.lowest().isPresent() && symptoms.reserved().rmrr(group.lowest().getAsLong()).isPresent();
        if (!memory || spoken || !kernelBoot || !soon || region || !(listed || Dma.pageMissing(group)) || symptoms.amd()) {
            return Optional.empty();
        }
        return Optional.of(Dma.begin("boot-left-running", Confidence.POSSIBLE, symptoms, group)
                .evidence(Seen.faults("No driver had spoken of the device by then.", group)));
    }

    private static boolean early(FaultGroup group) {
        return Trail.secondsSinceBoot(group).filter(seconds -> seconds > 0 && seconds < EARLY_SECONDS).isPresent();
    }
}
