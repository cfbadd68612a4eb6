package dev.dmarshal.doctor.cause.fault;

import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.doctor.cause.Cause;
import dev.dmarshal.doctor.cause.Claim;
import dev.dmarshal.doctor.cause.Clue;
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

/**
 * A working device uses pages at addresses such as Linux gives out and that are not mapped: behind a buffer's end, or of a buffer that was taken back. Asked
 * only about faults that
 * no special cause explains.
 */
public final class DmaBuffers implements Cause {

    private static final long PAGE_OFFSET = 0xfff;

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        List<Claim> claims = new ArrayList<>();
        Dma.groups(symptoms).filter(group -> group.lowest().isPresent() && Dma.pageMissing(group))
                .forEach(group -> one(symptoms, group).ifPresent(finding -> claims.add(new Claim(finding.build(), List.of(group)))));
        return claims;
    }

    private static Optional<FindingBuilder> one(Symptoms symptoms, FaultGroup group) {
        if (group.dialect().xen()) {
            return xen(symptoms, group);
        }
        if (Dma.assigned(symptoms, group)) {
            return Optional.empty();
        }
        if (!Dma.all(group, AddressOrigin.ALLOCATED)) {
            return physical(symptoms, group);
        }
        boolean writes = Dma.writes(group);
        Optional<LogMessage> ring = Trail.near(symptoms, group, Clue.RING);
        Optional<LogMessage> trouble = Trail.near(symptoms, group, Clue.TROUBLE);
        boolean onePage = group.pages().size() == 1;
        // VT-d's drivers report pages, AMD's the address itself: only there the steps show.
        boolean fromPageStart = !group.dialect().vtd() && onePage && (group.lowest().getAsLong() & PAGE_OFFSET) == 0 && group.count() > 1
                && group.highest().getAsLong() != group.lowest().getAsLong();
        if (!writes && fromPageStart) {
            return Optional.of(Dma.begin("prefetch-past-end", trouble.isPresent() ? Confidence.LIKELY : Confidence.POSSIBLE, symptoms, group)
                    .evidence(Seen.faults("Reads from the first byte of an unmapped page on, in small steps.", group)));
        }
        // Trouble before the faults may be their cause; trouble after them is as well their consequence.
        boolean slipped = Trail.before(symptoms, group, Clue.RING).isPresent();
        if (Dma.integratedGraphics(symptoms, group)) {
            return Optional.of(Dma.begin("graphics-erratum", Confidence.POSSIBLE, symptoms, group)
                    .evidence(Seen.faults("Graphics are refused at addresses that Linux gave out.", group)));
        }
        String what = writes && fromPageStart ? "The writes follow each other through a page from its first byte on, as along a ring."
                : "The addresses are such as Linux gives out to drivers, spread over " + (onePage ? "one page." : "several pages.");
        FindingBuilder finding = Dma.begin(writes ? "stale-buffer-write" : "stale-buffer-read", slipped ? Confidence.LIKELY : Confidence.POSSIBLE, symptoms,
                group,
                Map.of("what", what)).evidence(Seen.faults(writes ? "Writes to pages that are not mapped." : "Reads of pages that are not mapped.", group));
        ring.or(() -> trouble).ifPresent(line -> finding.evidence(Seen.line("Around that, device and driver are out of step.", line)));
        return Optional.of(finding);
    }

    /** Plain memory, used by a device whose driver is at work: the driver hands out physical addresses, or maps too little. */
    private static Optional<FindingBuilder> physical(Symptoms symptoms, FaultGroup group) {
        boolean memory = Dma.all(group, AddressOrigin.MEMORY_BELOW_4G) || Dma.all(group, AddressOrigin.HIGH);
        boolean spoken = Dma.driver(symptoms, group).isPresent() || Trail.near(symptoms, group, Clue.RING).isPresent();
        return memory && spoken && !Dma.integratedGraphics(symptoms, group) ? Optional.of(Dma.begin("unmapped-memory-used", Confidence.POSSIBLE, symptoms,
                group)
                .evidence(Seen.faults("The address is where memory is, and its page is not mapped for the device.", group))) : Optional.empty();
    }

    private static Optional<FindingBuilder> xen(Symptoms symptoms, FaultGroup group) {
        boolean memory = Dma.all(group, AddressOrigin.HIGH) || Dma.all(group, AddressOrigin.MEMORY_BELOW_4G);
        boolean dom0 = group.first().domain().orElse(0) == 0 && !Dma.assigned(symptoms, group);
        return memory && dom0 && Dma.writes(group) && group.device().filter(device -> device.bus() != 0).isPresent()
                ? Optional.of(Dma.begin("dom0-memory-not-owned", Confidence.POSSIBLE, symptoms, group)
                        .evidence(Seen.faults("Writes to machine memory that is not mapped for the device.", group)))
                : Optional.empty();
    }
}
