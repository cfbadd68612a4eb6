package dev.dmarshal.doctor.assign;

import dev.dmarshal.host.survey.FunctionFacts;
import dev.dmarshal.host.survey.Region;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** A function's address ranges: pages of their own, and an address at all. How far they reach is {@link WidthCheck}'s subject. */
final class RegionCheck implements Check {

    private final Optional<XenBehaviour> xen;

    RegionCheck(Optional<XenBehaviour> xen) {
        this.xen = xen;
    }

    @Override
    public void examine(FunctionFacts function, Reasons reasons) {
        if (function.carriesOthers()) {
            return;
        }
        Supplier<String> evidence = Words.file(function, "resource");
        if (function.regions().isEmpty()) {
            reasons.unmeasured(Subject.REGIONS, xen.isPresent() ? Weight.BLOCKS : Weight.COSTS, "Its address ranges were not measured.", evidence);
            return;
        }
        alignment(memory(function.regions().get()), evidence, reasons);
    }

    /** What a guest sees as memory: VFIO maps no expansion ROM. */
    static List<Region> memory(List<Region> regions) {
        return regions.stream().filter(region -> region.memory() && region.index() != Region.ROM).toList();
    }

    private void alignment(List<Region> memory, Supplier<String> evidence, Reasons reasons) {
        List<String> homeless = memory.stream().filter(region -> !region.assigned()).map(Region::name).toList();
        List<String> crooked = memory.stream().filter(region -> region.assigned() && !region.pageAligned()).map(Region::name).toList();
        List<String> small = memory.stream().filter(region -> region.assigned() && region.pageAligned() && !region.wholePages()).map(Region::name).toList();
        if (!homeless.isEmpty()) {
            reasons.fail(Subject.REGIONS, Weight.COSTS, () -> Words.some(homeless) + " has no address: firmware and kernel found no room for it.", evidence);
        }
        if (!crooked.isEmpty()) {
            // xm refuses such a device; xl, alone since 4.5, does not ask.
            boolean refused = xen.filter(behaviour -> behaviour.before(4, 5)).isPresent();
            reasons.fail(Subject.REGIONS, refused ? Weight.BLOCKS : Weight.COSTS, () -> Words.some(crooked)
                    + " does not begin at a page: others may lie in the same page" + xen.map(behaviour -> ". The HowTo's tools ask for pages. "
                    + behaviour.words(XenBehaviour.Topic.ALIGNMENT)) .orElse(", so the guest reaches it only by traps, which is slow.")
                    + " pci=resource_alignment= can move it.", evidence);
        }
        if (!small.isEmpty()) {
            reasons.pass(Subject.REGIONS, () -> Words.some(small) + " is smaller than a page: mapped only if nothing else is in that page.", evidence);
        }
        if (homeless.isEmpty() && crooked.isEmpty() && small.isEmpty()) {
            reasons.pass(Subject.REGIONS, () -> memory.isEmpty() ? "It has no memory ranges." : "Its memory ranges are whole pages.", evidence);
        }
    }
}
