package dev.dmarshal.doctor.assign;

import dev.dmarshal.host.survey.FunctionFacts;
import dev.dmarshal.host.survey.HostSurvey;
import dev.dmarshal.host.survey.Region;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** A function's address ranges: pages of their own, an address at all, and whether the unit's reach takes them. */
final class RegionCheck implements Check {

    private static final long LARGE = 256L << 20;

    private final HostSurvey survey;
    private final Optional<XenBehaviour> xen;

    RegionCheck(HostSurvey survey, Optional<XenBehaviour> xen) {
        this.survey = survey;
        this.xen = xen;
    }

    @Override
    public void examine(FunctionFacts function, Reasons reasons) {
        if (function.carriesOthers()) {
            return;
        }
        String evidence = Words.folder(function) + "/resource";
        if (function.regions().isEmpty()) {
            reasons.unmeasured(Subject.REGIONS, xen.isPresent() ? Weight.BLOCKS : Weight.COSTS, "Its address ranges were not measured.", evidence);
            return;
        }
        List<Region> memory = function.regions().get().stream().filter(region -> region.memory() && region.index() != Region.ROM).toList();
        alignment(memory, evidence, reasons);
        width(memory, evidence, reasons);
    }

    private void alignment(List<Region> memory, String evidence, Reasons reasons) {
        List<String> homeless = memory.stream().filter(region -> !region.assigned()).map(Region::name).toList();
        List<String> crooked = memory.stream().filter(region -> region.assigned() && !region.pageAligned()).map(Region::name).toList();
        List<String> small = memory.stream().filter(region -> region.assigned() && region.pageAligned() && !region.wholePages()).map(Region::name).toList();
        if (!homeless.isEmpty()) {
            reasons.fail(Subject.REGIONS, Weight.COSTS, Words.some(homeless) + " has no address: firmware and kernel found no room for it.", evidence);
        }
        if (!crooked.isEmpty()) {
            // xm refuses such a device; xl, alone since 4.5, does not ask.
            boolean refused = xen.filter(behaviour -> behaviour.before(4, 5)).isPresent();
            reasons.fail(Subject.REGIONS, refused ? Weight.BLOCKS : Weight.COSTS, Words.some(crooked) + " does not begin at a page: others may lie in the same"
                    + " page" + xen.map(behaviour -> ". The HowTo's tools ask for pages. " + behaviour.words(XenBehaviour.Topic.ALIGNMENT))
                    .orElse(", so the guest reaches it only by traps, which is slow.") + " pci=resource_alignment= can move it.", evidence);
        }
        if (!small.isEmpty()) {
            reasons.pass(Subject.REGIONS, Words.some(small) + " is smaller than a page: mapped only if nothing else is in that page.", evidence);
        }
        if (homeless.isEmpty() && crooked.isEmpty() && small.isEmpty()) {
            reasons.pass(Subject.REGIONS, memory.isEmpty() ? "It has no memory ranges." : "Its memory ranges are whole pages.", evidence);
        }
    }

    private void width(List<Region> memory, String evidence, Reasons reasons) {
        long largest = memory.stream().mapToLong(Region::sizeBytes).max().orElse(0);
        boolean wide = memory.stream().anyMatch(Region::wide);
        OptionalInt reach = survey.remapping().widthBits();
        OptionalInt processor = survey.remapping().physicalBits();
        if (largest >= LARGE) {
            reasons.pass(Subject.WIDTH, "It has a range of " + (largest >>> 20) + " MiB: the guest's firmware needs a 64-bit window for it.", evidence);
        }
        if (!wide) {
            return;
        }
        String units = "/sys/class/iommu/dmar*/intel-iommu/cap";
        if (reach.isEmpty() || processor.isEmpty()) {
            reasons.unmeasured(Subject.WIDTH, Weight.NOTES, "Whether the unit reaches where a guest puts 64-bit ranges was not measured.",
                    reach.isEmpty() ? units : "/proc/cpuinfo");
        } else if (processor.getAsInt() > reach.getAsInt()) {
            reasons.fail(Subject.WIDTH, Weight.COSTS, "The processor has " + processor.getAsInt() + "-bit addresses, the unit translates " + reach.getAsInt()
                    + ": a guest with the host's width puts its 64-bit ranges where they cannot be mapped. Give the guest phys-bits=" + reach.getAsInt()
                    + ".", units);
        } else {
            reasons.pass(Subject.WIDTH, "The unit translates " + reach.getAsInt() + " bits, which reaches all that the processor addresses.", units);
        }
    }
}
