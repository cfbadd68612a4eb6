package dev.dmarshal.lab.model;

import dev.dmarshal.core.unit.CacheSizes;
import dev.dmarshal.core.unit.RemappedInterrupt;
import dev.dmarshal.core.unit.RemappingUnit;
import dev.dmarshal.core.unit.Request;
import dev.dmarshal.core.unit.Translation;
import dev.dmarshal.core.unit.WalkTrace;
import dev.dmarshal.core.vtd.UnitCapabilities;
import dev.dmarshal.lab.compare.EntryUse;
import dev.dmarshal.lab.compare.Way;
import dev.dmarshal.lab.scenario.Bait;
import dev.dmarshal.lab.scenario.Observation.Delivery;
import dev.dmarshal.lab.scenario.Registers;
import dev.dmarshal.lab.scenario.Step;
import dev.dmarshal.lab.scenario.Transfer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the tables say to a request, now or by entries that a cache may still hold: asked of a unit without caches, beside the one under test. */
final class TableTruth {

    private static final int SET_ROOT = 1 << 30;
    private static final int ENABLE_TRANSLATION = 1 << 31;
    /** More rules than one walk can break that QEMU does not check. */
    private static final int MOST_LIFTED = 6;

    private final ChosenMemory memory;
    private final RemappingUnit unit;
    private final List<Bait> baits;

    /** {@code baits} is the caller's list, which may grow. */
    TableTruth(UnitCapabilities capabilities, MachineMemory machine, List<Bait> baits) {
        this.memory = new ChosenMemory(machine);
        this.unit = RemappingUnit.builder(capabilities, memory).caches(CacheSizes.NONE).build();
        this.baits = baits;
    }

    /** Every way that a request can go by what the tables have held since that step; that by the tables as they are comes first. */
    List<Way> ways(int sourceId, long iova, boolean write, int since, List<Long> roots, boolean enabled) {
        List<Way> ways = new ArrayList<>();
        for (long root : roots) {
            unit.reset();
            unit.write64(Registers.RTADDR, root);
            unit.write32(Registers.GCMD, SET_ROOT);
            unit.write32(Registers.GCMD, enabled ? ENABLE_TRANSLATION : 0);
            memory.start(since);
            do {
                ways.add(way(sourceId, iova, write, 0));
            } while (memory.next());
        }
        return ways;
    }

    /** One way, and how it goes on without the rules that QEMU does not check; each is lifted once. */
    private Way way(int sourceId, long iova, boolean write, int lifted) {
        WalkTrace trace = unit.trace(sourceId, iova, write ? Request.WRITE : Request.READ, 0);
        Transfer transfer = transfer(trace.outcome(), iova, write);
        Optional<Leniency> leniency = lifted < MOST_LIFTED ? Leniency.of(trace) : Optional.empty();
        return new Way(transfer, trace, leniency.map(rule -> {
            memory.write64(rule.address(), rule.value());
            return new Way.Relaxed(rule.row(), way(sourceId, iova, write, lifted + 1));
        }));
    }

    /** Every way that an interrupt can go by what the table has held since that step; that by the table as it is comes first. */
    List<EntryUse> uses(Step.Interrupt sent, int since, long tablePointer, boolean enabled) {
        List<EntryUse> uses = new ArrayList<>();
        InterruptTruth truth = new InterruptTruth(unit, memory, sent, tablePointer, enabled);
        memory.start(since);
        do {
            uses.add(truth.use());
        } while (memory.next());
        return uses;
    }

    /** What an interrupt's outcome is in a scenario. */
    static Delivery delivery(RemappedInterrupt out) {
        return switch (out.outcome()) {
            case PASSED -> new Delivery.Passed((int) out.address(), out.value());
            case REMAPPED -> Delivery.Remapped.of(out.address(), out.value());
            case NONE, POSTED, BLOCKED -> new Delivery.Dropped();
        };
    }

    private Transfer transfer(Translation outcome, long iova, boolean write) {
        return switch (outcome.outcome()) {
            case BLOCKED -> blocked(outcome, iova);
            case INTERRUPT -> new Transfer.Unseen();
            case TRANSLATED -> {
                long at = outcome.address() - (write ? iova & Bait.SLOT_OFFSET : 0);
                yield baits.stream().filter(bait -> bait.address() == at).findFirst().<Transfer>map(Transfer.Reached::new).orElseGet(Transfer.Unseen::new);
            }
        };
    }

    private static Transfer blocked(Translation outcome, long iova) {
        if (outcome.reasonCode() == 0) {
            return new Transfer.Unseen();
        }
        return outcome.recorded() ? new Transfer.Blocked(outcome.reasonCode(), iova & ~0xfffL) : new Transfer.BlockedQuietly();
    }
}
