package dev.dmarshal.doctor.policy;

import dev.dmarshal.core.acpi.DmarStructure;
import dev.dmarshal.core.acpi.DmarTable;
import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.vtd.Capability;
import dev.dmarshal.core.vtd.ExtendedCapability;
import dev.dmarshal.core.vtd.UnitCapabilities;
import dev.dmarshal.doctor.twin.TableMode;
import dev.dmarshal.host.params.InForce;
import dev.dmarshal.host.params.Setting;
import dev.dmarshal.host.survey.DmarCoverage;
import dev.dmarshal.host.survey.UnitFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** How Linux uses the units: which are left off, in which mode, through which stage. */
final class UnitPlanner {

    private static final int DEFAULT_HOST_BITS = 46;
    private static final List<BitField> DECIDE_TABLES = List.of(ExtendedCapability.PASS_THROUGH, ExtendedCapability.INTERRUPT_REMAPPING,
            ExtendedCapability.QUEUED_INVALIDATION, ExtendedCapability.SCALABLE_MODE, ExtendedCapability.SECOND_STAGE, ExtendedCapability.FIRST_STAGE);

    private final Situation situation;
    private final KernelFacts kernel;
    private final InForce asked;
    private final Optional<DmarTable> table;
    private final Optional<DmarCoverage> coverage;
    private final List<String> notes;

    UnitPlanner(Situation situation, KernelFacts kernel, InForce asked, Optional<DmarTable> table, Optional<DmarCoverage> coverage, List<String> notes) {
        this.situation = situation;
        this.kernel = kernel;
        this.asked = asked;
        this.table = table;
        this.coverage = coverage;
        this.notes = notes;
    }

    List<UnitPlan> plans(boolean on) {
        boolean scalable = scalable();
        List<UnitPlan> plans = new ArrayList<>();
        for (DmarStructure.Drhd unit : table.map(DmarTable::drhds).orElse(List.of())) {
            plans.add(plan(OptionalLong.of(unit.base()), unit.segment(), on && !graphicsAlone(unit), scalable));
        }
        if (table.isEmpty()) {
            plans.add(plan(OptionalLong.empty(), 0, on, scalable));
        }
        return plans;
    }

    private UnitPlan plan(OptionalLong base, int segment, boolean on, boolean scalable) {
        Optional<UnitFacts> facts = facts(base);
        Optional<UnitCapabilities> known = facts.flatMap(this::capabilities);
        TableMode mode = !scalable || known.isEmpty() ? TableMode.LEGACY : firstStage(known.get()) ? TableMode.SCALABLE_FIRST_STAGE
                : TableMode.SCALABLE_SECOND_STAGE;
        return new UnitPlan(base, segment, on, mode, known.orElseGet(UnitPlanner::plain), known.isPresent());
    }

    /** A unit of which nothing is known. */
    static UnitCapabilities plain() {
        return UnitCapabilities.builder().with(Capability.ADDRESS_WIDTHS, 0b00110)
                .withExtended(ExtendedCapability.PASS_THROUGH, ExtendedCapability.INTERRUPT_REMAPPING, ExtendedCapability.QUEUED_INVALIDATION).build();
    }

    /** Firmware and emulators report words that contradict themselves; then the unit counts as not measured. */
    private Optional<UnitCapabilities> capabilities(UnitFacts facts) {
        if (facts.cap().isEmpty() || facts.ecap().isEmpty()) {
            return Optional.empty();
        }
        int bits = table.filter(DmarTable::hasFields).map(DmarTable::hostAddressBits).filter(width -> width >= 32 && width <= 52).orElse(DEFAULT_HOST_BITS);
        try {
            return Optional.of(new UnitCapabilities(facts.cap().getAsLong(), facts.ecap().getAsLong(), Math.max(bits, DEFAULT_HOST_BITS)).toBuilder().build());
        } catch (IllegalArgumentException e) {
            notes.add("unit " + facts.name() + ": " + e.getMessage() + "; a plain unit of the same widths and stages stands in for it");
            return reduced(facts.cap().getAsLong(), facts.ecap().getAsLong());
        }
    }

    /** What decides the form of the tables, out of words that contradict themselves elsewhere (QEMU 10 with x-scalable-mode=on says SRS without PASID). */
    private static Optional<UnitCapabilities> reduced(long cap, long ecap) {
        UnitCapabilities.Builder unit = UnitCapabilities.builder().with(Capability.ADDRESS_WIDTHS, Capability.ADDRESS_WIDTHS.get(cap));
        DECIDE_TABLES.stream().filter(bit -> bit.isSet(ecap)).forEach(unit::withExtended);
        try {
            return Optional.of(unit.build());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Optional<UnitFacts> facts(OptionalLong base) {
        List<UnitFacts> all = situation.survey().remapping().units();
        return all.stream().filter(unit -> base.isPresent() && unit.address().equals(base)).findFirst()
                .or(() -> all.size() == 1 && (base.isEmpty() || table.map(DmarTable::drhds).orElse(List.of()).size() == 1) ? Optional.of(all.getFirst())
                        : Optional.empty());
    }

    /** intel_iommu=sm_on and sm_off, else the build; and only where every unit can (drivers/iommu/intel/iommu.c, sm_supported). */
    private boolean scalable() {
        boolean wanted = kernel.lastWord("intel_iommu", "sm_on", "sm_off").map("sm_on"::equals)
                .orElseGet(() -> kernel.build().isSet("CONFIG_INTEL_IOMMU_SCALABLE_MODE_DEFAULT_ON").orElse(false));
        List<UnitFacts> units = situation.survey().remapping().units();
        return wanted && !units.isEmpty() && units.stream().allMatch(unit -> has(unit, ExtendedCapability.SCALABLE_MODE));
    }

    private static boolean has(UnitFacts unit, BitField bit) {
        return unit.ecap().isPresent() && bit.isSet(unit.ecap().getAsLong());
    }

    /** domain_use_first_level: what has a first stage uses it for the kernel's own domains; since 5.6. */
    private boolean firstStage(UnitCapabilities unit) {
        return unit.hasExtended(ExtendedCapability.FIRST_STAGE) && (kernel.version().isEmpty() || kernel.atLeast(5, 6));
    }

    /** CAP.CM of any unit: an emulated one (drivers/iommu/intel/iommu.c, intel_iommu_init, since 5.11). */
    boolean cachingMode() {
        return situation.survey().remapping().units().stream().anyMatch(unit -> unit.cap().isPresent() && Capability.CACHING_MODE.isSet(unit.cap()
                .getAsLong()));
    }

    /** Whether the unit of a function is known to lack pass-through. */
    boolean withoutPassThrough(Sbdf address) {
        return facts(LinuxPolicy.baseOf(coverage, address)).filter(unit -> unit.ecap().isPresent() && !has(unit, ExtendedCapability.PASS_THROUGH)).isPresent();
    }

    /** Whether a function is under a unit that is left off with igfx_off. */
    boolean leftOut(Situation.Placed function) {
        return coverage.flatMap(known -> known.unitOf(function.at())).filter(this::graphicsAlone).isPresent();
    }

    /** init_no_remapping_devices: a unit whose scopes name graphics only is ignored when igfx_off is given. */
    private boolean graphicsAlone(DmarStructure.Drhd unit) {
        if (asked.graphicsExcluded().state() != Setting.State.YES || unit.includePciAll() || coverage.isEmpty()) {
            return false;
        }
        List<Sbdf> under = situation.tree().functions().stream().map(function -> function.address())
                .filter(address -> coverage.get().unitOf(address).filter(unit::equals).isPresent()).toList();
        return !under.isEmpty() && under.stream().allMatch(address -> situation.function(address).filter(place -> place.facts().graphics()).isPresent());
    }
}
