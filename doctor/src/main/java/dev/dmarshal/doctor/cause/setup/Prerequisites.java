package dev.dmarshal.doctor.cause.setup;

import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.doctor.cause.Cause;
import dev.dmarshal.doctor.cause.Claim;
import dev.dmarshal.doctor.cause.Seen;
import dev.dmarshal.doctor.finding.Blame;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.finding.Evidence;
import dev.dmarshal.doctor.finding.Finding;
import dev.dmarshal.doctor.finding.FindingBuilder;
import dev.dmarshal.doctor.finding.Severity;
import dev.dmarshal.doctor.symptom.SeenUnit;
import dev.dmarshal.doctor.symptom.Symptoms;
import dev.dmarshal.host.params.BuildOptions;
import dev.dmarshal.host.params.ParameterReview;
import dev.dmarshal.host.params.Setting;
import java.util.List;
import java.util.Optional;

/** Says that VT-d is on, and what its units can do: a note, so that nobody has to ask whether the prerequisites are met. */
public final class Prerequisites implements Cause {

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        List<SeenUnit> units = symptoms.host().units();
        boolean active = symptoms.has(MessageKind.VTD_ACTIVE, MessageKind.GROUP_ADD);
        Optional<LogMessage> enabled = symptoms.first(MessageKind.IOMMU_ENABLED);
        if (units.isEmpty() || !active && enabled.isEmpty() || symptoms.has(MessageKind.IOMMU_DISABLED) || symptoms.host().crashKernel()) {
            return List.of();
        }
        return List.of(Claim.of(finding(symptoms, units, enabled)));
    }

    private static Finding finding(Symptoms symptoms, List<SeenUnit> units, Optional<LogMessage> enabled) {
        int width = symptoms.host().addressWidth();
        FindingBuilder finding = new FindingBuilder("vtd-on", "VT-d is on: " + units.size() + (units.size() == 1 ? " remapping unit"
                : " remapping units") + (width > 0 ? ", " + width + "-bit addresses" : ""))
                .severity(Severity.NOTE).confidence(Confidence.CERTAIN).blame(Blame.NOBODY)
                .why("Processor, firmware and kernel all do their part: the firmware's DMAR table lists units, their registers answer, and the kernel was"
                + " told to use them. The processor's vmx flag would not have shown that: vmx is"
                        + " VT-x, which runs guests, and says nothing of VT-d; nor does svm of AMD-Vi.");
        enabled.ifPresent(line -> finding.evidence(Seen.line("The kernel took the switch.", line)));
        symptoms.host().commandLine().ifPresent(line -> {
            Setting asked = symptoms.kernel().map(version -> ParameterReview.of(line, version, BuildOptions.UNKNOWN))
                    .orElseGet(() -> ParameterReview.ofUnknownVersion(line, BuildOptions.UNKNOWN)).inForce().dmaRemapping();
            asked.token().ifPresent(token -> finding.evidence(new Evidence("The command line in force asks for it.", Optional.of(token.raw()),
                    Optional.empty())));
        });
        for (SeenUnit unit : units) {
            finding.evidence(Evidence.that(unit.says()));
        }
        if (width > 0 && width < 48) {
            finding.next("A guest whose processor shows more than " + width + " physical address bits can place BARs where this unit does not translate:"
                    + " limit it to host-phys-bits-limit=" + width + " if a large BAR is passed through");
        }
        return finding.build();
    }
}
