package dev.dmarshal.lab.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.lab.model.UnitExecutor;
import dev.dmarshal.lab.scenario.Bait;
import dev.dmarshal.lab.scenario.FaultStatus;
import dev.dmarshal.lab.scenario.Observation;
import dev.dmarshal.lab.scenario.Observation.Delivery;
import dev.dmarshal.lab.scenario.Registers;
import dev.dmarshal.lab.scenario.Requester;
import dev.dmarshal.lab.scenario.Scenario;
import dev.dmarshal.lab.scenario.Step;
import dev.dmarshal.lab.scenario.Transfer;
import dev.dmarshal.lab.scenario.Variant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each row of the list explains the answers that it names, and of all others none. */
class KnownRowsTest {

    private static final long ROOT = 0x100_0000L;
    private static final long CONTEXT = 0x100_1000L;
    private static final long LEVEL3 = 0x100_2000L;
    private static final long LEVEL2 = 0x100_3000L;
    private static final long LEVEL1 = 0x100_4000L;
    private static final long DIRECTORY = 0x100_5000L;
    private static final long PASIDS = 0x100_6000L;
    private static final long LEVEL4 = 0x100_7000L;
    private static final long INTERRUPTS = 0x100_8000L;
    private static final long IOVA = 0x20_0280L;
    private static final long PAGE = 0x20_0000L;
    private static final Bait BAIT = new Bait(7, 0x1_1000_3280L);
    private static final Bait OTHER = new Bait(9, 0x200_4280L);

    private static final String QUIET = "quiet";
    private static final String UNSEEN = "unseen";
    private static final String BAITED = "bait";

    /**
     * A rule on which QEMU differs. Behind a rule that QEMU does not check, the architecture's own next answer may pass beside QEMU's word for it.
     *
     * @param row      of the list
     * @param major    of QEMU's version
     * @param variant  of the unit
     * @param words    what is stored over the sound tables: address, value, …
     * @param iova     where the request goes
     * @param write    whether it is a write
     * @param accepted all answers of QEMU that may pass, the unit's own among them: codes, {@link #QUIET}, {@link #UNSEEN}, {@link #BAITED}
     */
    private record Case(String row, int major, Variant variant, List<Long> words, long iova, boolean write, Set<String> accepted) {
        static Case of(String row, Variant variant, List<Long> words, String... accepted) {
            return new Case(row, variant == Variant.FIRST_STAGE ? 10 : 7, variant, words, IOVA, false, Set.of(accepted));
        }

        Case at(long address) {
            return new Case(row, major, variant, words, address, write, accepted);
        }

        Case writing() {
            return new Case(row, major, variant, words, iova, true, accepted);
        }

        @Override
        public String toString() {
            return row + " " + variant + " " + accepted;
        }
    }

    private static final long PASID_SOUND = 1 | 1 << 2 | 2 << 6 | LEVEL3;
    private static final long FIRST_SOUND = 1 | 2 << 2 | 1 << 6;

    static Stream<Case> cases() {
        Variant scalable = Variant.SCALABLE39;
        Variant first = Variant.FIRST_STAGE;
        Variant legacy = Variant.LEGACY39;
        long context = CONTEXT + 16 * 0x10;
        long scalableContext = CONTEXT + 32 * 0x10;
        return Stream.of(
                Case.of("cached-context-skips-present", scalable, List.of(PASIDS, PASID_SOUND & ~1), "59", "58", BAITED),
                Case.of("cached-context-skips-present", scalable, List.of(PASIDS, PASID_SOUND & ~(7 << 6 | 1) | 4 << 6), "59", "58", BAITED),
                Case.of("directory-size-not-checked", scalable, List.of(scalableContext, DIRECTORY | 1, scalableContext + 8, 0x2000L,
                        DIRECTORY + 0x400, PASIDS | 1), "48", BAITED),
                Case.of("directory-size-not-checked", scalable, List.of(scalableContext, DIRECTORY | 1, scalableContext + 8, 0x2000L), "48", "51", "58"),
                Case.of("pasid-reserved-bits-ignored", scalable, List.of(PASIDS, PASID_SOUND | 1 << 5), "5a", BAITED),
                Case.of("pasid-reserved-bits-ignored", scalable, List.of(PASIDS, PASID_SOUND | 1 << 10, PASIDS + 16, 1L << 6, LEVEL1, 0L), "5a", "79", "06"),
                Case.of("directory-reserved-bits-ignored", scalable, List.of(DIRECTORY, PASIDS | 5), "52", BAITED),
                Case.of("type-taken-for-second-stage", scalable, List.of(PASIDS, PASID_SOUND & ~(7 << 6) | 1 << 6), "5b", BAITED),
                Case.of("type-taken-for-second-stage", scalable, List.of(PASIDS, PASID_SOUND & ~(7 << 6 | 7 << 2) | 3 << 6), "5b", "58"),
                Case.of("context-features-not-checked", scalable, List.of(scalableContext, DIRECTORY | 3 << 9 | 5), "42", BAITED),
                Case.of("context-features-not-checked", scalable, List.of(scalableContext + 8, 1L << 20, LEVEL1, 0L), "42", "79", "06"),
                Case.of("execute-disable-not-reserved", first, List.of(LEVEL1, BAIT.address() & -0x1000L | 0x67 | Long.MIN_VALUE), "72", BAITED),
                Case.of("bits-set-without-snoop", first, List.of(PASIDS + 8, 5L, LEVEL1, BAIT.address() & -0x1000L | 7), "90", BAITED),
                Case.of("first-stage-width-of-second", first, List.of(PASIDS, FIRST_SOUND & ~(7 << 2) | 1 << 2, LEVEL4 + 8 * 0x80, LEVEL3 | 7), BAITED, "80")
                        .at(IOVA + (1L << 46)),
                Case.of("pass-through-width-checked", scalable, List.of(PASIDS, PASID_SOUND & ~0x1ff | 1 | 2 << 2 | 4 << 6), BAITED, "58").at(BAIT.address()),
                Case.of("pass-through-any-address", legacy, List.of(context, 9L), "04", UNSEEN).at(1L << 40 | 0x280),
                Case.of("pass-through-any-address", scalable, List.of(PASIDS, PASID_SOUND & ~(7 << 6) | 4 << 6), "83", UNSEEN).at(1L << 40 | 0x280),
                Case.of("root-other-half-checked", scalable, List.of(ROOT + 8, 0x10L), BAITED, "0a"),
                Case.of("reserved-context-not-qualified", legacy, List.of(context, LEVEL3 | 1 << 4 | 3), QUIET, "0b"),
                Case.of("pasid-faults-not-qualified", scalable, List.of(PASIDS, PASID_SOUND & ~(7 << 6) | 2), QUIET, "58"),
                Case.of("pasid-faults-qualified-by-context-only", first, List.of(PASIDS, FIRST_SOUND & ~(7 << 6) | 2), QUIET, "5b"),
                Case.of("pasid-faults-qualified-by-context-only", first, List.of(DIRECTORY, PASIDS | 2), QUIET, "51"),
                Case.of("pasid-codes-collapsed", scalable, List.of(DIRECTORY, PASIDS), "51", "58"),
                Case.of("pasid-type-before-present", first, List.of(PASIDS, 0L), "59", "5b"),
                Case.of("scalable-legacy-codes", scalable, List.of(LEVEL1, 0L), "79", "06"),
                Case.of("scalable-legacy-codes", scalable, List.of(LEVEL1, 0L), "79", "05").writing(),
                Case.of("cached-page-denies-silently", legacy, List.of(LEVEL1, BAIT.address() & -0x1000L | 1), "05", UNSEEN).writing(),
                Case.of("cached-page-denies-silently", scalable, List.of(LEVEL1, BAIT.address() & -0x1000L | 2), "86", "06", UNSEEN),
                Case.of("all-ones-entry-unreadable", legacy, List.of(LEVEL1, -1L), "0c", "07"),
                Case.of("all-ones-entry-unreadable", legacy, List.of(LEVEL3, -1L), "0c", "03"),
                Case.of("interrupt-range-whole-page", legacy, List.of(LEVEL2 + 8, 0xfee0_0083L), UNSEEN, "0e").at(0x30_0280L),
                Case.of("interrupt-range-whole-page", legacy, List.of(LEVEL2 + 8, 0xfee0_0083L, context, LEVEL3 | 3), UNSEEN, QUIET).at(0x30_0280L),
                Case.of("interrupt-range-whole-page", scalable, List.of(LEVEL2 + 8, 0xfee0_0083L), UNSEEN, "87").at(0x30_0280L),
                new Case("transient-mapping-reserved", 10, Variant.FEATURES48, List.of(CONTEXT + 16 * 0x10 + 8, 0x502L, context, LEVEL4 | 1,
                        LEVEL1, BAIT.address() & -0x1000L | 3 | 1L << 62), IOVA, false, Set.of(BAITED, "0c")),
                Case.of("table-among-device-registers", legacy, List.of(LEVEL2 + 8, 0xfee0_0003L), "07", "06"),
                Case.of("table-among-device-registers", legacy, List.of(LEVEL2 + 8, 0xfee0_0003L), "07", "05").writing());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void acceptsTheseAnswersOnly(Case tried) {
        UnitExecutor unit = executor(tried.variant);
        Scenario scenario = scenario(tried);
        Observation.Dma seen = (Observation.Dma) unit.play(scenario).getFirst();
        Transfer own = tried.write ? seen.write() : seen.read();
        Set<String> accepted = new TreeSet<>();
        Set<String> rows = new TreeSet<>();
        for (Map.Entry<String, Transfer> answer : answers(tried.iova & -0x1000).entrySet()) {
            KnownDifferences known = KnownDifferences.load(tried.major, 0);
            FaultStatus faults = answer.getValue().equals(own) ? seen.faults() : faults(answer.getValue(), tried);
            Transfer none = new Transfer.NotTried();
            Observation qemu = new Observation.Dma(seen.step(), tried.write ? none : answer.getValue(), tried.write ? answer.getValue() : none, faults);
            if (known.unexplained(scenario, List.of(qemu), List.of(seen), unit.evidence()).isEmpty()) {
                accepted.add(answer.getKey());
                known.used().forEach((row, times) -> {
                    if (times > 0) {
                        rows.add(row);
                    }
                });
            }
        }
        assertThat(accepted).as("the unit says %s", own).containsExactlyInAnyOrderElementsOf(tried.accepted);
        assertThat(rows).contains(tried.row);
    }

    /** The same fault at another address is another difference. */
    @Test
    void addressCounts() {
        Case tried = cases().filter(known -> known.row.equals("root-other-half-checked")).findFirst().orElseThrow();
        UnitExecutor unit = executor(tried.variant);
        Observation.Dma seen = (Observation.Dma) unit.play(scenario(tried)).getFirst();
        for (long page : new long[] {PAGE, PAGE + 0x1000}) {
            Observation qemu = new Observation.Dma(seen.step(), new Transfer.Blocked(0x0a, page), seen.write(), seen.faults());
            assertThat(KnownDifferences.load(7, 2).unexplained(scenario(tried), List.of(qemu), List.of(seen), unit.evidence()).isEmpty())
                    .isEqualTo(page == PAGE);
        }
    }

    @Test
    void versionCounts() {
        Case old = cases().filter(known -> known.row.equals("pasid-codes-collapsed")).findFirst().orElseThrow();
        UnitExecutor unit = executor(old.variant);
        Observation.Dma seen = (Observation.Dma) unit.play(scenario(old)).getFirst();
        Transfer collapsed = new Transfer.Blocked(0x58, PAGE);
        Observation qemu = new Observation.Dma(seen.step(), collapsed, seen.write(), faults(collapsed, old));
        assertThat(KnownDifferences.load(9, 2).unexplained(scenario(old), List.of(qemu), List.of(seen), unit.evidence())).isEmpty();
        assertThat(KnownDifferences.load(10, 0).unexplained(scenario(old), List.of(qemu), List.of(seen), unit.evidence())).isNotEmpty();
    }

    /** An interrupt: entry, message, and what QEMU may do with it beside what the unit does. */
    private record Signal(String row, long low, long high, int address, int data, Set<Delivery> accepted) {
        static Signal of(String row, long low, long high, Delivery... accepted) {
            return new Signal(row, low, high, 0xfee0_0010 | 5 << 5, 0, Set.of(accepted));
        }
    }

    private static final Delivery SENT = new Delivery.Remapped(0x41, 0, false, false, false, 3);
    private static final Delivery DROPPED = new Delivery.Dropped();
    private static final long ENTRY = 0x0300L << 32 | 0x41 << 16 | 1;

    static Stream<Signal> signals() {
        int own = Requester.EDU_C.sourceId().value();
        return Stream.of(
                Signal.of("interrupt-posted-format", ENTRY | 1 << 15, 0, DROPPED, SENT),
                Signal.of("interrupt-destination-bits", ENTRY | 5L << 48 | 1L << 32, 0, DROPPED, SENT),
                Signal.of("interrupt-delivery-mode", ENTRY | 3 << 5, 0, DROPPED, new Delivery.Remapped(0x41, 3, false, false, false, 3)),
                Signal.of("interrupt-svt-bus-range", ENTRY, 2 << 18 | 0x0005, SENT, DROPPED),
                Signal.of("interrupt-svt-bus-range", ENTRY, 2 << 18 | 0x0500, DROPPED, SENT),
                new Signal("interrupt-index-wraps", ENTRY, 0, 0xfee0_0018 | 0x7ffa << 5 | 4, 11, Set.of(DROPPED, SENT)),
                new Signal("interrupt-compatibility-passes", ENTRY, 0, 0xfee0_1000, 0x33, Set.of(DROPPED, new Delivery.Passed(0xfee0_1000, 0x33))),
                Signal.of("interrupt-posted-format", ENTRY | 1 << 15, 1 << 18 | own + 1, DROPPED));
    }

    @ParameterizedTest
    @MethodSource("signals")
    void acceptsTheseDeliveriesOnly(Signal tried) {
        UnitExecutor unit = executor(Variant.LEGACY39);
        List<Step> steps = new ArrayList<>(List.of(new Step.Store(INTERRUPTS + 16 * 5 + 8, tried.high), new Step.Store(INTERRUPTS + 16 * 5, tried.low),
                new Step.Write(Registers.IRTA, 8, INTERRUPTS | 7), new Step.Write(Registers.GCMD, 4, 1 << 24), new Step.Write(Registers.GCMD, 4, 1 << 25),
                new Step.Interrupt(Requester.EDU_C, tried.address, tried.data, false)));
        Scenario scenario = new Scenario("by-hand", Variant.LEGACY39, steps);
        Observation.Signal seen = (Observation.Signal) unit.play(scenario).getFirst();
        List<Delivery> answers = List.of(DROPPED, SENT, new Delivery.Passed(tried.address, tried.data), new Delivery.Passed(0xfee0_5000, 1),
                new Delivery.Remapped(0x42, 0, false, false, false, 3), new Delivery.Remapped(0x41, 3, false, false, false, 3),
                new Delivery.Remapped(0x41, 6, false, false, false, 3), new Delivery.Remapped(0x41, 0, true, false, false, 3),
                new Delivery.Remapped(0x41, 0, false, true, false, 3), new Delivery.Remapped(0x41, 0, false, false, true, 3),
                new Delivery.Remapped(0x41, 0, false, false, false, 5));
        List<Delivery> accepted = new ArrayList<>();
        for (Delivery answer : answers) {
            KnownDifferences known = KnownDifferences.load(7, 2);
            Observation qemu = new Observation.Signal(seen.step(), answer, FaultStatus.of(0, 0, 0));
            if (known.unexplained(scenario, List.of(qemu), List.of(seen), unit.evidence()).isEmpty()) {
                accepted.add(answer);
                assertThat(answer.equals(seen.outcome()) || known.used().get(tried.row) > 0).as("%s explains %s", tried.row, answer).isTrue();
            }
        }
        assertThat(accepted).as("the unit says %s", seen.outcome()).containsExactlyInAnyOrderElementsOf(tried.accepted);
    }

    /** Where QEMU looks at the source before what it does not check at all, it says 26h; where the source is right, it must not. */
    @Test
    void sourceIsSaidToBeWrongOnlyIfItIs() {
        for (int source : new int[] {Requester.EDU_C.sourceId().value(), Requester.EDU_C.sourceId().value() + 1}) {
            UnitExecutor unit = executor(Variant.LEGACY39);
            Scenario scenario = new Scenario("by-hand", Variant.LEGACY39, List.of(new Step.Store(INTERRUPTS + 16 * 5 + 8, 1 << 18 | source),
                    new Step.Store(INTERRUPTS + 16 * 5, ENTRY | 1 << 15), new Step.Write(Registers.IRTA, 8, INTERRUPTS | 7),
                    new Step.Write(Registers.GCMD, 4, 1 << 24), new Step.Write(Registers.GCMD, 4, 1 << 25),
                    new Step.Interrupt(Requester.EDU_C, 0xfee0_0010 | 5 << 5, 0, false)));
            Observation.Signal seen = (Observation.Signal) unit.play(scenario).getFirst();
            long high = 1L << 63 | 0x26L << 32 | Requester.EDU_C.sourceId().value();
            Observation qemu = new Observation.Signal(seen.step(), DROPPED, FaultStatus.of(2, 5L << 48, high));
            boolean explained = KnownDifferences.load(10, 0).unexplained(scenario, List.of(qemu), List.of(seen), unit.evidence()).isEmpty();
            assertThat(explained).as("SID %x", source).isEqualTo(source != Requester.EDU_C.sourceId().value());
        }
    }

    @Test
    void registersOfWhatWasInvalidated() {
        for (int asked = 1; asked <= 3; asked++) {
            for (int told = 0; told <= 3; told++) {
                long ccmd = 1L << 63 | (long) asked << 61;
                assertThat(explains(Variant.SCALABLE, ccmd, Registers.CCMD, (long) told << 59 | (long) asked << 61, (long) asked << 61))
                        .as("contexts: %d asked, %d told", asked, told).isEqualTo(told == 0 || told == (asked == 2 ? 1 : asked));
                assertThat(explains(Variant.LEGACY39, ccmd, Registers.CCMD, (long) told << 59 | (long) asked << 61, (long) asked << 61 | (long) asked << 59))
                        .as("legacy: %d asked, %d told", asked, told).isEqualTo(told == asked || asked == 2 && told == 1);
                long iotlb = 1L << 63 | (long) asked << 60;
                assertThat(explains(Variant.SCALABLE, iotlb, Registers.IOTLB, (long) told << 57 | (long) asked << 60, (long) asked << 60))
                        .as("translations: %d asked, %d told", asked, told).isEqualTo(told == 0 || told == asked);
            }
        }
        assertThat(explains(Variant.SCALABLE, 0, Registers.ECAP, 0, 1L << 49 | 1L << 48)).isTrue();
        assertThat(explains(Variant.SCALABLE, 0, Registers.ECAP, 0, 1L << 49 | 1L << 50)).isFalse();
        assertThat(explains(Variant.LEGACY48, 0, Registers.ECAP, 0, 1L << 49)).isFalse();
    }

    private static boolean explains(Variant variant, long written, int register, long qemu, long unit) {
        Scenario scenario = new Scenario("by-hand", variant, List.of(new Step.Write(register, 8, written), new Step.Read(register, 8)));
        return KnownDifferences.load(7, 2).unexplained(scenario, List.of(new Observation.Value(1, qemu)), List.of(new Observation.Value(1, unit)), Map.of())
                .isEmpty();
    }

    private static UnitExecutor executor(Variant variant) {
        return switch (variant) {
            case SCALABLE39 -> new UnitExecutor(variant, 0xd2008c22260206L, 0x480080f00f4aL);
            case FIRST_STAGE -> new UnitExecutor(variant, 0x1d2008c222f0606L, 0x880000f00f4aL);
            case FEATURES48 -> new UnitExecutor(variant, 0xd2008c222f0606L, 0xf00f4aL | 1 << 2);
            default -> new UnitExecutor(variant, 0xd2008c22260206L, 0xf00f4aL);
        };
    }

    private static Map<String, Transfer> answers(long page) {
        Map<String, Transfer> answers = new TreeMap<>(Map.of(QUIET, new Transfer.BlockedQuietly(), UNSEEN, new Transfer.Unseen(),
                BAITED, new Transfer.Reached(BAIT), "another bait", new Transfer.Reached(OTHER)));
        for (int code = 1; code < 0xa0; code++) {
            answers.put("%02x".formatted(code), new Transfer.Blocked(code, page));
        }
        return answers;
    }

    private static FaultStatus faults(Transfer transfer, Case tried) {
        if (!(transfer instanceof Transfer.Blocked blocked)) {
            return FaultStatus.of(0, 0, 0);
        }
        long source = (tried.write ? Requester.WRITER : Requester.READER).sourceId().value();
        return FaultStatus.of(2, blocked.address(), 1L << 63 | (tried.write ? 0 : 1L << 62) | (long) blocked.reason() << 32 | source);
    }

    private static Scenario scenario(Case tried) {
        List<Step> steps = new ArrayList<>();
        boolean scalable = tried.variant.scalable();
        steps.add(new Step.Store(ROOT, CONTEXT | 1));
        for (int devfn : new int[] {0x10, 0x18}) {
            if (scalable) {
                steps.add(new Step.Store(CONTEXT + 32 * devfn, DIRECTORY | 3 << 9 | 1));
            } else {
                steps.add(new Step.Store(CONTEXT + 16 * devfn, LEVEL3 | 1));
                steps.add(new Step.Store(CONTEXT + 16 * devfn + 8, 0x501));
            }
        }
        boolean first = tried.variant == Variant.FIRST_STAGE;
        if (scalable) {
            steps.add(new Step.Store(DIRECTORY, PASIDS | 1));
            steps.add(new Step.Store(PASIDS, first ? FIRST_SOUND : PASID_SOUND));
            steps.add(new Step.Store(PASIDS + 8, first ? 5 | 1 << 23 : 5));
            steps.add(new Step.Store(PASIDS + 16, first ? LEVEL4 : 0));
        }
        int rights = first ? 0x27 : 3;
        steps.add(new Step.Store(LEVEL4, LEVEL3 | rights));
        steps.add(new Step.Store(LEVEL3, LEVEL2 | rights));
        steps.add(new Step.Store(LEVEL2 + 8, LEVEL1 | rights));
        steps.add(new Step.Store(LEVEL1, BAIT.address() & -0x1000L | (first ? 0x67 : 3)));
        for (int i = 0; i < tried.words.size(); i += 2) {
            steps.add(new Step.Store(tried.words.get(i), tried.words.get(i + 1)));
        }
        steps.add(new Step.Write(Registers.RTADDR, 8, scalable ? ROOT | 1 << 10 : ROOT));
        steps.add(new Step.Write(Registers.GCMD, 4, 1 << 30));
        steps.add(new Step.Write(Registers.GCMD, 4, 1L << 31));
        steps.add(new Step.Lay(BAIT));
        steps.add(new Step.Lay(OTHER));
        Requester requester = tried.write ? Requester.WRITER : Requester.READER;
        steps.add(new Step.Probe(requester, tried.write ? Step.Access.WRITE : Step.Access.READ, tried.write ? tried.iova + Bait.SLOT_OFFSET
                : tried.iova, false));
        return new Scenario("by-hand", tried.variant, steps);
    }
}
