package dev.dmarshal.lab.compare;

import dev.dmarshal.lab.scenario.Observation;
import dev.dmarshal.lab.scenario.Observation.Delivery;
import dev.dmarshal.lab.scenario.Registers;
import dev.dmarshal.lab.scenario.Step;
import dev.dmarshal.lab.scenario.Transfer;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** The condition of each row of {@code qemu-differences.txt}, in code. Kept as narrow as the row's words. */
final class KnownPredicates {

    /** Code of legacy mode that QEMU gives, and the codes of scalable mode that hardware has for it. */
    private static final Map<String, Set<String>> LEGACY_CODES = Map.of(
            "01h", Set.of("39h"), "02h", Set.of("41h"), "03h", Set.of("43h", "7bh"), "04h", Set.of("84h"), "05h", Set.of("79h", "85h"),
            "06h", Set.of("79h", "86h"), "07h", Set.of("78h"), "08h", Set.of("38h"), "09h", Set.of("40h"));
    private static final Map<String, Set<String>> LEGACY_RESERVED_CODES = Map.of(
            "0ah", Set.of("3ah"), "0bh", Set.of("42h"), "0ch", Set.of("7ah"));

    private static final Map<String, Predicate<DifferenceCase>> BY_ID = Map.ofEntries(
            Map.entry("interrupt-faults-not-recorded", known -> known.step() instanceof Step.Interrupt
                    && (known.field("faults.recorded") && known.values("false", "true") || known.field("faults.pending") && known.values("false", "true"))
                    && known.qemu() instanceof Observation.Signal signal && signal.outcome() instanceof Delivery.Dropped),
            Map.entry("interrupt-svt-bus-range", known -> interrupt(known) && (irte(known, 8) >>> 18 & 3) == 2),
            Map.entry("interrupt-posted-format", known -> interrupt(known) && (irte(known, 0) >>> 15 & 1) == 1),
            Map.entry("interrupt-compatibility-passes", known -> known.step() instanceof Step.Interrupt sent && (sent.address() & 1 << 4) == 0
                    && known.qemu() instanceof Observation.Signal signal && signal.outcome() instanceof Delivery.Passed
                    && known.other() instanceof Observation.Signal other && other.outcome() instanceof Delivery.Dropped),
            Map.entry("interrupt-cache-not-modelled", known -> known.step() instanceof Step.Interrupt sent && sent.stale()),
            Map.entry("scalable-legacy-codes", known -> known.scenario().variant().scalable() && known.difference().field().endsWith("reason")
                    && (LEGACY_CODES.getOrDefault(known.difference().qemu(), Set.of()).contains(known.difference().other())
                    || LEGACY_RESERVED_CODES.getOrDefault(known.difference().qemu(), Set.of()).contains(known.difference().other()))),
            Map.entry("pasid-codes-collapsed", known -> known.scenario().variant().scalable() && known.difference().field().endsWith("reason")
                    && known.difference().qemu().equals("58h") && Set.of("50h", "51h", "52h", "59h", "5ah", "5bh").contains(known.difference().other())),
            Map.entry("pasid-type-before-present", known -> known.difference().field().endsWith("reason") && known.values("5bh", "59h")),
            Map.entry("reserved-context-not-qualified", KnownPredicates::reservedContextRecorded),
            Map.entry("rid-pasid-shown", known -> known.scenario().variant().scalable() && known.field("faults.record.pasidPresent")
                    && known.values("true", "false")),
            Map.entry("cached-page-denies-silently", KnownPredicates::deniedSilently),
            Map.entry("all-ones-entry-unreadable", known -> known.difference().field().endsWith("reason") && known.memory().containsValue(-1L)
                    && Set.of("07h", "03h").contains(known.difference().qemu()) && Set.of("0ch", "7ah").contains(known.difference().other())),
            Map.entry("context-invalidation-global", known -> known.field("CCMD.CAIG") && known.values("0x1", "0x2")
                    && (known.register(Registers.CCMD) >>> 61 & 3) == 2),
            Map.entry("interrupt-range-whole-page", known -> known.step() instanceof Step.Probe
                    && (blockedWith(known.qemu(), 0x0e) || blockedWith(known.qemu(), 0x87)) && !blockedWith(known.other(), 0x0e)
                    && !blockedWith(known.other(), 0x87)));

    private KnownPredicates() {
    }

    /** Predicates by row id. */
    static Map<String, Predicate<DifferenceCase>> byId() {
        return BY_ID;
    }

    private static boolean interrupt(DifferenceCase known) {
        return known.step() instanceof Step.Interrupt sent && (sent.address() & 1 << 4) != 0;
    }

    /** A word of the IRTE that the step's message chooses, as software stored it. */
    private static long irte(DifferenceCase known, int offset) {
        Step.Interrupt sent = (Step.Interrupt) known.step();
        int handle = sent.address() >>> 5 & 0x7fff | (sent.address() >>> 2 & 1) << 15;
        int index = handle + ((sent.address() & 1 << 3) == 0 ? 0 : sent.data());
        return known.memory().getOrDefault((known.register(Registers.IRTA) & ~0xfffL) + 16L * index + offset, 0L);
    }

    private static boolean reservedContextRecorded(DifferenceCase known) {
        return blockedWith(known.qemu(), 0x0b) && known.other() instanceof Observation.Dma dma
                && (dma.read() instanceof Transfer.BlockedQuietly || dma.write() instanceof Transfer.BlockedQuietly);
    }

    private static boolean deniedSilently(DifferenceCase known) {
        return known.qemu() instanceof Observation.Dma dma && (dma.read() instanceof Transfer.Unseen || dma.write() instanceof Transfer.Unseen)
                && (blockedWith(known.other(), 0x05) || blockedWith(known.other(), 0x06) || blockedWith(known.other(), 0x85)
                || blockedWith(known.other(), 0x86));
    }

    private static boolean blockedWith(Observation observation, int reason) {
        return observation instanceof Observation.Dma dma && (dma.read() instanceof Transfer.Blocked read && read.reason() == reason
                || dma.write() instanceof Transfer.Blocked write && write.reason() == reason);
    }
}
