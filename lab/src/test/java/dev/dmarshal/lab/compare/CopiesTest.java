package dev.dmarshal.lab.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.lab.model.UnitExecutor;
import dev.dmarshal.lab.scenario.Bait;
import dev.dmarshal.lab.scenario.Observation;
import dev.dmarshal.lab.scenario.Registers;
import dev.dmarshal.lab.scenario.Requester;
import dev.dmarshal.lab.scenario.Scenario;
import dev.dmarshal.lab.scenario.Step;
import dev.dmarshal.lab.scenario.Transfer;
import dev.dmarshal.lab.scenario.Variant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Two copies of one group to the same address: what the one does to the bait is not what the other did. */
class CopiesTest {

    private static final long ROOT = 0x100_0000L;
    private static final long CONTEXT = 0x100_1000L;
    private static final long TABLES = 0x100_2000L;
    private static final Bait BAIT = new Bait(7, 0x1_1000_3280L);

    @Test
    void blockedCopyIsNotCreditedWithTheWriteOfAnother() {
        List<Step> steps = new ArrayList<>(List.of(new Step.Store(ROOT, CONTEXT | 1), new Step.Store(TABLES, TABLES + 0x1000 | 3),
                new Step.Store(TABLES + 0x1000, TABLES + 0x2000 | 3), new Step.Store(TABLES + 0x2000, BAIT.address() & -0x1000L | 3)));
        long entry = CONTEXT + 16L * Requester.EDU_A.sourceId().value();
        steps.addAll(List.of(new Step.Store(entry + 8, 0x501), new Step.Store(entry, TABLES | 1), new Step.Lay(BAIT),
                new Step.Write(Registers.RTADDR, 8, ROOT), new Step.Write(Registers.GCMD, 4, 1 << 30), new Step.Write(Registers.GCMD, 4, 1L << 31),
                new Step.Copy(Requester.EDU_A, 0x280, 0x2c0, 16, false), new Step.Copy(Requester.EDU_C, 0x280, 0x2c0, 16, false)));
        Scenario scenario = new Scenario("by-hand", Variant.LEGACY39, steps);
        UnitExecutor unit = new UnitExecutor(Variant.LEGACY39, 0xd2008c22260206L, 0xf00f4aL);
        List<Observation> seen = unit.play(scenario);
        Observation.Copied passing = (Observation.Copied) seen.get(0);
        Observation.Copied blocked = (Observation.Copied) seen.get(1);
        assertThat(passing.write()).isEqualTo(new Transfer.Reached(BAIT));
        assertThat(passing.carried()).isEqualTo(Optional.of(BAIT.number()));
        assertThat(blocked.read()).isEqualTo(new Transfer.Blocked(2, 0));
        assertThat(blocked.write()).isEqualTo(new Transfer.Blocked(2, 0));
        assertThat(blocked.carried()).isEmpty();
        assertThat(KnownDifferences.load(7, 2).unexplained(scenario, seen, seen, unit.evidence())).isEmpty();
    }

    /** Of a copy that the unit blocks without a record, as FPD says, QEMU 7.2 tells 58h: the row that says so holds for copies too. */
    @Test
    void faultThatIsKeptBackMayBeTold() {
        Scenario scenario = new Scenario("by-hand", Variant.SCALABLE39, List.of(new Step.Store(ROOT, CONTEXT | 1),
                new Step.Store(CONTEXT + 32L * Requester.EDU_A.sourceId().value(), TABLES | 1), new Step.Store(TABLES, TABLES + 0x1000 | 1),
                new Step.Store(TABLES + 0x1000, 2 | 1 << 2 | 2 << 6), new Step.Write(Registers.RTADDR, 8, ROOT | 1 << 10),
                new Step.Write(Registers.GCMD, 4, 1 << 30), new Step.Write(Registers.GCMD, 4, 1L << 31),
                new Step.Copy(Requester.EDU_A, 0x280, 0x12c0, 16, false)));
        UnitExecutor unit = new UnitExecutor(Variant.SCALABLE39, 0xd2008c22260206L, 0x480080f00f4aL);
        Observation.Copied seen = (Observation.Copied) unit.play(scenario).getFirst();
        assertThat(seen.read()).isEqualTo(new Transfer.Unseen());
        for (int code : new int[] {0x58, 0x59, 0x02}) {
            Observation qemu = new Observation.Copied(seen.step(), new Transfer.Blocked(code, 0), new Transfer.Blocked(code, 0x1000), seen.carried(),
                    seen.faults());
            assertThat(KnownDifferences.load(7, 2).unexplained(scenario, List.of(qemu), List.of(seen), unit.evidence()).isEmpty())
                    .as("%xh", code).isEqualTo(code == 0x58);
        }
    }
}
