package dev.dmarshal.lab.model;

import dev.dmarshal.core.unit.RemappingUnit;
import dev.dmarshal.lab.compare.Evidence;
import dev.dmarshal.lab.compare.Way;
import dev.dmarshal.lab.scenario.Registers;
import dev.dmarshal.lab.scenario.Requester;
import dev.dmarshal.lab.scenario.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Says for each request what the tables say to it, and for a stale one also what entries say that a cache may still hold: those that memory has held since
 * the last time that a request of this function to this page was fresh, or since remapping was enabled.
 */
final class Witness {

    private static final int SET_ROOT = 1 << 30;
    private static final int ENABLE_INTERRUPTS = 1 << 25;
    private static final int ENABLE_TRANSLATION = 1 << 31;

    /** A root pointer that was put in force at a step. */
    private record Root(int step, long pointer) {
    }

    private final RemappingUnit unit;
    private final TableTruth truth;
    private final List<Root> roots = new ArrayList<>(List.of(new Root(0, 0)));
    private final Map<String, Integer> fresh = new HashMap<>();
    private int translationSince;
    private int interruptsSince;
    private boolean translates;

    Witness(RemappingUnit unit, TableTruth truth) {
        this.unit = unit;
        this.truth = truth;
    }

    /** Software wrote GCMD. */
    void command(int step, int value) {
        if ((value & SET_ROOT) != 0) {
            roots.add(new Root(step, unit.read64(Registers.RTADDR)));
        }
        if ((value & ENABLE_TRANSLATION) != 0 && !translates) {
            translationSince = step;
        }
        translates = (value & ENABLE_TRANSLATION) != 0;
        if ((value & ENABLE_INTERRUPTS) != 0 && interruptsSince == 0) {
            interruptsSince = step;
        }
    }

    Evidence of(int step, Step.Probe probe) {
        List<Way> reads = probe.access() == Step.Access.WRITE ? List.of() : ways(step, probe.requester(), probe.iova(), false, probe.stale());
        List<Way> writes = probe.access() == Step.Access.READ ? List.of() : ways(step, probe.requester(), probe.iova(), true, probe.stale());
        note(step, probe.requester(), probe.iova(), probe.stale());
        return new Evidence(reads, writes, List.of());
    }

    Evidence of(int step, Step.Copy copy) {
        Evidence found = new Evidence(ways(step, copy.requester(), copy.from(), false, copy.stale()),
                ways(step, copy.requester(), copy.to(), true, copy.stale()), List.of());
        note(step, copy.requester(), copy.from(), copy.stale());
        note(step, copy.requester(), copy.to(), copy.stale());
        return found;
    }

    Evidence of(int step, Step.Interrupt interrupt) {
        int since = interrupt.stale() ? interruptsSince : step;
        return new Evidence(List.of(), List.of(), truth.uses(interrupt.requester().sourceId().value(), interrupt.address(), interrupt.data(), since,
                unit.read64(Registers.IRTA), (unit.read32(Registers.GSTS) & ENABLE_INTERRUPTS) != 0));
    }

    private List<Way> ways(int step, Requester requester, long iova, boolean write, boolean stale) {
        int since = stale ? fresh.getOrDefault(page(requester, iova), translationSince) : step;
        List<Long> pointers = new ArrayList<>();
        for (int i = roots.size() - 1; i >= 0; i--) {
            pointers.add(roots.get(i).pointer);
            if (roots.get(i).step <= since) {
                break;
            }
        }
        return truth.ways(requester.sourceId().value(), iova, write, since, pointers, translates);
    }

    private void note(int step, Requester requester, long iova, boolean stale) {
        if (!stale) {
            fresh.put(page(requester, iova), step);
        }
    }

    private static String page(Requester requester, long iova) {
        return requester.sourceId() + " " + (iova >>> 12);
    }
}
