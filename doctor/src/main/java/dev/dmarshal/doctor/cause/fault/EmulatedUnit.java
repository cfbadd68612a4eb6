package dev.dmarshal.doctor.cause.fault;

import dev.dmarshal.core.fault.FaultKind;
import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.doctor.cause.Cause;
import dev.dmarshal.doctor.cause.Claim;
import dev.dmarshal.doctor.cause.Narratives;
import dev.dmarshal.doctor.cause.Seen;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.finding.Evidence;
import dev.dmarshal.doctor.finding.FindingBuilder;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The log is a guest's: its remapping unit is emulated, so a fault there is first of all the emulator's. */
public final class EmulatedUnit implements Cause {

    private static final Pattern VIRTUAL = Pattern.compile("(?i)\\bQEMU\\b|Standard PC|\\bKVM\\b|VMware|VirtualBox|Bochs|OpenStack|Google"
            + " Compute|cloud-hypervisor|crosvm|Parallels|bhyve");

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        Optional<String> machine = symptoms.host().machine().filter(name -> VIRTUAL.matcher(name).find());
        boolean guest = machine.isPresent() || symptoms.find(line -> line.field("name").filter("KVM"::equals).isPresent(), MessageKind.HYPERVISOR_DETECTED)
                .isPresent();
        List<FaultGroup> faults = symptoms.faults().stream().filter(group -> group.kind() != FaultKind.UNIT && !group.dialect().xen()).toList();
        if (!guest || faults.isEmpty() || symptoms.host().crashKernel()) {
            return List.of();
        }
        FindingBuilder finding = Narratives.begin("emulated-unit", Confidence.LIKELY, Dma.words(symptoms, faults.getFirst())).device(faults.getFirst()
                .device());
        machine.ifPresent(name -> finding.evidence(Evidence.that("The machine calls itself " + name + ".")));
        symptoms.first(MessageKind.HYPERVISOR_DETECTED).ifPresent(line -> finding.evidence(Seen.line("The kernel sees a hypervisor.", line)));
        finding.evidence(Seen.faults("The emulated unit refused this.", faults.getFirst()));
        return List.of(new Claim(finding.build(), faults));
    }
}
