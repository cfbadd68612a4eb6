package dev.dmarshal.lab.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dmarshal.lab.scenario.FaultStatus;
import dev.dmarshal.lab.scenario.Observation;
import dev.dmarshal.lab.scenario.Observation.Delivery;
import dev.dmarshal.lab.scenario.Registers;
import dev.dmarshal.lab.scenario.Requester;
import dev.dmarshal.lab.scenario.Scenario;
import dev.dmarshal.lab.scenario.Step;
import dev.dmarshal.lab.scenario.Transfer;
import dev.dmarshal.lab.scenario.Variant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {

    private static final FaultStatus NONE = FaultStatus.of(0, 0, 0);
    private static final long HIGH = 1L << 63 | 1L << 62 | 6L << 32 | 0x0010;

    @Test
    void namesTheFieldsThatDiffer() {
        Scenario scenario = scenario(new Step.Probe(Requester.READER, Step.Access.READ, 0x5000, false));
        Observation qemu = new Observation.Dma(0, new Transfer.Blocked(6, 0x5000), new Transfer.NotTried(), FaultStatus.of(2, 0x5000, HIGH));
        Observation other = new Observation.Dma(0, new Transfer.Blocked(5, 0x5000), new Transfer.NotTried(), FaultStatus.of(3, 0x6000, HIGH ^ 1L << 62));
        assertThat(Comparison.compare(scenario, List.of(qemu), List.of(other))).containsExactly(
                new Difference(0, "read.reason", "06h", "05h"),
                new Difference(0, "faults.overflow", "false", "true"),
                new Difference(0, "faults.record.type", "2", "0"),
                new Difference(0, "faults.record.info", "0x5000", "0x6000"));
        assertThat(Comparison.compare(scenario, List.of(qemu), List.of(qemu))).isEmpty();
    }

    @Test
    void ignoresPasidOfRequestsWithoutPasid() {
        Scenario scenario = scenario(new Step.Probe(Requester.READER, Step.Access.READ, 0x5000, false));
        Observation qemu = new Observation.Dma(0, new Transfer.Blocked(6, 0x5000), new Transfer.NotTried(), FaultStatus.of(2, 0x5000, HIGH | 0xffffL << 40));
        Observation other = new Observation.Dma(0, new Transfer.Blocked(6, 0x5000), new Transfer.NotTried(), FaultStatus.of(2, 0x5000, HIGH));
        assertThat(Comparison.compare(scenario, List.of(qemu), List.of(other))).isEmpty();
        Observation shown = new Observation.Dma(0, new Transfer.Blocked(6, 0x5000), new Transfer.NotTried(), FaultStatus.of(2, 0x5000, HIGH | 1L << 31));
        assertThat(Comparison.compare(scenario, List.of(shown), List.of(other)))
                .containsExactly(new Difference(0, "faults.record.pasidPresent", "true", "false"));
    }

    @Test
    void takesRegistersApart() {
        Scenario scenario = scenario(new Step.Read(Registers.GSTS, 4));
        assertThat(Comparison.compare(scenario, List.of(new Observation.Value(0, 0xc000_0000L)), List.of(new Observation.Value(0, 0x4000_0000L))))
                .containsExactly(new Difference(0, "GSTS.TES", "0x1", "0x0"));
    }

    @Test
    void refusesObservationsOfDifferentKinds() {
        Scenario scenario = scenario(new Step.Read(Registers.GSTS, 4));
        Observation value = new Observation.Value(0, 0);
        Observation signal = new Observation.Signal(0, new Delivery.Dropped(), NONE);
        assertThatThrownBy(() -> Comparison.compare(scenario, List.of(value), List.of(signal))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Comparison.compare(scenario, List.of(value), List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyRowHasItsFieldsAndItsPredicate() {
        KnownDifferences known = KnownDifferences.load(7, 2);
        assertThat(known.rows()).isNotEmpty().extracting(KnownDifference::id).doesNotHaveDuplicates();
        assertThatThrownBy(() -> KnownDifferences.parse("id x\nqemu all\nwhere y\nwhy z\n")).hasMessageContaining("lacks its source");
        assertThatThrownBy(() -> KnownDifferences.parse("id x\nqemu some\nwhere y\nwhy z\nsource s\n")).hasMessageContaining("versions are");
        KnownDifference row = KnownDifferences.parse("# c\n\nid x\nqemu before 8.2\nwhere y\nwhy z\nsource s\n").getFirst();
        assertThat(row.concerns(7, 2)).isTrue();
        assertThat(row.concerns(8, 2)).isFalse();
        assertThat(row.concerns(10, 0)).isFalse();
    }

    private static Scenario scenario(Step step) {
        return new Scenario("by-hand", Variant.LEGACY39, List.of(step));
    }
}
