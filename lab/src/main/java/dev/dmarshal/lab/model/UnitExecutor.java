package dev.dmarshal.lab.model;

import dev.dmarshal.core.unit.RemappedInterrupt;
import dev.dmarshal.core.unit.RemappingUnit;
import dev.dmarshal.core.vtd.ExtendedCapability;
import dev.dmarshal.core.vtd.UnitCapabilities;
import dev.dmarshal.lab.compare.Evidence;
import dev.dmarshal.lab.scenario.Bait;
import dev.dmarshal.lab.scenario.Engine;
import dev.dmarshal.lab.scenario.FaultStatus;
import dev.dmarshal.lab.scenario.Observation;
import dev.dmarshal.lab.scenario.Registers;
import dev.dmarshal.lab.scenario.Scenario;
import dev.dmarshal.lab.scenario.Step;
import dev.dmarshal.lab.scenario.Variant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Plays scenarios on a {@link RemappingUnit}, with imitations of QEMU's devices around it. The unit drops a fault while one of the same requester is pending,
 * which hardware may do and QEMU does.
 */
public final class UnitExecutor implements Engine {

    private final UnitCapabilities capabilities;
    private final Variant variant;
    private Map<Integer, Evidence> evidence = Map.of();

    /**
     * A unit with the capabilities that QEMU's has.
     *
     * @param variant which unit
     * @param cap     QEMU's CAP
     * @param ecap    QEMU's ECAP; RPS and SMPWCS are added, see {@code qemu-differences.txt}
     */
    public UnitExecutor(Variant variant, long cap, long ecap) {
        long used = variant.scalable() ? ecap | ExtendedCapability.RID_PASID.mask() | ExtendedCapability.SCALABLE_COHERENT.mask() : ecap;
        this.variant = variant;
        this.capabilities = new UnitCapabilities(cap, used, variant.addressWidth());
    }

    @Override
    public List<Observation> play(Scenario scenario) {
        if (scenario.variant() != variant) {
            throw new IllegalArgumentException("this unit is " + variant + ", the scenario is for " + scenario.variant());
        }
        Run run = new Run(capabilities, scenario.steps());
        run.playAll();
        evidence = Map.copyOf(run.evidence);
        return List.copyOf(run.observed);
    }

    /** What the tables said to each request of the scenario that was played last, by index of the step. */
    public Map<Integer, Evidence> evidence() {
        return evidence;
    }

    @Override
    public String describe() {
        return "the unit " + capabilities;
    }

    @Override
    public void close() {
        // Holds nothing.
    }

    /** One play. */
    private static final class Run {
        private final List<Step> steps;
        private final MachineMemory memory = new MachineMemory();
        private final RemappingUnit unit;
        private final List<Bait> baits = new ArrayList<>();
        private final Cards cards;
        private final Witness witness;
        private final List<Observation> observed = new ArrayList<>();
        private final Map<Integer, Evidence> evidence = new HashMap<>();

        Run(UnitCapabilities capabilities, List<Step> steps) {
            this.steps = steps;
            unit = RemappingUnit.builder(capabilities, memory).compressFaults(true).build();
            cards = new Cards(new DmaPort(unit, memory), memory, baits, this::faults);
            witness = new Witness(unit, new TableTruth(capabilities, memory, baits));
        }

        void playAll() {
            for (int i = 0; i < steps.size(); i++) {
                memory.at(i);
                if (steps.get(i) instanceof Step.Copy) {
                    int end = Step.Copy.endOfGroup(steps, i);
                    copies(i, end);
                    i = end - 1;
                } else {
                    play(i, steps.get(i)).ifPresent(observed::add);
                }
            }
        }

        private Optional<Observation> play(int index, Step step) {
            return switch (step) {
                case Step.Store store -> {
                    if (memory.contains(store.address(), Long.BYTES)) {
                        memory.write64(store.address(), store.value());
                    }
                    witness.stored();
                    yield Optional.empty();
                }
                case Step.Write write -> {
                    register(index, write);
                    yield Optional.empty();
                }
                case Step.Read read -> Optional.of(new Observation.Value(index,
                        read.width() == 8 ? unit.read64(read.offset()) : Integer.toUnsignedLong(unit.read32(read.offset()))));
                case Step.Load load -> Optional.of(new Observation.Value(index, memory.read64(load.address())));
                case Step.Lay lay -> {
                    baits.add(lay.bait());
                    cards.lay(lay.bait());
                    yield Optional.empty();
                }
                case Step.Probe probe -> {
                    evidence.put(index, witness.of(index, probe));
                    yield Optional.of(probe.access() == Step.Access.WRITE ? cards.write(index, probe) : cards.read(index, probe));
                }
                case Step.Interrupt interrupt -> Optional.of(signal(index, interrupt));
                case Step.Copy copy -> throw new IllegalStateException("copies come in groups: " + copy);
            };
        }

        private void register(int index, Step.Write write) {
            if (write.width() == 8) {
                unit.write64(write.offset(), write.value());
            } else {
                unit.write32(write.offset(), (int) write.value());
            }
            if (write.offset() == Registers.GCMD) {
                witness.command(index, (int) write.value());
            }
        }

        private Observation signal(int index, Step.Interrupt interrupt) {
            evidence.put(index, witness.of(index, interrupt));
            RemappedInterrupt out = new RemappedInterrupt();
            unit.remap(interrupt.requester().sourceId().value(), Integer.toUnsignedLong(interrupt.address()), interrupt.data(), out);
            return new Observation.Signal(index, TableTruth.delivery(out), faults());
        }

        private void copies(int from, int to) {
            List<Step.Copy> group = new ArrayList<>();
            for (int i = from; i < to; i++) {
                Step.Copy copy = (Step.Copy) steps.get(i);
                group.add(copy);
                evidence.put(i, witness.of(i, copy));
            }
            observed.addAll(cards.copy(from, group));
        }

        private FaultStatus faults() {
            return FaultStatus.of(unit.read32(Registers.FSTS), unit.read64(Registers.FRCD_LOW), unit.read64(Registers.FRCD_HIGH));
        }
    }
}
