package dev.dmarshal.doctor.policy;

import dev.dmarshal.core.acpi.DmarStructure;
import dev.dmarshal.host.survey.DmarCoverage;
import dev.dmarshal.host.survey.FunctionFacts;
import dev.dmarshal.host.survey.ReservedRegion;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The reserved regions that Linux gives a group (drivers/iommu/intel/iommu.c, intel_iommu_get_resv_regions; drivers/iommu/iommu.c,
 * iommu_insert_resv_region): RMRRs of its members, 16 MiB below an ISA bridge, the interrupt window.
 */
final class ReservedPlan {

    private static final String DIRECT = "direct";
    private static final String RELAXABLE = "direct-relaxable";
    private static final ReservedRegion INTERRUPTS = new ReservedRegion(0xFEE0_0000L, 0xFEEF_FFFFL, "msi");
    /** CONFIG_INTEL_IOMMU_FLOPPY_WA, which is on unless a build takes it off. */
    private static final ReservedRegion ISA = new ReservedRegion(0, 0xFF_FFFFL, RELAXABLE);

    private ReservedPlan() {
    }

    /** The regions of some functions together. {@code relaxes} is whether the kernel tells regions that may be given up (since 5.3) from the others. */
    static List<ReservedRegion> of(List<Situation.Placed> members, Optional<DmarCoverage> coverage, boolean floppy, boolean relaxes) {
        List<ReservedRegion> all = new ArrayList<>(List.of(INTERRUPTS));
        for (Situation.Placed place : members) {
            FunctionFacts member = place.facts();
            boolean relaxable = relaxes && (member.graphics() || member.usb());
            for (DmarStructure.Rmrr rmrr : coverage.map(table -> table.regionsOf(place.at())).orElse(List.of())) {
                all.add(new ReservedRegion(rmrr.base(), rmrr.limit(), relaxable ? RELAXABLE : DIRECT));
            }
            if (floppy && member.made().is(FunctionFacts.ISA_BRIDGE)) {
                all.add(relaxes ? ISA : new ReservedRegion(ISA.start(), ISA.end(), DIRECT));
            }
        }
        return merged(all);
    }

    /** By address; those of one type that touch become one. */
    private static List<ReservedRegion> merged(List<ReservedRegion> all) {
        List<ReservedRegion> merged = new ArrayList<>();
        all.stream().sorted(Comparator.comparing(ReservedRegion::type).thenComparing(ReservedRegion::start, Long::compareUnsigned)).forEach(region -> {
            ReservedRegion last = merged.isEmpty() ? null : merged.getLast();
            if (last != null && last.type().equals(region.type()) && Long.compareUnsigned(region.start(), last.end() + 1) <= 0) {
                long end = Long.compareUnsigned(last.end(), region.end()) > 0 ? last.end() : region.end();
                merged.set(merged.size() - 1, new ReservedRegion(last.start(), end, last.type()));
            } else {
                merged.add(region);
            }
        });
        merged.sort(Comparator.comparing(ReservedRegion::start, Long::compareUnsigned));
        return merged;
    }
}
