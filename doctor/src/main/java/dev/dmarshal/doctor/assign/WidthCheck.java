package dev.dmarshal.doctor.assign;

import dev.dmarshal.host.survey.DmarCoverage;
import dev.dmarshal.host.survey.FunctionFacts;
import dev.dmarshal.host.survey.HostSurvey;
import dev.dmarshal.host.survey.Region;
import dev.dmarshal.host.survey.RemappingFacts;
import dev.dmarshal.host.survey.UnitFacts;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * Whether addresses fit where they have to go. Two kinds of address of one range are held to different widths:
 *
 * <ul>
 * <li>The <em>host's</em> address of a BAR is what VFIO writes into the unit's tables when it maps the BAR for other devices of the same guest
 * (drivers/vfio/vfio_iommu_type1.c maps whatever a guest's memory consists of, {@code follow_fault_pfn}). Table entries have no address bits at or
 * above the host
 * address width that the DMAR table states; they are reserved, and checked (VT-d 9.8, fault reason 0Ch). Linux does not compare: it lets entries have 52 bits
 * (drivers/iommu/intel/iommu.c, {@code hw_max_oasz_lg2}).
 * <li>The <em>guest's</em> address of a BAR is the input address. It is held to the smaller of CAP.MGAW and the widest table of CAP.SAGAW: VFIO refuses a
 * mapping above that ({@code vfio_iommu_iova_dma_valid}). Where the guest puts 64-bit BARs follows from the width that its processor shows.
 * </ul>
 */
final class WidthCheck implements Check {

    private static final long LARGE = 256L << 20;
    private static final int LOW_BITS = 32;

    private final RemappingFacts remapping;
    private final Optional<DmarCoverage> coverage;
    private final OptionalInt hostBits;
    private final boolean xen;

    WidthCheck(HostSurvey survey, Optional<DmarCoverage> coverage, Optional<XenBehaviour> xen) {
        this.remapping = survey.remapping();
        this.coverage = coverage;
        this.hostBits = remapping.hostAddressBits();
        this.xen = xen.isPresent();
    }

    @Override
    public void examine(FunctionFacts function, Reasons reasons) {
        if (function.carriesOthers() || function.regions().isEmpty()) {
            return;
        }
        Supplier<String> evidence = Words.file(function, "resource");
        List<Region> memory = RegionCheck.memory(function.regions().get());
        Optional<Region> highest = memory.stream().filter(Region::assigned).max(Comparator.comparingInt(Region::addressBits));
        highest.ifPresent(region -> hostSide(region, evidence, reasons));
        Optional<Region> largest = memory.stream().max(Comparator.comparingLong(Region::sizeBytes));
        if (largest.filter(region -> region.sizeBytes() >= LARGE).isPresent()) {
            reasons.pass(Subject.WIDTH, () -> largest.get().name() + " has " + (largest.get().sizeBytes() >>> 20) + " MiB: the guest's firmware needs a"
                    + " 64-bit window for it.", evidence);
        }
        if (memory.stream().anyMatch(Region::wide)) {
            guestSide(function, largest.orElseThrow(), reasons);
        }
    }

    private void hostSide(Region highest, Supplier<String> evidence, Reasons reasons) {
        int bits = highest.addressBits();
        if (bits <= LOW_BITS) {
            reasons.pass(Subject.WIDTH, "Its address ranges lie below 4 GiB, where every unit's tables can point.", evidence);
            return;
        }
        OptionalInt processor = remapping.physicalBits();
        if (processor.isPresent() && bits > processor.getAsInt()) {
            reasons.fail(Subject.WIDTH, Weight.BLOCKS, () -> ends(highest) + ", which takes " + bits + " bits; the processor has " + processor.getAsInt()
                    + ", so neither the host nor a guest can reach it.", () -> "/proc/cpuinfo");
        } else if (hostBits.isEmpty()) {
            reasons.unmeasured(Subject.WIDTH, Weight.NOTES, () -> ends(highest) + ", which takes " + bits
                    + " bits. Whether the unit's tables can point there (host address width) stands in the DMAR table, which "
                    + Words.missing(remapping.dmar()) + ".", () ->
                    remapping.dmar().trouble().orElse(remapping.dmar().path() + " is not there"));
        } else if (bits > hostBits.getAsInt()) {
            reasons.fail(Subject.WIDTH, Weight.COSTS, () -> ends(highest) + ", which takes " + bits + " bits; the unit's tables can point to "
                    + hostBits.getAsInt() + " (host address width of the DMAR table). The guest's processor reaches it. " + (xen ? "DMA to it"
                    : "Linux maps it for DMA all the same and does not compare, but DMA to it")
                    + " from another device of the guest is refused (fault reason 0Ch, reserved bits).", () -> remapping.dmar().path());
        } else {
            reasons.pass(Subject.WIDTH, () -> ends(highest) + ", within the " + hostBits.getAsInt()
                    + " bits to which the unit's tables can point (host address width of the DMAR table).", () -> remapping.dmar().path());
        }
    }

    private static String ends(Region highest) {
        return highest.name() + " ends at 0x" + Long.toHexString(highest.end());
    }

    private void guestSide(FunctionFacts function, Region largest, Reasons reasons) {
        Optional<UnitFacts> unit = unitOf(function);
        OptionalInt processor = remapping.physicalBits();
        if (unit.isEmpty() || processor.isEmpty()) {
            reasons.unmeasured(Subject.WIDTH, Weight.NOTES, () -> "Whether the unit reaches where a guest puts 64-bit ranges was not measured: "
                    + (unit.isEmpty() ? "no unit's capabilities were read." : "the processor's width was not read."), () -> unit.isEmpty()
                    ? "/sys/class/iommu/dmar*/intel-iommu/cap" : "/proc/cpuinfo");
            return;
        }
        Supplier<String> evidence = () -> "/sys/class/iommu/" + unit.get().name() + "/intel-iommu/cap";
        int reach = unit.get().widthBits().getAsInt();
        int width = Math.min(reach, processor.getAsInt());
        // BARs are aligned to their size and memory is at 0, so the largest that fits has half of the space.
        if (Long.compareUnsigned(largest.sizeBytes(), 1L << width - 1) > 0) {
            reasons.fail(Subject.WIDTH, Weight.COSTS, () -> largest.name() + " has " + (largest.sizeBytes() >>> 30)
                    + " GiB, and no guest has room for it within " + width + " bits: " + (reach <= processor.getAsInt() ? unit.get()
                    .name() + " translates no more." : "the processor has no more."), evidence);
        } else if (processor.getAsInt() > reach) {
            reasons.fail(Subject.WIDTH, Weight.COSTS, () -> "The processor has " + processor.getAsInt() + "-bit addresses, " + translates(unit.get())
                    + ": a guest with the host's width puts 64-bit ranges where " + (xen ? "DMA does not reach."
                    : "VFIO cannot map them. Give the guest " + reach + " bits (QEMU: host-phys-bits-limit=" + reach + "; libvirt: maxphysaddr with limit "
                    + reach + ")."), evidence);
        } else {
            reasons.pass(Subject.WIDTH, () -> "The processor has " + processor.getAsInt() + "-bit addresses, " + translates(unit.get())
                    + ": it reaches wherever a guest puts 64-bit ranges.", evidence);
        }
    }

    /** The unit that covers the function; where no table says which that is, the narrowest. */
    private Optional<UnitFacts> unitOf(FunctionFacts function) {
        return coverage.flatMap(cover -> cover.unitOf(function.address())).flatMap(covering -> remapping.unitAt(covering.base()))
                .filter(unit -> unit.widthBits().isPresent()).or(remapping::narrowest);
    }

    private static String translates(UnitFacts unit) {
        return "unit " + unit.name() + " translates " + unit.widthBits().orElseThrow() + " (MGAW " + unit.mostBits().orElseThrow() + ", widest table "
                + unit.tableBits().orElseThrow() + ")";
    }
}
