package dev.dmarshal.lab.model;

import dev.dmarshal.core.unit.RemappedInterrupt;
import dev.dmarshal.core.unit.RemappingUnit;
import dev.dmarshal.core.unit.Request;
import dev.dmarshal.core.unit.Translation;
import dev.dmarshal.lab.scenario.Transfer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How devices reach memory: through the unit. Takes note of what was blocked. Not thread-safe. */
final class DmaPort {

    private static final int PAGE_BYTES = 4096;

    /** A request that was blocked for a reason. */
    private record Blocked(int sourceId, boolean write, int reason, boolean recorded, long address) {
    }

    private final RemappingUnit unit;
    private final MachineMemory memory;
    private final Translation outcome = new Translation();
    private final RemappedInterrupt interrupt = new RemappedInterrupt();
    private final List<Blocked> blocked = new ArrayList<>();

    DmaPort(RemappingUnit unit, MachineMemory memory) {
        this.unit = unit;
        this.memory = memory;
    }

    /** Forgets what was blocked. */
    void begin() {
        blocked.clear();
    }

    /** Reads two words; zeros where the read is blocked or nothing answers. */
    long[] read(int sourceId, long iova) {
        long[] words = new long[2];
        if (translate(sourceId, iova, Request.READ)) {
            for (int i = 0; i < words.length; i++) {
                long at = outcome.address() + 8L * i;
                words[i] = memory.contains(at, 8) ? memory.read64(at) : 0;
            }
        }
        return words;
    }

    /** Reads bytes that nobody looks at. */
    void fetch(int sourceId, long iova, int sizeBytes) {
        long end = iova + sizeBytes;
        for (long at = iova; at < end; at = (at & -PAGE_BYTES) + PAGE_BYTES) {
            translate(sourceId, at, Request.READ);
        }
    }

    /** Writes 64 bits; lost where the write is blocked or nothing answers. */
    void write64(int sourceId, long iova, long value) {
        if (translate(sourceId, iova, Request.WRITE)) {
            if (outcome.outcome() == Translation.Outcome.INTERRUPT) {
                unit.deliver(sourceId, iova, Integer.BYTES, (int) value, interrupt);
                unit.deliver(sourceId, iova + 4, Integer.BYTES, (int) (value >>> 32), interrupt);
            } else if (memory.contains(outcome.address(), 8)) {
                memory.write64(outcome.address(), value);
            }
        }
    }

    /** Writes 32 bits; lost where the write is blocked or nothing answers. */
    void write32(int sourceId, long iova, int value) {
        if (translate(sourceId, iova, Request.WRITE)) {
            if (outcome.outcome() == Translation.Outcome.INTERRUPT) {
                unit.deliver(sourceId, iova, Integer.BYTES, value, interrupt);
            } else if (memory.contains(outcome.address(), 4)) {
                memory.write32(outcome.address(), value);
            }
        }
    }

    /** What became of a direction in which nothing was seen to arrive: the first fault of this requester that is told, or that one was kept quiet. */
    Transfer unanswered(int sourceId, boolean write) {
        Optional<Blocked> told = blocked.stream().filter(each -> each.recorded && each.write == write && each.sourceId == sourceId).findFirst();
        boolean quiet = blocked.stream().anyMatch(each -> !each.recorded);
        return told.<Transfer>map(each -> new Transfer.Blocked(each.reason, each.address & -PAGE_BYTES))
                .orElseGet(() -> quiet ? new Transfer.BlockedQuietly() : new Transfer.Unseen());
    }

    private boolean translate(int sourceId, long iova, int request) {
        boolean passes = unit.translate(sourceId, iova, request, 0, outcome);
        if (!passes && outcome.reasonCode() != 0) {
            blocked.add(new Blocked(sourceId, request == Request.WRITE, outcome.reasonCode(), outcome.recorded(), iova));
        }
        return passes;
    }
}
