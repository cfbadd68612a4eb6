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
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Defects of the kernel's IOMMU code that show by an inconsistency of the log itself. */
public final class KernelDefects implements Cause {

    private static final Pattern IOMMU_CODE = Pattern.compile(
            "drivers/iommu|iommu_|intel_iommu|dmar_|domain_(?:un)?map|__domain_mapping|amd_iommu|intel_irte|irq_remapping");

    /** The kernel's own checks of its arithmetic and of its memory (CONFIG_UBSAN, CONFIG_KASAN, lib/list_debug.c) name the code or the subsystem. */
    private static final Pattern OWN_CHECK = Pattern.compile("(?i)(?:UBSAN|KASAN|shift exponent|shift-out-of-bounds|array-index-out-of-bounds|list_(?:add|del)"
            + " corruption|use-after-free).*iommu|iommu.*(?:UBSAN|KASAN|shift exponent|out-of-bounds|use-after-free)");

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        List<Claim> claims = new ArrayList<>();
        for (FaultGroup group : symptoms.faults()) {
            if (group.kind() == FaultKind.DMA && !symptoms.host().crashKernel()) {
                one(symptoms, group).ifPresent(finding -> claims.add(new Claim(finding.build(), List.of(group))));
            }
        }
        internalError(symptoms).ifPresent(claims::add);
        symptoms.first(MessageKind.UNIT_MALFUNCTION).filter(line -> line.text().contains("malfunctioning"))
                .ifPresent(line -> claims.add(Claim.of(Narratives.begin("unit-malfunction", Confidence.POSSIBLE, Map.of())
                .evidence(Seen.line("The kernel says so.", line)).build())));
        return claims;
    }

    private static Optional<FindingBuilder> one(Symptoms symptoms, FaultGroup group) {
        Optional<LogMessage> moved = Trail.near(symptoms, group, Clue.IDENTITY_LEFT);
        if (Dma.tablesMissing(group) && moved.isPresent() && !symptoms.kernel().filter(kernel -> !symptoms.kernelBefore(5, 8)).isPresent()) {
            return Optional.of(Dma.begin("identity-switch-window", Confidence.LIKELY, symptoms, group)
                    .evidence(Seen.line("The device left the identity map then.", moved.get()))
                    .evidence(Seen.faults("The requests of that moment found no entry.", group)));
        }
        boolean pasidGone = group.reasonIs(FaultReason.SPT_2, FaultReason.SPD_2) && group.first().pasid().isEmpty();
        if (pasidGone) {
            return Optional.of(Dma.begin("pasid-entry-absent", Confidence.POSSIBLE, symptoms, group)
                    .evidence(Seen.faults("A request without PASID found no PASID entry.", group)));
        }
        return contradiction(symptoms, group).map(line -> Dma.begin("tables-contradict-fault", Confidence.LIKELY, symptoms, group)
                .evidence(Seen.faults("The hardware refused.", group)).evidence(Seen.line("The last entry of the kernel's own walk allows it.", line)));
    }

    /** The page's own entry in the kernel's or Xen's walk, if it allows what was refused. */
    private static Optional<LogMessage> contradiction(Symptoms symptoms, FaultGroup group) {
        return WalkedLeaf.of(symptoms, group).filter(leaf -> leaf.allows(group.reasonIs(FaultReason.LGN_2))).map(WalkedLeaf::line);
    }

    /** A defect of the IOMMU code that the kernel's own checks catch explains the missing pages of the minute around it. */
    private static Optional<Claim> internalError(Symptoms symptoms) {
        Optional<LogMessage> line = symptoms.find(message -> IOMMU_CODE.matcher(message.text()).find(), MessageKind.WARNING, MessageKind.OOPS)
                .or(() -> symptoms.find(message -> OWN_CHECK.matcher(message.text()).find(), MessageKind.OOPS, MessageKind.WARNING, MessageKind.DEVICE_OTHER,
                        MessageKind.IOMMU_OTHER, MessageKind.AMD_OTHER, MessageKind.VTD_OTHER));
        return line.map(message -> new Claim(Narratives.begin("iommu-code-failed", Confidence.LIKELY, Map.of())
                .evidence(Seen.line("The place named is IOMMU code.", message)).build(), symptoms.host().crashKernel() ? List.of()
                : Dma.groups(symptoms).filter(group -> Dma.pageMissing(group) && Trail.close(message, group)).toList()));
    }
}
