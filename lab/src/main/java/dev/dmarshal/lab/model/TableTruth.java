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
import dev.dmarshal.lab.scenario.Transfer;
import java.util.ArrayList;
import java.util.List;

/** What the tables say to a request, now or by entries that a cache may still hold: asked of a unit without caches, beside the one under test. */
final class TableTruth {

    private static final int SET_ROOT = 1 << 30;
    private static final int SET_INTERRUPT_TABLE = 1 << 24;
    private static final int ENABLE_INTERRUPTS = 1 << 25;
    private static final int ENABLE_TRANSLATION = 1 << 31;

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
                WalkTrace trace = unit.trace(sourceId, iova, write ? Request.WRITE : Request.READ, 0);
                ways.add(new Way(transfer(trace.outcome(), iova, write), trace));
            } while (memory.next());
        }
        return ways;
    }

    /** Every way that an interrupt can go by what the table has held since that step; that by the table as it is comes first. */
    List<EntryUse> uses(int sourceId, int address, int value, int since, long tablePointer, boolean enabled) {
        List<EntryUse> uses = new ArrayList<>();
        RemappedInterrupt out = new RemappedInterrupt();
        memory.start(since);
        do {
            unit.reset();
            unit.write64(Registers.IRTA, tablePointer);
            unit.write32(Registers.GCMD, SET_INTERRUPT_TABLE);
            unit.write32(Registers.GCMD, enabled ? ENABLE_INTERRUPTS : 0);
            unit.remap(sourceId, Integer.toUnsignedLong(address), value, out);
            long entry = (tablePointer & ~0xfffL) + 16L * (out.hasIndex() ? out.index() : 0);
            boolean there = out.hasIndex() && memory.contains(entry, 16);
            int fault = out.outcome() == RemappedInterrupt.Outcome.BLOCKED ? out.faultCode() : 0;
            uses.add(new EntryUse(delivery(out), fault, there ? memory.read64(entry) : 0, there ? memory.read64(entry + 8) : 0));
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
