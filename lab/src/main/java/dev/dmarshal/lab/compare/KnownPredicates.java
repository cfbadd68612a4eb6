package dev.dmarshal.lab.compare;

import dev.dmarshal.core.memory.EntryLayout;
import dev.dmarshal.core.unit.Translation;
import dev.dmarshal.core.unit.WalkTrace;
import dev.dmarshal.core.vtd.ContextEntry;
import dev.dmarshal.core.vtd.PasidEntry;
import dev.dmarshal.core.vtd.ScalableContextEntry;
import dev.dmarshal.core.vtd.ScalableRootEntry;
import dev.dmarshal.lab.scenario.Feature;
import dev.dmarshal.lab.scenario.Observation;
import dev.dmarshal.lab.scenario.Observation.Delivery;
import dev.dmarshal.lab.scenario.Registers;
import dev.dmarshal.lab.scenario.Requester;
import dev.dmarshal.lab.scenario.Step;
import dev.dmarshal.lab.scenario.Transfer;
import dev.dmarshal.lab.scenario.Variant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The condition of each row of {@code qemu-differences.txt} that says that QEMU does something of its own, in code: by the entries that the walk read, and by
 * QEMU's exact answer. Rows of rules that QEMU merely does not check are in {@link #RELAXED}: there QEMU must do what the unit does without the rule.
 */
final class KnownPredicates {

    /** Accessed and dirty of a first-stage entry. */
    static final long ACCESSED_DIRTY = 3 << 5;
    private static final long DIRTY = 1 << 6;
    /** TM of a second-stage leaf. */
    private static final long TRANSIENT = 1L << 62;

    private static final Map<String, Predicate<DifferenceCase>> BY_ID = Map.ofEntries(
            Map.entry("capabilities-not-announced", known -> known.scenario().variant().scalable()
                    && (known.field("ECAP.RPS") || known.field("ECAP.SMPWCS")) && known.values("0x0", "0x1")),
            Map.entry("interrupt-faults-not-recorded", known -> (known.difference().field().equals("faults.recorded")
                    || known.difference().field().equals("faults.pending")) && known.values("false", "true")
                    && known.use().filter(use -> use.fault() != 0).isPresent()
                    && known.qemu() instanceof Observation.Signal signal && signal.outcome() instanceof Delivery.Dropped),
            Map.entry("interrupt-source-first", known -> known.difference().field().equals("faults.record.reason")
                    && (known.values("26h", "24h") && known.use().filter(KnownPredicates::failsAtSource).isPresent()
                    || known.values("26h", "21h") && known.use().flatMap(EntryUse::relaxed).filter(next -> next.row().equals("interrupt-index-wraps")
                    && failsAtSource(next.use())).isPresent())),
            Map.entry("first-stage-width-of-second", KnownPredicates::narrow),
            Map.entry("table-among-device-registers", known -> List.of(0x07, 0x78, 0x70).contains(code(known)) && known.reason()
                    && lastWord(known.way().orElseThrow().trace()) << 12 >>> 32 == 0xfee
                    && known.difference().qemu().equals(code(known) == 0x70 ? "71h" : known.write() ? "05h" : "06h")),
            Map.entry("interrupt-compatibility-passes", known -> known.field("interrupt") && known.use().filter(use -> use.fault() == 0x25).isPresent()
                    && known.step() instanceof Step.Interrupt sent
                    && known.difference().qemu().equals(new Delivery.Passed(sent.address(), sent.data()).toString())),
            Map.entry("scalable-legacy-codes", known -> known.scenario().variant().scalable() && ScalableCodes.legacyInstead(known)),
            Map.entry("pasid-codes-collapsed", known -> known.reason() && known.difference().qemu().equals("58h")
                    && List.of("48h", "50h", "51h", "52h", "59h", "5ah", "5bh").contains(known.difference().other())),
            Map.entry("pasid-type-before-present", known -> known.reason() && known.values("5bh", "59h")
                    && lastStructure(known, PasidEntry.LAYOUT) && refusedType(known)),
            Map.entry("register-invalidation-in-scalable-mode", known -> known.scenario().variant().scalable() && known.difference().other().equals("0x0")
                    && (known.field("CCMD.CAIG") && known.difference().qemu().equals(contextsDone(known))
                    || known.field("IOTLB.IAIG") && known.difference().qemu().equals("0x" + (known.register(Registers.IOTLB) >>> 60 & 3)))),
            Map.entry("pass-through-width-checked", known -> (code(known) == 0 || code(known) == 0x83) && lastStructure(known, PasidEntry.LAYOUT)
                    && (word(known, 0) >>> 6 & 7) == 4 && oddWidth(known) && blocked(known, 0x58)),
            Map.entry("root-other-half-checked", KnownPredicates::otherHalf),
            Map.entry("pasid-faults-not-qualified", known -> List.of(0x48, 0x51, 0x52, 0x59, 0x5a, 0x5b).contains(code(known)) && quiet(known)
                    && blocked(known, 0x58)),
            Map.entry("pasid-faults-qualified-by-context-only", known -> List.of(0x51, 0x52, 0x59, 0x5a, 0x5b).contains(code(known)) && quiet(known)
                    && !contextKeepsFaultsBack(known) && blocked(known, code(known) == 0x59 && refusedType(known) ? 0x5b : code(known))),
            Map.entry("pass-through-any-address", known -> known.way().isPresent() && List.of(0x04, 0x83).contains(code(known))
                    && passThrough(known.way().get().trace()) && known.difference().qemu().equals(new Transfer.Unseen().toString())),
            Map.entry("reserved-context-not-qualified", known -> code(known) == (known.scenario().variant().scalable() ? 0x42 : 0x0b) && quiet(known)
                    && blocked(known, 0x0b)),
            Map.entry("rid-pasid-shown", known -> known.scenario().variant().scalable() && known.difference().field().equals("faults.record.pasidPresent")
                    && known.values("true", "false")),
            Map.entry("cached-page-denies-silently", KnownPredicates::deniedSilently),
            Map.entry("all-ones-entry-unreadable", KnownPredicates::allOnes),
            Map.entry("context-invalidation-global", known -> known.difference().field().equals("CCMD.CAIG") && known.values("0x1", "0x2")
                    && (known.register(Registers.CCMD) >>> 61 & 3) == 2),
            Map.entry("dirty-bit-lost", KnownPredicates::dirtyLost),
            Map.entry("transient-mapping-reserved", known -> code(known) == 0 && known.scenario().variant().has(Feature.DEVICE_TLB)
                    && known.way().filter(way -> way.trace().outcome().translated() && (lastWord(way.trace()) & TRANSIENT) != 0).isPresent()
                    && (known.way().get().keepsFaultsBack() ? known.difference().qemu().equals(new Transfer.BlockedQuietly().toString())
                    : blocked(known, 0x0c))),
            Map.entry("interrupt-range-whole-page", KnownPredicates::wholePage));

    /** The row of a rule that QEMU checks unless it has the context entry in its cache. */
    static final String WHILE_CACHED = "cached-context-skips-present";

    /** Rows of rules that QEMU does not check: {@link Way#relaxed} and {@link EntryUse#relaxed} say what comes of it. */
    static final Set<String> RELAXED = Set.of("interrupt-svt-bus-range", "interrupt-posted-format", "interrupt-destination-bits", "interrupt-delivery-mode",
            "interrupt-index-wraps", WHILE_CACHED, "directory-size-not-checked", "execute-disable-not-reserved", "bits-set-without-snoop",
            "pasid-reserved-bits-ignored", "directory-reserved-bits-ignored", "type-taken-for-second-stage", "context-features-not-checked");

    private KnownPredicates() {
    }

    /** Predicates by row id. */
    static Map<String, Predicate<DifferenceCase>> byId() {
        return BY_ID;
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
                && blocked(known, 0x0a);
    }

    private static Requester requester(Step step) {
        return switch (step) {
            case Step.Probe probe -> probe.requester();
            case Step.Copy copy -> copy.requester();
            default -> throw new IllegalArgumentException("no DMA: " + step);
        };
    }

    /** Whether QEMU blocked this very request for that reason and told it, which the unit did not, or for another reason. */
    private static boolean blocked(DifferenceCase known, int reason) {
        if (known.reason()) {
            return known.difference().qemu().equals("%02xh".formatted(reason));
        }
        return known.difference().qemu().equals(new Transfer.Blocked(reason, iova(known) & -0x1000L).toString());
    }

    private static long iova(DifferenceCase known) {
        return switch (known.step()) {
            case Step.Probe probe -> probe.iova();
            case Step.Copy copy -> known.write() ? copy.to() : copy.from();
            default -> throw new IllegalArgumentException("no DMA: " + known.step());
        };
    }

    /** Whether the tables keep the fault back. */
    private static boolean quiet(DifferenceCase known) {
        return known.way().map(way -> way.trace().outcome()).filter(out -> out.reasonCode() != 0 && !out.recorded()).isPresent();
    }

    private static boolean contextKeepsFaultsBack(DifferenceCase known) {
        return known.way().orElseThrow().trace().steps().stream()
                .anyMatch(step -> step.structure().equals(ScalableContextEntry.LAYOUT.name()) && (parse(step.words().getFirst()) & 2) != 0);
    }

    /** Whether QEMU 10 refuses the type of the PASID entry: a unit of it offers one stage, never nesting. */
    private static boolean refusedType(DifferenceCase known) {
        int type = (int) word(known, 0) >>> 6 & 7;
        return type != (known.scenario().variant().mode() == Variant.Mode.FIRST_STAGE ? 1 : 2) && type != 4 || type == 2 && oddWidth(known);
    }

    /** What QEMU says that it has invalidated: a domain's entries are all entries (1), and the reserved granularity is none. */
    private static String contextsDone(DifferenceCase known) {
        long wanted = known.register(Registers.CCMD) >>> 61 & 3;
        return "0x" + (wanted == 2 ? 1 : wanted);
    }

    /** The AW field of the PASID entry names a width that the unit does not offer. */
    private static boolean oddWidth(DifferenceCase known) {
        long width = word(known, 0) >>> 2 & 7;
        return width != 1 && (width != 2 || known.scenario().variant().addressWidth() < 48);
    }

    private static long parse(String word) {
        return Long.parseUnsignedLong(word.substring(2), 16);
    }

    /** Whether QEMU, which does not check what 24h is about, gets as far as the source; SVT=3 fails there. */
    private static boolean failsAtSource(EntryUse use) {
        EntryUse last = use.last();
        return use.fault() == 0x24 && (last.fault() == 0x26 || last.fault() == 0x24 && (last.high() >>> 18 & 3) == 3);
    }

    /** The first stage translates, or stops late, at an address that is canonical for its levels and not for the width of AW. */
    private static boolean narrow(DifferenceCase known) {
        Optional<WalkTrace.Step> entry = known.way().stream().flatMap(way -> way.trace().steps().stream())
                .filter(step -> step.structure().equals(PasidEntry.LAYOUT.name())).findFirst();
        if (entry.isEmpty() || code(known) == 0x80) {
            return false;
        }
        long word = parse(entry.get().words().getFirst());
        long above = iova(known) >> 29 + 9 * PasidEntry.ADDRESS_WIDTH.get(word);
        boolean canonical = above == 0 || above == -1;
        return PasidEntry.TRANSLATION_TYPE.get(word) == 1 && !canonical && (known.way().orElseThrow().keepsFaultsBack()
                ? known.difference().qemu().equals(new Transfer.BlockedQuietly().toString()) : blocked(known, 0x80));
    }

    private static boolean deniedSilently(DifferenceCase known) {
        if (!known.difference().qemu().equals(new Transfer.Unseen().toString()) || known.way().isEmpty()) {
            return false;
        }
        int code = code(known);
        boolean denied = known.write() ? code == 0x05 || code == 0x85 : code == 0x06 || code == 0x86;
        List<Way> opposite = known.write() ? known.tables().besideWrites() : known.tables().besideReads();
        return denied && opposite.stream().anyMatch(Way::translatedAtLast);
    }

    private static boolean dirtyLost(DifferenceCase known) {
        if (!(known.step() instanceof Step.Load) || known.scenario().variant().mode() != Variant.Mode.FIRST_STAGE) {
            return false;
        }
        long unit = parse(known.difference().other());
        return (unit & ACCESSED_DIRTY) == ACCESSED_DIRTY && parse(known.difference().qemu()) == (unit & ~DIRTY);
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
        boolean kept = known.way().get().keepsFaultsBack();
        return covers && (kept ? known.difference().qemu().equals(new Transfer.BlockedQuietly().toString())
                : blocked(known, known.scenario().variant().scalable() ? 0x87 : 0x0e));
    }
}
