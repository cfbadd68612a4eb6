package dev.dmarshal.lab.qtest;

import dev.dmarshal.lab.scenario.Bait;
import dev.dmarshal.lab.scenario.FaultStatus;
import dev.dmarshal.lab.scenario.Observation;
import dev.dmarshal.lab.scenario.Registers;
import dev.dmarshal.lab.scenario.Step;
import dev.dmarshal.lab.scenario.Transfer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.function.Supplier;

/**
 * Makes QEMU's cards do one access each. All of it is requests in a batch; what happened is read from the answers when the batch has been sent.
 *
 * <p>Register numbers are those of the cards' data sheets (Intel 8254x, Realtek 8139C+) and of QEMU's {@code docs/specs/edu}.
 */
final class DeviceDriver {

    private static final int TCTL = 0x400;
    private static final int TDBAL = 0x3800;
    private static final int TDBAH = 0x3804;
    private static final int TDLEN = 0x3808;
    private static final int TDH = 0x3810;
    private static final int TDT = 0x3818;
    private static final int GOTCL = 0x4090;
    private static final int GOTCH = 0x4094;
    private static final int TCTL_ENABLE = 2;
    private static final int RING_BYTES = 128;

    private static final int TALLY_ADDRESS_LOW = 0x10;
    private static final int TALLY_ADDRESS_HIGH = 0x14;
    private static final int TALLY_DUMP = 8;
    private static final int CPLUS_COMMAND = 0xe0;

    private static final int EDU_RAISE = 0x60;
    private static final int EDU_ACKNOWLEDGE = 0x64;
    private static final int EDU_MSI = 0x40;

    /** QEMU traces each 4 bytes of a blocked access by itself: up to 5 accesses of an E1000 and 18 of an RTL8139, 75 to 95 bytes each, and some warnings. */
    private static final int READ_TRACE_BYTES = 800;
    private static final int WRITE_TRACE_BYTES = 2200;
    private static final int INTERRUPT_TRACE_BYTES = 400;

    private final Batch batch;
    private final List<Bait> baits;

    /** Adds to {@code batch}; {@code baits} is the caller's list of what is laid, which may grow. */
    DeviceDriver(Batch batch, List<Bait> baits) {
        this.batch = batch;
        this.baits = baits;
    }

    /** Switches on what stays on between accesses. */
    static void bringUp(Batch batch) {
        for (Seat seat : Seat.all()) {
            switch (seat.requester().kind()) {
                case E1000 -> {
                    batch.writel(seat.bar() + TCTL, TCTL_ENABLE);
                    batch.writel(seat.bar() + TDLEN, RING_BYTES);
                }
                case RTL8139 -> batch.writew(seat.bar() + CPLUS_COMMAND, 0);
                case EDU -> seat.write16(batch, EDU_MSI + 2, 1);
            }
        }
    }

    /** Writes a bait's bytes to memory. */
    void lay(Bait bait) {
        arm(bait, false);
        batch.memset(bait.address() + Bait.SLOT_OFFSET, Bait.SIZE_BYTES - Bait.SLOT_OFFSET, (int) Bait.SLOT_PATTERN);
    }

    /** An E1000 fetches a descriptor, and writes it back if it is a bait's and the step asks for that. */
    Supplier<Observation> read(int index, Step.Probe probe) {
        boolean report = probe.access() == Step.Access.READ_WRITE;
        List<Bait> candidates = fitting(probe.iova());
        candidates.forEach(bait -> arm(bait, report));
        long bar = Seat.of(probe.requester()).bar();
        batch.writel(bar + TDBAL, (int) probe.iova());
        batch.writel(bar + TDBAH, (int) (probe.iova() >>> 32));
        batch.writel(bar + TDH, 0);
        Answer kick = batch.writel(bar + TDT, 1).printing(READ_TRACE_BYTES);
        Answer octets = batch.readl(bar + GOTCL);
        batch.readl(bar + GOTCH);
        Map<Bait, Answer> after = new HashMap<>();
        if (report) {
            candidates.forEach(bait -> after.put(bait, batch.readq(bait.address() + 8)));
        }
        Supplier<FaultStatus> faults = faults();
        int source = probe.requester().sourceId().value();
        return () -> {
            int number = (int) octets.value() / Bait.LENGTH_UNIT;
            Optional<Bait> met = baits.stream().filter(bait -> bait.number() == number).findFirst();
            Transfer read = met.<Transfer>map(Transfer.Reached::new).orElseGet(() -> blocked(kick, source, false));
            Transfer write = report && met.isPresent()
                    ? changed(after, word -> (word & Bait.DONE) != 0).orElseGet(() -> blocked(kick, source, true))
                    : new Transfer.NotTried();
            return new Observation.Dma(index, read, write, faults.get());
        };
    }

    /** An RTL8139 dumps its counters. */
    Supplier<Observation> write(int index, Step.Probe probe) {
        List<Bait> candidates = fitting(probe.iova());
        candidates.forEach(bait -> batch.memset(bait.address() + Bait.SLOT_OFFSET, Bait.SIZE_BYTES - Bait.SLOT_OFFSET, (int) Bait.SLOT_PATTERN));
        long bar = Seat.of(probe.requester()).bar();
        batch.writel(bar + TALLY_ADDRESS_HIGH, (int) (probe.iova() >>> 32));
        Answer kick = batch.writel(bar + TALLY_ADDRESS_LOW, (int) probe.iova() | TALLY_DUMP).printing(WRITE_TRACE_BYTES);
        Map<Bait, Answer> after = new HashMap<>();
        candidates.forEach(bait -> after.put(bait, batch.readq(bait.address() + Bait.SLOT_OFFSET)));
        Supplier<FaultStatus> faults = faults();
        int source = probe.requester().sourceId().value();
        return () -> {
            Transfer write = changed(after, word -> word == 0).orElseGet(() -> blocked(kick, source, true));
            return new Observation.Dma(index, new Transfer.NotTried(), write, faults.get());
        };
    }

    /** An EDU raises its interrupt, as an MSI with the step's message. */
    Supplier<Observation> interrupt(int index, Step.Interrupt interrupt) {
        Seat seat = Seat.of(interrupt.requester());
        seat.write32(batch, EDU_MSI + 4, interrupt.address());
        seat.write32(batch, EDU_MSI + 8, 0);
        seat.write16(batch, EDU_MSI + 12, interrupt.data());
        Answer raise = batch.writel(seat.bar() + EDU_RAISE, 1).printing(INTERRUPT_TRACE_BYTES);
        batch.writel(seat.bar() + EDU_ACKNOWLEDGE, 1);
        Supplier<FaultStatus> faults = faults();
        return () -> new Observation.Signal(index, Trace.delivery(raise.notes()), faults.get());
    }

    /** Reads the fault registers. */
    Supplier<FaultStatus> faults() {
        Answer status = batch.readl(Registers.BASE + Registers.FSTS);
        Answer low = batch.readq(Registers.BASE + Registers.FRCD_LOW);
        Answer high = batch.readq(Registers.BASE + Registers.FRCD_HIGH);
        return () -> FaultStatus.of((int) status.value(), low.value(), high.value());
    }

    /** Writes a bait's descriptor. */
    void arm(Bait bait, boolean report) {
        batch.writeq(bait.address(), bait.firstWord());
        batch.writeq(bait.address() + 8, bait.secondWord(report));
    }

    private List<Bait> fitting(long iova) {
        List<Bait> fitting = new ArrayList<>();
        for (Bait bait : baits) {
            if (bait.fits(iova)) {
                fitting.add(bait);
            }
        }
        return fitting;
    }

    private static Transfer blocked(Answer kick, int source, boolean write) {
        return Trace.fault(kick.notes(), source, write)
                .orElseGet(() -> Trace.quiet(kick.notes()) ? new Transfer.BlockedQuietly() : new Transfer.Unseen());
    }

    private static Optional<Transfer> changed(Map<Bait, Answer> after, LongPredicate mark) {
        for (Map.Entry<Bait, Answer> entry : after.entrySet()) {
            if (mark.test(entry.getValue().value())) {
                return Optional.of(new Transfer.Reached(entry.getKey()));
            }
        }
        return Optional.empty();
    }
}
