package dev.dmarshal.doctor.policy;

import dev.dmarshal.core.acpi.DmarStructure;
import dev.dmarshal.core.acpi.DmarTable;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.host.params.InForce;
import dev.dmarshal.host.params.Setting;
import dev.dmarshal.host.survey.DmarCoverage;
import dev.dmarshal.host.survey.FunctionFacts;
import dev.dmarshal.host.survey.GroupFacts;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What Linux does on VT-d (drivers/iommu/iommu.c, iommu_subsys_init and iommu_get_default_domain_type; drivers/iommu/intel/iommu.c, intel_iommu_init and
 * device_def_domain_type; read for 5.4 to 7.1).
 */
public final class LinuxPolicy {

    /** An option of Debian's kernels (debian/patches, "intel-iommu: Add Kconfig option to exclude iGPU by default"): on, but not for integrated graphics. */
    private static final String DEBIAN_DEFAULT = "CONFIG_INTEL_IOMMU_DEFAULT_ON_INTGPU_OFF";
    private static final int INTEL = 0x8086;

    private final Situation situation;
    private final KernelFacts kernel;
    private final InForce asked;
    private final List<String> notes = new ArrayList<>();
    private final Optional<DmarCoverage> coverage;
    private final UnitPlanner units;

    private LinuxPolicy(Situation situation, Optional<Boolean> nowTranslating, KernelFacts now) {
        this.situation = situation;
        KernelFacts completed = BuildGuess.complete(now, nowTranslating, notes);
        this.kernel = situation.kernel().with(completed.build());
        this.asked = kernel.inForce();
        Optional<DmarTable> table = situation.survey().remapping().dmar().present();
        this.coverage = table.map(known -> new DmarCoverage(known, situation.tree()));
        this.units = new UnitPlanner(situation, kernel, asked, table, coverage, notes);
    }

    /** What the kernel does in a situation. {@code now} is the running kernel, from which options of the build are concluded. */
    public static HostPolicy of(Situation situation, KernelFacts now) {
        return new LinuxPolicy(situation, situation.survey().remapping().translating().value(), now).decide();
    }

    private HostPolicy decide() {
        if (coverage.isEmpty()) {
            notes.add("no DMAR table was seen: one unit is taken to cover everything, and reserved regions are not known");
        }
        coverage.ifPresent(known -> notes.addAll(known.astray()));
        Answer answer = translating();
        Optional<Boolean> on = answer.on;
        List<GroupPlan> groups = new ArrayList<>();
        Set<Sbdf> grouped = new HashSet<>();
        for (GroupFacts group : situation.groups()) {
            groups.add(plan(group, on));
            grouped.addAll(group.members());
        }
        for (PciFunction function : situation.tree().functions()) {
            if (!grouped.contains(function.address())) {
                groups.add(new GroupPlan(OptionalInt.empty(), List.of(function.address()), Optional.of(DomainType.NONE), "No group: no unit looks at it.",
                        List.of()));
            }
        }
        return new HostPolicy(on, answer.why, value(asked.interruptRemapping()), units.plans(on.orElse(false)), groups, notes);
    }

    /** Whether DMA is translated, and what decides it. */
    private record Answer(Optional<Boolean> on, String why) {
    }

    /** What is asked for, held against what the build and the firmware have: no parameter turns on what is not there. */
    private Answer translating() {
        if (kernel.build().isSet("CONFIG_INTEL_IOMMU").equals(Optional.of(false))) {
            return new Answer(Optional.of(false), "This kernel was built without VT-d DMA remapping (CONFIG_INTEL_IOMMU); no parameter turns it on.");
        }
        Setting dma = asked.dmaRemapping();
        boolean debian = dma.token().isEmpty() && kernel.build().isSet(DEBIAN_DEFAULT).orElse(false);
        if ((debian || dma.state() == Setting.State.YES) && coverage.isEmpty() && situation.survey().remapping().translating().is(false)) {
            return new Answer(Optional.empty(), "VT-d is asked for, but no DMAR table was seen: where firmware gives none, no parameter turns VT-d on.");
        }
        return debian ? new Answer(Optional.of(true), "This build turns VT-d on by default, Intel's integrated graphics left out (" + DEBIAN_DEFAULT + ").")
                : new Answer(value(dma), dma.reason());
    }

    private static Optional<Boolean> value(Setting setting) {
        return setting.state() == Setting.State.UNKNOWN ? Optional.empty() : Optional.of(setting.state() == Setting.State.YES);
    }

    private GroupPlan plan(GroupFacts group, Optional<Boolean> on) {
        List<Situation.Placed> members = group.members().stream().map(situation::function).flatMap(Optional::stream).toList();
        boolean uncovered = members.stream().anyMatch(member -> units.leftOut(member));
        if (on.isEmpty()) {
            return new GroupPlan(group.number(), group.members(), Optional.empty(), translating().why, List.of());
        }
        if (!on.get() || uncovered) {
            return new GroupPlan(group.number(), group.members(), Optional.of(DomainType.NONE), on.get()
                    ? "Its unit serves graphics alone and is left off (igfx_off)."
                    : translating().why, List.of());
        }
        boolean floppy = kernel.build().isSet("CONFIG_INTEL_IOMMU_FLOPPY_WA").orElse(true);
        List<dev.dmarshal.host.survey.ReservedRegion> reserved = ReservedPlan.of(members, coverage, floppy, kernel.version().isEmpty() || kernel.atLeast(5, 3));
        Choice choice = choice(group, members);
        return new GroupPlan(group.number(), group.members(), choice.type, choice.why, reserved);
    }

    /** A type and what decides it. */
    private record Choice(Optional<DomainType> type, String why) {
    }

    private Choice choice(GroupFacts group, List<Situation.Placed> places) {
        if (group.number().isPresent() && situation.types().containsKey(group.number().getAsInt())) {
            return new Choice(Optional.of(situation.types().get(group.number().getAsInt())), "It is written to the group's type file.");
        }
        List<FunctionFacts> members = places.stream().map(Situation.Placed::facts).toList();
        boolean guest = members.stream().anyMatch(member -> member.binding().driver().filter(name -> name.equals("vfio-pci")).isPresent());
        Choice usual = usual();
        boolean withoutPassThrough = places.stream().anyMatch(place -> units.withoutPassThrough(place.at()));
        if (usual.type.equals(Optional.of(DomainType.IDENTITY)) && withoutPassThrough && kernel.atLeast(6, 12)) {
            Choice translated = translated();
            return new Choice(translated.type, "Its unit has no pass-through, and since 6.12 such devices are translated.");
        }
        boolean graphics = asked.graphicsExcluded().state() == Setting.State.YES && members.stream().anyMatch(FunctionFacts::graphics);
        if (graphics) {
            return new Choice(Optional.of(DomainType.IDENTITY), "igfx_off, on a unit that serves other devices too.");
        }
        if (kernel.build().isSet(DEBIAN_DEFAULT).orElse(false) && asked.dmaRemapping().token().isEmpty()
                && members.stream().anyMatch(member -> member.graphics() && member.address().bus() == 0 && member.made().vendor().orElse(0) == INTEL)) {
            return new Choice(Optional.of(DomainType.IDENTITY), "This build leaves integrated graphics out unless intel_iommu=on is given.");
        }
        return guest ? new Choice(usual.type, usual.why + " While a guest has it the guest's own mappings are in force.") : usual;
    }

    private Choice usual() {
        return switch (asked.identityByDefault().state()) {
            case YES -> new Choice(Optional.of(DomainType.IDENTITY), asked.identityByDefault().reason());
            case NO -> translated();
            case UNKNOWN -> new Choice(Optional.empty(), asked.identityByDefault().reason());
        };
    }

    /** Strict and lazy are types of their own since 5.15 (drivers/iommu/iommu.c, IOMMU_DOMAIN_DMA_FQ). */
    private Choice translated() {
        if (kernel.version().isPresent() && !kernel.atLeast(5, 15)) {
            return new Choice(Optional.of(DomainType.DMA), asked.strictInvalidation().reason());
        }
        if (units.cachingMode()) {
            return new Choice(Optional.of(DomainType.DMA), "A unit in caching mode (an emulated one) makes the kernel flush at every unmap.");
        }
        return switch (asked.strictInvalidation().state()) {
            case YES -> new Choice(Optional.of(DomainType.DMA), asked.strictInvalidation().reason());
            case NO -> new Choice(Optional.of(DomainType.DMA_FQ), asked.strictInvalidation().reason());
            case UNKNOWN -> new Choice(Optional.empty(), asked.strictInvalidation().reason());
        };
    }

    /** The unit that covers an address, as the table says. */
    static OptionalLong baseOf(Optional<DmarCoverage> coverage, Sbdf address) {
        return coverage.flatMap(known -> known.unitOf(address)).map(DmarStructure.Drhd::base).map(OptionalLong::of).orElse(OptionalLong.empty());
    }
}
