package dev.dmarshal.doctor.cause.fault;

import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.vtd.FaultReason;
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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Causes that show by the address alone: pointers of processes or of the kernel, addresses with bits cut off, address 0, firmware's low memory, the
 * interrupt window.
 */
public final class DmaAddresses implements Cause {

    /** DMA masks that drivers ask for, from their sources; an address right below another power of two was not given out by Linux for them. */
    private static final Map<String, int[]> MASKS = Masks.table();

    /** Physical addresses have 52 bits at most (Intel SDM, AMD APM), and I/O addresses 57. */
    private static final int MOST_BITS = 57;

    @Override
    public List<Claim> examine(Symptoms symptoms) {
        List<Claim> claims = new ArrayList<>();
        Dma.groups(symptoms).filter(group -> group.lowest().isPresent())
                .forEach(group -> one(symptoms, group).ifPresent(finding -> claims.add(new Claim(finding.build(), List.of(group)))));
        return claims;
    }

    private static Optional<FindingBuilder> one(Symptoms symptoms, FaultGroup group) {
        long address = group.highest().orElseThrow();
        Map<String, String> where = Map.of("address", "0x" + Long.toHexString(address));
        boolean beyond = group.reasonIs(FaultReason.LGN_1, FaultReason.SGN_5, FaultReason.SGN_4, FaultReason.SGN_1);
        if (Dma.any(group, AddressOrigin.KERNEL_VIRTUAL)) {
            return Optional.of(Dma.begin("kernel-virtual-address", Confidence.LIKELY, symptoms, group, where)
                    .evidence(Seen.faults("The address is a kernel pointer.", group)));
        }
        if (Dma.any(group, AddressOrigin.USER_SPACE) && !Dma.assigned(symptoms, group)) {
            FindingBuilder finding = Dma.begin("user-space-address", Confidence.LIKELY, symptoms, group, where)
                    .evidence(Seen.faults("The address is a process's.", group));
            Trail.near(symptoms, group, Clue.USER_DRIVER).ifPresent(line -> finding.evidence(Seen.line("A user-space driver is at work.", line)));
            return Optional.of(finding);
        }
        if (address >>> MOST_BITS != 0 && !group.dialect().xen()) {
            return Optional.of(Dma.begin("impossible-address", Confidence.POSSIBLE, symptoms, group, where)
                    .evidence(Seen.faults("No memory and no mapping can be there.", group)));
        }
        Optional<FindingBuilder> truncated = truncated(symptoms, group);
        if (truncated.isPresent()) {
            return truncated;
        }
        if (beyond) {
            return Optional.of(Dma.begin("address-beyond-width", Confidence.POSSIBLE, symptoms, group, where)
                    .evidence(Seen.faults("The unit stopped at the address itself.", group)));
        }
        if (Dma.all(group, AddressOrigin.INTERRUPT) && group.dialect().vtd()) {
            return Optional.of(Dma.begin("interrupt-address-as-memory", Confidence.POSSIBLE, symptoms, group)
                    .evidence(Seen.faults("DMA at the interrupt address.", group)));
        }
        if (Dma.all(group, AddressOrigin.ZERO)) {
            return zero(symptoms, group);
        }
        return low(symptoms, group);
    }

    /** Right below a power of two that is no mask of the driver (if its masks are known) or of any driver. */
    private static Optional<FindingBuilder> truncated(Symptoms symptoms, FaultGroup group) {
        OptionalInt top = AddressOrigin.topOf(group.highest().orElseThrow());
        if (top.isEmpty() || !Dma.pageMissing(group) || Dma.assigned(symptoms, group)) {
            return Optional.empty();
        }
        Optional<int[]> masks = Dma.driver(symptoms, group).map(MASKS::get);
        boolean known = masks.isPresent();
        boolean odd = known ? Arrays.stream(masks.get()).noneMatch(mask -> mask == top.getAsInt()) && top.getAsInt() < 47
                : AddressOrigin.of(group.highest().orElseThrow()) == AddressOrigin.ODD_TOP;
        if (!odd) {
            return Optional.empty();
        }
        String what = "addresses end right below 2^" + top.getAsInt();
        FindingBuilder finding = Dma.begin("address-truncated", known ? Confidence.LIKELY : Confidence.POSSIBLE, symptoms, group, Map.of("what", what))
                .evidence(Seen.faults("The addresses look like the low " + top.getAsInt() + " bits of higher ones.", group));
        return Optional.of(finding);
    }

    private static Optional<FindingBuilder> zero(Symptoms symptoms, FaultGroup group) {
        Optional<LogMessage> stop = Trail.near(symptoms, group, Clue.TEARDOWN).or(() -> Trail.near(symptoms, group, Clue.SLEEP));
        if (Dma.tablesMissing(group)) {
            return Optional.empty();
        }
        if (stop.isPresent()) {
            return Optional.of(Dma.begin("cleared-registers", Confidence.LIKELY, symptoms, group)
                    .evidence(Seen.line("The device was being stopped.", stop.get()))
                    .evidence(Seen.faults("Around that it used address 0.", group)));
        }
        // The host bridge has neither a driver nor rings.
        boolean bridge = group.device().filter(device -> device.bus() == 0 && device.device() == 0).isPresent();
        boolean host = !Dma.assigned(symptoms, group) && !group.dialect().xen() && !bridge;
        return host ? Optional.of(Dma.begin("address-zero", Confidence.POSSIBLE, symptoms, group)
                .evidence(Seen.faults("Address 0 is never given out.", group))) : Optional.empty();
    }

    private static Optional<FindingBuilder> low(Symptoms symptoms, FaultGroup group) {
        boolean firmware = group.device().filter(device -> device.bus() == 0).isPresent() && Dma.all(group, AddressOrigin.LOW)
                && !Dma.assigned(symptoms, group);
        return firmware && group.dialect().vtd() ? Optional.of(Dma.begin("low-memory-legacy", Confidence.POSSIBLE, symptoms, group)
                .evidence(Seen.faults("An integrated device uses memory below 1 MiB.", group))) : Optional.empty();
    }
}
