package dev.dmarshal.lab.qtest;

import dev.dmarshal.lab.scenario.Bait;
import dev.dmarshal.lab.scenario.FaultStatus;
import dev.dmarshal.lab.scenario.Observation;
import dev.dmarshal.lab.scenario.Step;
import dev.dmarshal.lab.scenario.Transfer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** One copy by an EDU device, in a group that runs at the same time: each half takes the device 100 ms. */
final class CopyRun {

    private static final int SOURCE = 0x80;
    private static final int DESTINATION = 0x88;
    private static final int COUNT = 0x90;
    private static final int COMMAND = 0x98;
    private static final int START_READ = 1;
    private static final int START_WRITE = 3;
    private static final long BUFFER = 0x40000;
    private static final long PATIENCE_NANOS = 20_000_000_000L;
    private static final long PAUSE_MILLIS = 5;

    private final int index;
    private final Step.Copy copy;
    private final long bar;
    private final List<Bait> targets = new ArrayList<>();
    private final Map<Bait, Answer> firstWords = new HashMap<>();
    private final Map<Bait, Answer> secondWords = new HashMap<>();
    private final List<String> notes = new ArrayList<>();
    private Supplier<FaultStatus> faults;

    CopyRun(int index, Step.Copy copy, List<Bait> baits) {
        this.index = index;
        this.copy = copy;
        this.bar = Seat.of(copy.requester()).bar();
        for (Bait bait : baits) {
            if (bait.fits(copy.to())) {
                targets.add(bait);
            }
        }
    }

    /** Runs the group to its end; what is in {@code batch} goes first. */
    static void runAll(Batch batch, List<CopyRun> group, DeviceDriver driver) {
        group.forEach(run -> run.targets.forEach(driver::lay));
        List<String> notes = new ArrayList<>();
        group.forEach(run -> run.start(batch, run.copy.from(), BUFFER, START_READ));
        await(batch, group, notes);
        group.forEach(run -> run.start(batch, BUFFER, run.copy.to(), START_WRITE));
        await(batch, group, notes);
        Supplier<FaultStatus> faults = driver.faults();
        group.forEach(run -> run.collect(batch, notes, faults));
    }

    Observation observation() {
        int source = copy.requester().sourceId().value();
        Transfer read = Trace.fault(notes, source, false).orElseGet(Transfer.Unseen::new);
        Optional<Transfer> blocked = Trace.fault(notes, source, true);
        if (blocked.isPresent()) {
            // Whatever changed a bait at that address, it was another copy of the group.
            return new Observation.Copied(index, read, blocked.get(), Optional.empty(), faults.get());
        }
        for (Map.Entry<Bait, Answer> entry : firstWords.entrySet()) {
            if (entry.getValue().value() != Bait.SLOT_PATTERN) {
                int number = (int) (secondWords.get(entry.getKey()).value() >>> 48);
                return new Observation.Copied(index, read, new Transfer.Reached(entry.getKey()),
                        number == 0 ? Optional.empty() : Optional.of(number), faults.get());
            }
        }
        return new Observation.Copied(index, read, new Transfer.Unseen(), Optional.empty(), faults.get());
    }

    private void start(Batch batch, long from, long to, int command) {
        batch.writeq(bar + SOURCE, from);
        batch.writeq(bar + DESTINATION, to);
        batch.writeq(bar + COUNT, copy.size());
        batch.writel(bar + COMMAND, command);
    }

    private void collect(Batch batch, List<String> printed, Supplier<FaultStatus> status) {
        notes.addAll(printed);
        faults = status;
        for (Bait bait : targets) {
            firstWords.put(bait, batch.readq(bait.address() + Bait.SLOT_OFFSET));
            secondWords.put(bait, batch.readq(bait.address() + Bait.SLOT_OFFSET + 8));
        }
    }

    private static void await(Batch batch, List<CopyRun> group, List<String> notes) {
        batch.send();
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        boolean busy = true;
        while (busy) {
            if (System.nanoTime() > deadline) {
                throw new QtestException("an EDU device does not finish its DMA");
            }
            pause();
            List<Answer> states = group.stream().map(run -> batch.readl(run.bar + COMMAND)).toList();
            batch.send();
            busy = false;
            for (Answer state : states) {
                notes.addAll(state.notes());
                busy |= (state.value() & START_READ) != 0;
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QtestException("interrupted while waiting for an EDU device", e);
        }
    }
}
