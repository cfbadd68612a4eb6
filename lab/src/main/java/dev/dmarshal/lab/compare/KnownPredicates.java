package dev.dmarshal.lab.compare;

import dev.dmarshal.core.memory.EntryLayout;
import dev.dmarshal.core.unit.Translation;
import dev.dmarshal.core.unit.WalkTrace;
import dev.dmarshal.core.vtd.ContextEntry;
import dev.dmarshal.core.vtd.PasidDirectoryEntry;
import dev.dmarshal.core.vtd.PasidEntry;
import dev.dmarshal.core.vtd.ScalableContextEntry;
import dev.dmarshal.core.vtd.ScalableRootEntry;
import dev.dmarshal.lab.scenario.Observation;
import dev.dmarshal.lab.scenario.Observation.Delivery;
import dev.dmarshal.lab.scenario.Registers;
import dev.dmarshal.lab.scenario.Requester;
import dev.dmarshal.lab.scenario.Step;
import dev.dmarshal.lab.scenario.Transfer;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The condition of each row of {@code qemu-differences.txt}, in code: as narrow as the row's words, by the entries that the walk read. */
final class KnownPredicates {

    private static final Map<String, Predicate<DifferenceCase>> BY_ID = Map.ofEntries(
            Map.entry("capabilities-not-announced", known -> known.scenario().variant().scalable()
                    && (known.field("ECAP.RPS") || known.field("ECAP.SMPWCS")) && known.values("0x0", "0x1")),
            Map.entry("interrupt-faults-not-recorded", known -> (known.difference().field().equals("faults.recorded")
                    || known.difference().field().equals("faults.pending")) && known.values("false", "true")
                    && known.use().filter(use -> use.fault() != 0).isPresent()
                    && known.qemu() instanceof Observation.Signal signal && signal.outcome() instanceof Delivery.Dropped),
            Map.entry("interrupt-svt-bus-range", known -> entry(known, use -> (use.high() >>> 18 & 3) == 2 && (use.fault() == 0 || use.fault() == 0x26))),
            Map.entry("interrupt-posted-format", known -> entry(known, use -> use.fault() == 0x24 && (use.low() >>> 15 & 1) == 1)),
            Map.entry("interrupt-destination-bits", known -> entry(known, use -> use.fault() == 0x24 && (use.low() & ~(0xffL << 40) & -1L << 32) != 0)),
            Map.entry("interrupt-source-first", known -> known.difference().field().equals("faults.record.reason") && known.values("26h", "24h")
                    && known.use().filter(use -> use.fault() == 0x24 && ((use.high() >>> 18 & 3) == 3 || ignored(use))).isPresent()),
            Map.entry("cached-context-skips-present", known -> code(known) == 0x59 && lastStructure(known, PasidEntry.LAYOUT)
                    && (known.difference().field().equals("read") || known.difference().field().equals("write"))
                    && (known.difference().qemu().startsWith("Reached") || known.difference().qemu().equals(new Transfer.Unseen().toString()))),
            Map.entry("directory-size-not-checked", known -> code(known) == 0x48 && lastStructure(known, ScalableContextEntry.LAYOUT)
                    && !known.difference().qemu().startsWith("BlockedQuietly")),
            Map.entry("execute-disable-not-reserved", known -> known.way().filter(way -> executeDisabled(way.trace())).isPresent()
                    && !known.difference().qemu().startsWith("BlockedQuietly")),
            Map.entry("bits-set-without-snoop", known -> code(known) == 0x90 && known.way().orElseThrow().trace().steps().stream()
                    .anyMatch(step -> step.structure().equals(PasidEntry.LAYOUT.name()) && (parse(step.words().get(1)) >>> 23 & 1) == 0)),
            Map.entry("interrupt-index-wraps", known -> known.step() instanceof Step.Interrupt sent && entry(known, use -> use.fault() == 0x21)
                    && (sent.address() & 8) != 0 && (sent.address() >>> 5 & 0x7fff | (sent.address() & 4) << 13) + sent.data() > 0xffff),
            Map.entry("table-among-device-registers", known -> List.of(0x07, 0x78, 0x70).contains(code(known))
                    && lastWord(known.way().orElseThrow().trace()) << 12 >>> 32 == 0xfee),
            Map.entry("interrupt-delivery-mode", known -> entry(known, use -> use.fault() == 0x24
                    && ((use.low() >>> 5 & 7) == 3 || (use.low() >>> 5 & 7) == 6))),
            Map.entry("interrupt-compatibility-passes", known -> known.field("interrupt") && known.use().filter(use -> use.fault() == 0x25).isPresent()
                    && known.qemu() instanceof Observation.Signal signal && signal.outcome() instanceof Delivery.Passed),
            Map.entry("scalable-legacy-codes", known -> known.scenario().variant().scalable() && ScalableCodes.legacyInstead(known)),
            Map.entry("pasid-codes-collapsed", known -> known.reason() && known.difference().qemu().equals("58h")
                    && List.of("48h", "50h", "51h", "52h", "59h", "5ah", "5bh").contains(known.difference().other())),
            Map.entry("pasid-type-before-present", known -> known.reason() && known.values("5bh", "59h")),
            Map.entry("register-invalidation-in-scalable-mode", known -> known.scenario().variant().scalable()
                    && (known.field("CCMD.CAIG") || known.field("IOTLB.IAIG")) && known.difference().other().equals("0x0")),
            Map.entry("pasid-reserved-bits-ignored", known -> code(known) == 0x5a && !known.difference().qemu().startsWith("BlockedQuietly")
                    && lastStructure(known, PasidEntry.LAYOUT) && ((word(known, 0) & 0xe20) != 0 || (word(known, 2) & 0xfc3) != 0)),
            Map.entry("directory-reserved-bits-ignored", known -> code(known) == 0x52 && !known.difference().qemu().startsWith("BlockedQuietly")
                    && lastStructure(known, PasidDirectoryEntry.LAYOUT) && (word(known, 0) & 0xffc) != 0),
            Map.entry("type-taken-for-second-stage", known -> code(known) == 0x5b && lastStructure(known, PasidEntry.LAYOUT)
                    && ((word(known, 0) >>> 6 & 7) == 1 || (word(known, 0) >>> 6 & 7) == 3)),
            Map.entry("pass-through-width-checked", known -> (code(known) == 0 || code(known) == 0x83) && lastStructure(known, PasidEntry.LAYOUT)
                    && (word(known, 0) >>> 6 & 7) == 4
                    && oddWidth(known) && (List.of("58h", "5bh").contains(known.difference().qemu())
                    || known.difference().qemu().startsWith("Blocked[reason=88,")
                    || known.difference().qemu().startsWith("Blocked[reason=91,"))),
            Map.entry("root-other-half-checked", KnownPredicates::otherHalf),
            Map.entry("context-features-not-checked", known -> code(known) == 0x42 && lastStructure(known, ScalableContextEntry.LAYOUT)
                    && ((word(known, 0) & 1 << 2) != 0 || (word(known, 1) & 1 << 20) != 0)),
            Map.entry("pasid-faults-not-qualified", known -> List.of(0x48, 0x51, 0x52, 0x59, 0x5a, 0x5b).contains(code(known))
                    && known.difference().other().equals(new Transfer.BlockedQuietly().toString())
                    && (known.difference().qemu().startsWith("Blocked[reason=88,") || known.difference().qemu().startsWith("Blocked[reason=91,")
                    || known.difference().qemu().startsWith("Blocked[reason=" + code(known) + ","))),
            Map.entry("pass-through-any-address", known -> known.way().isPresent() && List.of(0x04, 0x83).contains(code(known))
                    && passThrough(known.way().get().trace()) && known.difference().qemu().equals(new Transfer.Unseen().toString())),
            Map.entry("reserved-context-not-qualified", known -> known.difference().qemu().startsWith("Blocked[reason=11,")
                    && known.difference().other().equals(new Transfer.BlockedQuietly().toString())
                    && code(known) == (known.scenario().variant().scalable() ? 0x42 : 0x0b)),
            Map.entry("rid-pasid-shown", known -> known.scenario().variant().scalable() && known.difference().field().equals("faults.record.pasidPresent")
                    && known.values("true", "false")),
            Map.entry("cached-page-denies-silently", KnownPredicates::deniedSilently),
            Map.entry("all-ones-entry-unreadable", KnownPredicates::allOnes),
            Map.entry("context-invalidation-global", known -> known.difference().field().equals("CCMD.CAIG") && known.values("0x1", "0x2")
                    && (known.register(Registers.CCMD) >>> 61 & 3) == 2),
            Map.entry("interrupt-range-whole-page", KnownPredicates::wholePage));

    private KnownPredicates() {
    }

    /** Predicates by row id. */
    static Map<String, Predicate<DifferenceCase>> byId() {
        return BY_ID;
    }

    private static boolean entry(DifferenceCase known, Predicate<EntryUse> condition) {
        return known.field("interrupt") && known.use().filter(condition).isPresent();
    }

    /** Reason code by the tables; 0 if the request is not blocked. */
    static int code(DifferenceCase known) {
        return known.way().map(way -> way.trace().outcome().reasonCode()).orElse(0);
    }

    /** The last paging entry that was read: its word, or 0 if the walk did not get to one. */
    static long lastWord(WalkTrace trace) {
        return trace.steps().isEmpty() || trace.steps().getLast().level() == 0 ? 0
                : parse(trace.steps().getLast().words().getFirst());
    }

    private static boolean lastStructure(DifferenceCase known, EntryLayout layout) {
        return known.way().filter(way -> !way.trace().steps().isEmpty() && way.trace().steps().getLast().structure().equals(layout.name())).isPresent();
    }

    /** A word of the last entry that was read. */
    private static long word(DifferenceCase known, int index) {
        return parse(known.way().orElseThrow().trace().steps().getLast().words().get(index));
    }

    /** The half of the root entry that the requester does not use has reserved bits; it uses the lower one for devfn 0 to 7Fh. */
    private static boolean otherHalf(DifferenceCase known) {
        if (!known.scenario().variant().scalable() || known.way().isEmpty() || known.way().get().trace().steps().isEmpty()) {
            return false;
        }
        WalkTrace.Step root = known.way().get().trace().steps().getFirst();
        boolean upper = (requester(known.step()).sourceId().value() & 0x80) != 0;
        long other = parse(root.words().get(upper ? 0 : 1));
        long reserved = 0xffe | -1L << known.scenario().variant().addressWidth();
        return root.structure().equals(ScalableRootEntry.LAYOUT.name()) && (other & reserved) != 0
                && (known.values("0ah", "%02xh".formatted(code(known))) || known.difference().qemu().startsWith("Blocked[reason=10,"));
    }

    private static Requester requester(Step step) {
        return switch (step) {
            case Step.Probe probe -> probe.requester();
            case Step.Copy copy -> copy.requester();
            default -> throw new IllegalArgumentException("no DMA: " + step);
        };
    }

    /** The AW field of the PASID entry names a width that the unit does not offer. */
    private static boolean oddWidth(DifferenceCase known) {
        long width = word(known, 0) >>> 2 & 7;
        return width != 1 && (width != 2 || known.scenario().variant().addressWidth() < 48);
    }

    private static long parse(String word) {
        return Long.parseUnsignedLong(word.substring(2), 16);
    }

    /** Whether the entry has a format, delivery mode or destination that QEMU does not check. */
    private static boolean ignored(EntryUse use) {
        long mode = use.low() >>> 5 & 7;
        return (use.low() >>> 15 & 1) == 1 || mode == 3 || mode == 6 || (use.low() & ~(0xffL << 40) & -1L << 32) != 0;
    }

    private static boolean executeDisabled(WalkTrace trace) {
        return trace.outcome().reasonCode() == 0x72 && lastWord(trace) < 0;
    }

    private static boolean deniedSilently(DifferenceCase known) {
        if (!known.difference().qemu().equals(new Transfer.Unseen().toString()) || known.way().isEmpty()) {
            return false;
        }
        int code = code(known);
        boolean denied = known.write() ? code == 0x05 || code == 0x85 : code == 0x06 || code == 0x86;
        List<Way> opposite = known.write() ? known.tables().besideWrites() : known.tables().besideReads();
        return denied && opposite.stream().anyMatch(way -> way.trace().outcome().translated() || executeDisabled(way.trace()));
    }

    private static boolean passThrough(WalkTrace trace) {
        WalkTrace.Step last = trace.steps().getLast();
        long word = parse(last.words().getFirst());
        return last.structure().equals(ContextEntry.LAYOUT.name()) && ContextEntry.TRANSLATION_TYPE.get(word) == 2
                || last.structure().equals(PasidEntry.LAYOUT.name()) && PasidEntry.TRANSLATION_TYPE.get(word) == 4;
    }

    private static boolean allOnes(DifferenceCase known) {
        if (!known.reason() || known.way().isEmpty() || lastWord(known.way().get().trace()) != -1) {
            return false;
        }
        List<WalkTrace.Step> steps = known.way().get().trace().steps();
        boolean top = steps.size() < 2 || steps.get(steps.size() - 2).level() == 0;
        String code = known.difference().other();
        return (code.equals("0ch") || code.equals("7ah")) && known.difference().qemu().equals(top ? "03h" : "07h")
                || code.equals("72h") && known.difference().qemu().equals(top ? "73h" : "70h");
    }

    private static boolean wholePage(DifferenceCase known) {
        if (known.way().isEmpty() || known.way().get().trace().outcome().outcome() != Translation.Outcome.TRANSLATED) {
            return false;
        }
        Translation outcome = known.way().get().trace().outcome();
        long size = 1L << outcome.pageBits();
        long page = outcome.address() & -size;
        boolean covers = outcome.pageBits() > 12 && outcome.pageBits() < 52 && page <= 0xfeef_ffffL && page + size > 0xfee0_0000L;
        return covers && (known.difference().qemu().startsWith("Blocked[reason=14,") || known.difference().qemu().startsWith("Blocked[reason=135,")
                || known.difference().qemu().equals(new Transfer.BlockedQuietly().toString()));
    }
}
