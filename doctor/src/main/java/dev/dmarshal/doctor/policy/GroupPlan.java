package dev.dmarshal.doctor.policy;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.survey.ReservedRegion;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A group as the kernel treats it.
 *
 * @param number   the kernel's; empty for a computed group
 * @param members  by address
 * @param type     its domain type; empty if what is known does not decide it
 * @param why      what decides, a sentence
 * @param reserved reserved regions of its address space, by address, as the kernel lists them
 */
public record GroupPlan(OptionalInt number, List<Sbdf> members, Optional<DomainType> type, String why, List<ReservedRegion> reserved) {

    /** Keeps its own copies. */
    public GroupPlan {
        members = List.copyOf(members);
        reserved = List.copyOf(reserved);
    }

    /** Regions that are mapped 1:1 in a translated domain (drivers/iommu/iommu.c, iommu_create_device_direct_mappings). */
    public List<ReservedRegion> mapped() {
        return reserved.stream().filter(region -> region.type().startsWith("direct")).toList();
    }
}
