package dev.dmarshal.doctor.cause.fault;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.doctor.cause.Cause;
import dev.dmarshal.doctor.cause.Claim;
import dev.dmarshal.doctor.cause.Seen;
import dev.dmarshal.doctor.cause.Trail;
import dev.dmarshal.doctor.finding.Confidence;
import dev.dmarshal.doctor.finding.FindingBuilder;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.symptom.Symptoms;
import java.util.List;
import java.util.Objects;

/**
 * Devices of several drivers that, while this kernel starts, use addresses such as an IOMMU driver gives out: one driver may have a defect, but not each at the
 * same time. What they have in common is the kernel before this one, whose mappings are gone.
 */
public final class EarlierKernel implements Cause {

    private static final double STARTING_SECONDS = 60;

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        List<FaultGroup> early = Dma.groups(symptoms).filter(group -> stale(symptoms, group)).toList();
        long slots = early.stream().map(group -> group.device().map(EarlierKernel::slot).orElse(null)).filter(Objects::nonNull).distinct().count();
        long drivers = early.stream().map(group -> Dma.driver(symptoms, group).orElse(null)).filter(Objects::nonNull).distinct().count();
        if (slots < 2 || drivers < 2 || symptoms.xen()) {
            return List.of();
        }
        FindingBuilder finding = Dma.begin("earlier-kernel-mappings", Confidence.POSSIBLE, symptoms, early.getFirst());
        early.stream().limit(4).forEach(group -> finding.evidence(Seen.faults("While the kernel starts, an address that it has hardly given out yet.", group)));
        return List.of(new Claim(finding.build(), early));
    }

    private static boolean stale(Symptoms symptoms, FaultGroup group) {
        boolean starting = Trail.secondsSinceBoot(group).filter(seconds -> seconds > 0 && seconds < STARTING_SECONDS).isPresent();
        return starting && Dma.pageMissing(group) && Dma.all(group, AddressOrigin.ALLOCATED) && !Dma.assigned(symptoms, group)
                && !Dma.integratedGraphics(symptoms, group);
    }

    private static Sbdf slot(Sbdf device) {
        return device.withFunction(0);
    }
}
