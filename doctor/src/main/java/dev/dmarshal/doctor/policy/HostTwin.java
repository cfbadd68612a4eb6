package dev.dmarshal.doctor.policy;

import dev.dmarshal.core.acpi.DmarStructure;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.core.vtd.ExtendedCapability;
import dev.dmarshal.doctor.symptom.MemoryOutline;
import dev.dmarshal.doctor.twin.Attachment;
import dev.dmarshal.doctor.twin.Scene;
import dev.dmarshal.host.groups.Guess;
import dev.dmarshal.host.groups.RequesterAlias;
import dev.dmarshal.host.groups.RequesterAliases;
import dev.dmarshal.host.survey.DmarCoverage;
import dev.dmarshal.host.survey.ReservedRegion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A host's remapping units with the tables that its kernel builds: an entry for each function and for each id under which its requests may come, in the
 * domain of its group, with reserved regions mapped 1:1. What drivers and guests map is not in them.
 */
public final class HostTwin {

    private static final long PAGE = 0x1000;
    /** Regions of firmware are at most some hundred MiB; what a broken table calls larger is not mapped. */
    private static final long MOST_BYTES = 1L << 30;

    private final Situation situation;
    private final List<MemoryOutline.Region> map;
    private final HostPolicy policy;
    private final Optional<DmarCoverage> coverage;
    private final Map<UnitPlan, Scene> scenes = new HashMap<>();

    private HostTwin(Situation situation, HostPolicy policy, List<MemoryOutline.Region> map) {
        this.map = map;
        this.situation = situation;
        this.policy = policy;
        this.coverage = situation.survey().remapping().dmar().present().map(table -> new DmarCoverage(table, situation.tree()));
    }

    /** Builds the tables, with every address taken for one of memory. */
    public static HostTwin of(Situation situation, HostPolicy policy) {
        return of(situation, policy, List.of());
    }

    /** Builds the tables. @param map the firmware's memory map, empty if not known: it matters for units without pass-through */
    public static HostTwin of(Situation situation, HostPolicy policy, List<MemoryOutline.Region> map) {
        HostTwin twin = new HostTwin(situation, policy, map);
        for (UnitPlan unit : policy.units()) {
            Scene scene = Scene.of(unit.capabilities(), unit.mode());
            scene = unit.on() ? scene : scene.untranslated();
            twin.scenes.put(unit, policy.remapping().orElse(true) ? scene : scene.unremapped());
        }
        policy.groups().forEach(twin::attach);
        return twin;
    }

    private void attach(GroupPlan group) {
        for (Sbdf member : group.members()) {
            Optional<PciFunction> function = situation.tree().function(member);
            Optional<UnitPlan> unit = unit(member);
            Optional<Attachment> attachment = unit.flatMap(known -> group.type().flatMap(type -> attachment(type, group, known)));
            if (attachment.isPresent() && function.isPresent() && unit.isPresent()) {
                Scene scene = scenes.get(unit.get());
                for (RequesterAlias alias : RequesterAliases.of(situation.tree(), situation.plan(), Guess.APART, function.get())) {
                    scene = scene.with(alias.id().value(), attachment.get());
                }
                scenes.put(unit.get(), scene);
            }
        }
    }

    /** A blocked group has no entry: the kernel clears it (drivers/iommu/intel/iommu.c, blocking_domain_attach_dev). */
    private Optional<Attachment> attachment(DomainType type, GroupPlan group, UnitPlan unit) {
        boolean software = !unit.capabilities().hasExtended(ExtendedCapability.PASS_THROUGH);
        return switch (type) {
            case IDENTITY -> Optional.of(software && !map.isEmpty() ? softwareIdentity(group) : new Attachment.Identity());
            case DMA, DMA_FQ, UNMANAGED -> Optional.of(new Attachment.Translated(mappings(group)));
            case BLOCKED -> Optional.of(new Attachment.Cleared());
            case NONE -> Optional.empty();
        };
    }

    /** All memory mapped to itself, and nothing that is no memory but the group's regions (si_domain_init, drivers/iommu/intel/iommu.c until 6.11). */
    private Attachment softwareIdentity(GroupPlan group) {
        List<Attachment.Mapping> mappings = mappings(group);
        for (MemoryOutline.Region region : map) {
            long first = region.first() + PAGE - 1 & -PAGE;
            long end = region.last() + 1 & -PAGE;
            if (region.type().equals("usable") && Long.compareUnsigned(first, end) < 0) {
                mappings.add(new Attachment.Mapping(first, first, end - first, true, true));
            }
        }
        return new Attachment.Translated(mappings);
    }

    private static List<Attachment.Mapping> mappings(GroupPlan group) {
        List<Attachment.Mapping> mappings = new ArrayList<>();
        for (ReservedRegion region : group.mapped()) {
            long first = region.start() & -PAGE;
            long bytes = (region.end() & -PAGE) + PAGE - first;
            if (bytes > 0 && bytes <= MOST_BYTES) {
                mappings.add(new Attachment.Mapping(first, first, bytes, true, true));
            }
        }
        return mappings;
    }

    /** The unit that sees the requests of an id; an id that no function has is seen by the unit of its bus, or of its segment's other devices. */
    public Optional<UnitPlan> unit(Sbdf requester) {
        if (coverage.isEmpty()) {
            return policy.units().stream().filter(unit -> unit.segment() == requester.segment()).findFirst();
        }
        Optional<DmarStructure.Drhd> unit = situation.tree().function(requester).or(() -> near(requester)).flatMap(function -> coverage.get()
                .unitOf(function.address())).or(() -> coverage.get().unitOf(requester));
        return unit.flatMap(found -> policy.units().stream().filter(plan -> plan.base().orElse(-1) == found.base()).findFirst());
    }

    private Optional<PciFunction> near(Sbdf requester) {
        return situation.tree().functions().stream().filter(function -> function.address().segment() == requester.segment())
                .filter(function -> function.address().bus() == requester.bus()
                        || function.buses().filter(range -> range.secondary() == requester.bus()).isPresent()).findFirst();
    }

    /** The unit of a requester with its tables; empty if no unit sees it, or if the type of its group is not known. */
    public Optional<Scene> scene(Sbdf requester) {
        boolean undecided = policy.translating().isEmpty() || policy.groupOf(requester).filter(group -> group.type().isEmpty()).isPresent();
        return undecided ? Optional.empty() : unit(requester).map(scenes::get);
    }
}
