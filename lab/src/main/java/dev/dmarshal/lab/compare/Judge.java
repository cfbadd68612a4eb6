package dev.dmarshal.lab.compare;

import dev.dmarshal.lab.scenario.FaultRecord;
import dev.dmarshal.lab.scenario.FaultStatus;
import dev.dmarshal.lab.scenario.Observation;
import dev.dmarshal.lab.scenario.Observation.Delivery;
import dev.dmarshal.lab.scenario.Registers;
import dev.dmarshal.lab.scenario.Scenario;
import dev.dmarshal.lab.scenario.Step;
import dev.dmarshal.lab.scenario.Transfer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Judges what QEMU and the unit saw in one scenario, step by step:
 * <ul>
 * <li>a fresh request must end in the unit as the tables say, and in QEMU likewise but for what a known row explains;</li>
 * <li>a stale one must end, in each of them, as the tables say or as entries say that a cache may still hold, with the same allowance for QEMU;</li>
 * <li>registers must agree. Where a row or staleness explains that one side recorded a fault and the other did not, the fault registers are not compared
 * until software has cleared them (the aftermath);</li>
 * <li>so must paging entries in memory, but for accessed and dirty bits of entries that a cache may have kept one side from reading.</li>
 * </ul>
 */
final class Judge {

    private final Scenario scenario;
    private final Map<Integer, Evidence> evidence;
    private final KnownDifferences known;
    private final List<Difference> unexplained = new ArrayList<>();
    /** Pairs of reasons that rows have explained since the fault registers were cleared last. */
    private final Set<String> reasonPairs = new HashSet<>();
    private final List<Runnable> faultsOfCopies = new ArrayList<>();
    /** Paging entries that one side alone may have read since software stored them: a request ended differently, or may have been answered from a cache. */
    private final Set<Long> readByOne = new HashSet<>();
    private boolean aftermath;

    Judge(Scenario scenario, Map<Integer, Evidence> evidence, KnownDifferences known) {
        this.scenario = scenario;
        this.evidence = evidence;
        this.known = known;
    }

    /** The differences that nothing explains. */
    List<Difference> judge(List<Observation> qemu, List<Observation> unit) {
        if (qemu.size() != unit.size()) {
            throw new IllegalArgumentException("not of one scenario: " + qemu.size() + " and " + unit.size() + " observations");
        }
        int passed = 0;
        for (int i = 0; i < qemu.size(); i++) {
            for (; passed < qemu.get(i).step(); passed++) {
                pass(scenario.steps().get(passed));
            }
            judge(qemu.get(i), unit.get(i));
        }
        settleCopies();
        return unexplained;
    }

    private void pass(Step step) {
        if (!(step instanceof Step.Copy)) {
            settleCopies();
        }
        if (step instanceof Step.Store store) {
            readByOne.remove(store.address());
        }
        if (step instanceof Step.Write write && write.offset() == Registers.FSTS && (write.value() & 1) != 0) {
            aftermath = false;
            reasonPairs.clear();
        }
    }

    private void settleCopies() {
        faultsOfCopies.forEach(Runnable::run);
        faultsOfCopies.clear();
    }

    private void judge(Observation qemu, Observation unit) {
        int step = qemu.step();
        switch (qemu) {
            case Observation.Value value when unit instanceof Observation.Value other && mayHaveOtherBits(step, value.value() ^ other.value()) ->
                known.bitsNotCompared();
            case Observation.Value value when unit instanceof Observation.Value other ->
                Comparison.values(scenario, step, value.value(), other.value()).forEach(difference -> settle(difference, qemu, unit));
            case Observation.Dma dma when unit instanceof Observation.Dma other -> {
                noteReaders(evidence.get(step), dma.read().equals(other.read()) && dma.write().equals(other.write()));
                directions(qemu, unit, List.of(dma.read(), dma.write()), List.of(other.read(), other.write()));
                faults(qemu, unit, dma.faults(), other.faults());
            }
            case Observation.Copied copied when unit instanceof Observation.Copied other -> {
                noteReaders(evidence.get(step), told(copied.read()).equals(told(other.read())) && told(copied.write()).equals(told(other.write())));
                copied(copied, other);
                faultsOfCopies.add(() -> faults(qemu, unit, copied.faults(), other.faults()));
            }
            case Observation.Signal signal when unit instanceof Observation.Signal other -> {
                delivery(qemu, unit, signal.outcome(), other.outcome());
                faults(qemu, unit, signal.faults(), other.faults());
            }
            default -> throw new IllegalArgumentException("two kinds of observation at step " + step + ": " + qemu + " and " + unit);
        }
    }

    private boolean mayHaveOtherBits(int step, long differing) {
        return differing != 0 && (differing & ~KnownPredicates.ACCESSED_DIRTY) == 0 && scenario.steps().get(step) instanceof Step.Load load
                && readByOne.contains(load.address());
    }

    private void noteReaders(Evidence tables, boolean same) {
        boolean settled = tables.reads().size() == 1 && tables.writes().size() == 1 && tables.twins().isEmpty();
        if (!same || !settled) {
            for (List<Way> ways : List.of(tables.reads(), tables.writes(), tables.twins(), tables.besideReads(), tables.besideWrites())) {
                ways.forEach(this::noteReader);
            }
        }
    }

    private void noteReader(Way way) {
        way.trace().steps().stream().filter(entry -> entry.level() > 0).forEach(entry -> readByOne.add(entry.address()));
        way.relaxed().ifPresent(next -> noteReader(next.way()));
    }

    /** Of copies only faults are told for each direction; what arrived is compared where both ended alike. */
    private void copied(Observation.Copied qemu, Observation.Copied unit) {
        Evidence tables = evidence.get(qemu.step());
        direction(qemu, unit, "read", told(qemu.read()), told(unit.read()), told(tables.reads()));
        direction(qemu, unit, "write", told(qemu.write()), told(unit.write()), told(tables.writes()));
        boolean same = told(qemu.read()).equals(told(unit.read())) && told(qemu.write()).equals(told(unit.write()));
        boolean settled = tables.reads().size() == 1 && tables.writes().size() == 1 && tables.twins().isEmpty();
        if (same && settled && (!qemu.carried().equals(unit.carried()) || !qemu.write().equals(unit.write()))) {
            unexplained.add(new Difference(qemu.step(), "carried", qemu.write() + " " + qemu.carried(), unit.write() + " " + unit.carried()));
        }
    }

    private static List<Way> told(List<Way> ways) {
        return ways.stream().map(way -> way.with(Judge::told)).toList();
    }

    private static Transfer told(Transfer transfer) {
        return transfer instanceof Transfer.Blocked ? transfer : new Transfer.Unseen();
    }

    private void directions(Observation qemu, Observation unit, List<Transfer> seen, List<Transfer> others) {
        Evidence tables = evidence.get(qemu.step());
        boolean sameRead = seen.getFirst().equals(others.getFirst());
        direction(qemu, unit, "read", seen.getFirst(), others.getFirst(), tables.reads());
        Transfer write = seen.getLast();
        Transfer other = others.getLast();
        // After reads that ended differently only one card may have had something to write back: its write is held against the tables alone.
        if (!sameRead && write instanceof Transfer.NotTried) {
            direction(qemu, unit, "write", other, other, tables.writes());
        } else if (!sameRead && other instanceof Transfer.NotTried) {
            direction(qemu, unit, "write", write, tables.writes().getFirst().transfer(), tables.writes());
        } else {
            direction(qemu, unit, "write", write, other, tables.writes());
        }
    }

    private void direction(Observation qemu, Observation unit, String name, Transfer seen, Transfer other, List<Way> ways) {
        int step = qemu.step();
        if (other instanceof Transfer.NotTried && seen instanceof Transfer.NotTried) {
            return;
        }
        boolean twin = evidence.get(step).twins().stream().anyMatch(way -> way.gives(other, ways.getFirst()));
        if (ways.stream().noneMatch(way -> way.transfer().equals(other)) && !twin) {
            unexplained.add(new Difference(step, name + " by the tables", ways.stream().map(way -> way.transfer().toString()).distinct().toList().toString(),
                    other.toString()));
        }
        if (seen.equals(other)) {
            return;
        }
        boolean explained = ways.stream().anyMatch(way -> goes(way, qemu, unit, name, seen, twin))
                || ways.stream().anyMatch(way -> goesRelaxed(way, qemu, unit, name, seen));
        if (!explained) {
            unexplained.addAll(Comparison.transfers(scenario, step, name, seen, other));
            return;
        }
        if (seen instanceof Transfer.Blocked blocked && other instanceof Transfer.Blocked otherBlocked) {
            reasonPairs.add(pair("%02xh".formatted(blocked.reason()), "%02xh".formatted(otherBlocked.reason())));
        } else {
            aftermath = true;
        }
    }

    /** Whether QEMU went this way, but for what rows explain. */
    private boolean goes(Way way, Observation qemu, Observation unit, String name, Transfer seen, boolean twin) {
        List<Difference> left = Comparison.transfers(scenario, qemu.step(), name, seen, way.transfer());
        if (left.isEmpty()) {
            countCached(twin);
        }
        return explained(way, qemu, unit, left);
    }

    /** Whether rows explain what is left between QEMU's answer and this way; not if the way stops at a rule that QEMU never stops at. */
    private boolean explained(Way way, Observation qemu, Observation unit, List<Difference> left) {
        boolean passedOver = way.relaxed().filter(next -> known.passesOver(next.row())).isPresent();
        return left.isEmpty() || !passedOver && left.stream().allMatch(difference -> row(difference, qemu, unit, Optional.of(way), Optional.empty()));
    }

    /** Whether QEMU went this way without rules that it does not check. */
    private boolean goesRelaxed(Way way, Observation qemu, Observation unit, String name, Transfer seen) {
        Optional<Way.Relaxed> next = way.relaxed().filter(relaxed -> known.relaxes(relaxed.row()));
        if (next.isEmpty()) {
            return false;
        }
        Way beyond = next.get().way();
        boolean went = explained(beyond, qemu, unit, Comparison.transfers(scenario, qemu.step(), name, seen, beyond.transfer()))
                || goesRelaxed(beyond, qemu, unit, name, seen);
        if (went) {
            known.relaxed(next.get().row());
        }
        return went;
    }

    /** The unit's answer is not QEMU's, though the tables allow QEMU's: the unit's comes from a cache, or QEMU's does. */
    private void countCached(boolean twin) {
        if (twin) {
            known.sharedDomain();
        } else {
            known.staleAnswer();
        }
    }

    private void delivery(Observation qemu, Observation unit, Delivery seen, Delivery other) {
        int step = qemu.step();
        List<EntryUse> uses = evidence.get(step).uses();
        if (uses.stream().noneMatch(use -> use.delivery().equals(other))) {
            unexplained.add(new Difference(step, "interrupt by the table", uses.toString(), other.toString()));
        }
        if (seen.equals(other)) {
            sameEnd(uses, seen, ((Observation.Signal) qemu).faults().record().map(FaultRecord::reason).orElse(0));
            return;
        }
        boolean stale = uses.stream().anyMatch(use -> use.delivery().equals(seen));
        if (stale) {
            known.staleAnswer();
        }
        if (stale || uses.stream().anyMatch(use -> ends(use, qemu, unit, seen))) {
            aftermath = true;
        } else {
            unexplained.addAll(Comparison.deliveries(scenario, step, seen, other));
        }
    }

    /** Both sides did the same with an interrupt; what QEMU recorded may still be that of another entry that a cache may hold, or of other rules. */
    private void sameEnd(List<EntryUse> uses, Delivery seen, int recorded) {
        List<Integer> codes = uses.stream().filter(use -> use.delivery().equals(seen)).map(EntryUse::record).distinct().toList();
        if (codes.contains(recorded)) {
            aftermath |= codes.size() > 1;
            return;
        }
        Optional<String> row = uses.stream().flatMap(use -> recordedBy(use, seen, recorded).stream()).findFirst();
        row.ifPresent(known::relaxed);
        aftermath |= row.isPresent();
    }

    /** The row without whose rule QEMU comes to record this code. */
    private Optional<String> recordedBy(EntryUse use, Delivery seen, int recorded) {
        return use.relaxed().filter(next -> known.relaxes(next.row())).flatMap(next ->
                next.use().delivery().equals(seen) && next.use().record() == recorded ? Optional.of(next.row()) : recordedBy(next.use(), seen, recorded));
    }

    /** Whether the request ended in QEMU as by this use of the entry, but for what rows explain, or as by one without rules that QEMU does not have. */
    private boolean ends(EntryUse use, Observation qemu, Observation unit, Delivery seen) {
        List<Difference> left = Comparison.deliveries(scenario, qemu.step(), seen, use.delivery());
        if (left.stream().allMatch(difference -> row(difference, qemu, unit, Optional.empty(), Optional.of(use)))) {
            return true;
        }
        Optional<EntryUse.Relaxed> next = use.relaxed().filter(relaxed -> known.relaxes(relaxed.row()));
        boolean ended = next.isPresent() && ends(next.get().use(), qemu, unit, seen);
        if (ended) {
            known.relaxed(next.get().row());
        }
        return ended;
    }

    private void faults(Observation qemu, Observation unit, FaultStatus seen, FaultStatus other) {
        for (Difference difference : Comparison.faults(scenario, qemu.step(), seen, other)) {
            settle(difference, qemu, unit);
        }
    }

    private void settle(Difference difference, Observation qemu, Observation unit) {
        String field = difference.field();
        boolean ofFaults = field.startsWith("faults.") || field.startsWith("FSTS.P") || field.startsWith("FECTL.");
        if (aftermath && ofFaults) {
            known.aftermath();
            return;
        }
        if (field.equals("faults.record.reason") && reasonPairs.contains(pair(difference.qemu(), difference.other()))) {
            return;
        }
        // Of several entries that a cache may hold, one by which the unit can have done what it did.
        Optional<EntryUse> use = evidence.getOrDefault(difference.step(), Evidence.NONE).uses().stream()
                .filter(each -> !(unit instanceof Observation.Signal signal) || each.delivery().equals(signal.outcome())).findFirst();
        if (!row(difference, qemu, unit, Optional.empty(), use)) {
            unexplained.add(difference);
        } else if (field.startsWith("faults.") && !field.startsWith("faults.record.")) {
            aftermath = true;
        }
    }

    private boolean row(Difference difference, Observation qemu, Observation unit, Optional<Way> way, Optional<EntryUse> use) {
        Evidence tables = evidence.getOrDefault(difference.step(), Evidence.NONE);
        return known.explains(new DifferenceCase(scenario, difference, qemu, unit, tables, way, use));
    }

    private static String pair(String qemu, String other) {
        return qemu + " for " + other;
    }
}
