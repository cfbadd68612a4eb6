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
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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
    private final Map<Integer, Optional<Binding>> bindings = new HashMap<>();
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
            bindings.clear();
        }
        if ((value & ENABLE_TRANSLATION) != 0 && !translates) {
            translationSince = step;
        }
        translates = (value & ENABLE_TRANSLATION) != 0;
        bindings.clear();
        if ((value & ENABLE_INTERRUPTS) != 0 && interruptsSince == 0) {
            interruptsSince = step;
        }
    }

    /** Software stored something in memory. */
    void stored() {
        bindings.clear();
    }

    Evidence of(int step, Step.Probe probe) {
        Evidence found = new Evidence(ways(step, probe.requester(), probe.iova(), false, probe.stale()),
                ways(step, probe.requester(), probe.iova(), true, probe.stale()), List.of(), twins(step, probe.requester(), probe.iova()));
        note(step, probe.requester(), probe.iova(), probe.stale());
        return found;
    }

    Evidence of(int step, Step.Copy copy) {
        Evidence found = new Evidence(ways(step, copy.requester(), copy.from(), false, copy.stale()),
                ways(step, copy.requester(), copy.to(), true, copy.stale()), List.of(), twins(step, copy.requester(), copy.from(), copy.to()),
                ways(step, copy.requester(), copy.from(), true, copy.stale()), ways(step, copy.requester(), copy.to(), false, copy.stale()));
        note(step, copy.requester(), copy.from(), copy.stale());
        note(step, copy.requester(), copy.to(), copy.stale());
        return found;
    }

    /**
     * What other functions' tables say to these addresses, of those functions that have the requester's domain-id but other tables. Software must not set
     * that up; where it does, hardware may answer one from what it cached for the other.
     */
    private List<Way> twins(int step, Requester requester, long... iovas) {
        List<Way> twins = new ArrayList<>();
        Optional<Binding> own = binding(requester.sourceId().value());
        Set<Integer> asked = new HashSet<>(Set.of(requester.sourceId().value()));
        for (Requester other : Requester.values()) {
            Optional<Binding> binding = asked.add(other.sourceId().value()) ? binding(other.sourceId().value()) : Optional.empty();
            if (own.isPresent() && binding.isPresent() && binding.get().domain() == own.get().domain() && !binding.equals(own)) {
                for (long iova : iovas) {
                    twins.addAll(ways(step, other, iova, false, true));
                    twins.addAll(ways(step, other, iova, true, true));
                }
            }
        }
        return twins;
    }

    private Optional<Binding> binding(int sourceId) {
        return bindings.computeIfAbsent(sourceId, id -> Binding.of(truth.ways(id, 0, false, Integer.MAX_VALUE, List.of(roots.getLast().pointer),
                translates).getFirst().trace()));
    }

    Evidence of(int step, Step.Interrupt interrupt) {
        int since = interrupt.stale() ? interruptsSince : step;
        return new Evidence(List.of(), List.of(), truth.uses(interrupt, since, unit.read64(Registers.IRTA),
                (unit.read32(Registers.GSTS) & ENABLE_INTERRUPTS) != 0), List.of());
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
