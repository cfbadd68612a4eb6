package dev.dmarshal.doctor.cause.setup;

import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.doctor.cause.Cause;
import dev.dmarshal.doctor.cause.Claim;
import dev.dmarshal.doctor.cause.Seen;
import dev.dmarshal.doctor.finding.Blame;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.finding.Evidence;
import dev.dmarshal.doctor.finding.FindingBuilder;
import dev.dmarshal.doctor.finding.Severity;
import dev.dmarshal.doctor.remedy.Remedies;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether a host that means to dump on panic can do so with VT-d on: kernel, reservation, drivers. */
public final class KdumpReadiness implements Cause {

    /** Drivers that are documented not to cope with being started over a running device, with who says so. */
    private static final Map<String, String> DRIVERS = Map.of("hpsa",
            "the cover letter of the kdump series for VT-d (May 2015) excludes Smart Array controllers driven by hpsa");

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        List<Claim> claims = new ArrayList<>();
        boolean meant = symptoms.host().given("crashkernel") || symptoms.has(MessageKind.CRASHKERNEL_RESERVED);
        if (!symptoms.host().crashKernel() && !meant) {
            return claims;
        }
        driver(symptoms).ifPresent(line -> claims.add(Claim.of(slowDriver(line).build())));
        symptoms.first(MessageKind.CRASHKERNEL_FAILED).filter(line -> !symptoms.has(MessageKind.CRASHKERNEL_RESERVED))
                .ifPresent(line -> claims.add(Claim.of(noMemory(line).build())));
        if (!symptoms.host().crashKernel() && symptoms.has(MessageKind.IOMMU_ENABLED, MessageKind.VTD_ACTIVE) && symptoms.kernelBefore(4, 2)) {
            claims.add(Claim.of(oldKernel(symptoms).build()));
        }
        return claims;
    }

    private static Optional<LogMessage> driver(Symptoms symptoms) {
        return symptoms.messages().values().stream().flatMap(List::stream).filter(line -> line.driver().filter(DRIVERS::containsKey).isPresent()).findFirst();
    }

    private static FindingBuilder slowDriver(LogMessage line) {
        String driver = line.driver().orElseThrow();
        return new FindingBuilder("kdump-driver", "The driver " + driver + " is known not to cope in a crash kernel, whatever VT-d does")
                .severity(Severity.WARNING).confidence(Confidence.LIKELY).blame(Blame.DEVICE)
                .device(line.device()).why("Keeping translation on across the crash keeps the device from faulting; it does not bring a controller back that"
                + " was cut off in the middle of its work. For " + driver + ", "
                        + DRIVERS.get(driver) + ".")
                .evidence(Seen.line("The driver is in use here.", line)).counter("A test dump that succeeds: later drivers and controller firmware may cope.")
                .fix(Remedies.table().fix("crash-kernel-drivers", Map.of())).next("A test dump to another target (NFS, SSH) to tell the controller's trouble"
                + " from VT-d's");
    }

    private static FindingBuilder noMemory(LogMessage line) {
        return new FindingBuilder("kdump-no-memory", "No memory is set aside for a crash kernel, so there will be no dump").severity(Severity.WARNING)
                .confidence(Confidence.CERTAIN).blame(Blame.CONFIGURATION)
                .why("crashkernel= asks for a reservation that the kernel could not make at boot.").evidence(Seen.line("The kernel says so.", line));
    }

    private static FindingBuilder oldKernel(Symptoms symptoms) {
        return new FindingBuilder("kdump-kernel-too-old", "A dump on this host will meet DMA faults: the kernel is older than 4.2 and VT-d is on")
                .severity(Severity.WARNING).confidence(Confidence.LIKELY).blame(Blame.KERNEL)
                .why("A crash kernel before Linux 4.2 does not take over the translation that it finds in force; busy devices then fault or write to the"
                + " wrong place while the dump is made.")
                .evidence(Evidence.that("Linux " + symptoms.kernel().map(version -> version.text()).orElse("") + ", crashkernel= is given, VT-d is on."))
                .counter("A vendor's kernel may have the change carried back; a test dump tells.").fix(Remedies.table().fix("crash-kernel-newer", Map.of()));
    }
}
