package dev.dmarshal.core.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dmarshal.core.pci.SourceId;
import dev.dmarshal.core.vtd.AddressWidth;
import dev.dmarshal.core.vtd.SecondStageTree;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlatformTest {
    private final RemappingUnit graphics = unitThatMovesTo(0x10_0000);
    private final RemappingUnit others = unitThatMovesTo(0x20_0000);
    private final SourceId display = SourceId.of(0, 2, 0);

    private static RemappingUnit unitThatMovesTo(long target) {
        Machine machine = new Machine(Rig.legacyCapabilities().build());
        SecondStageTree tree = machine.tables.secondStage(AddressWidth.BITS_48);
        tree.map(0x1000, target, 0x1000, Rig.RW);
        long root = machine.tables.page();
        for (int id : new int[] {0x0010, 0x0118, 0x0300}) {
            machine.tables.context(root, id, Rig.context(tree).build());
        }
        machine.root(root);
        machine.command(Machine.TE, true);
        return machine.unit;
    }

    @Test
    void requestsGoThroughTheUnitOfTheirScope() {
        Platform platform = Platform.builder().unit(0, graphics, List.of(Platform.Scope.function(display), Platform.Scope.buses(3, 4)))
                .others(0, others).build();
        assertThat(platform.unit(0, display)).containsSame(graphics);
        assertThat(platform.unit(0, SourceId.of(4, 31, 7))).containsSame(graphics);
        assertThat(platform.unit(0, SourceId.of(5, 0, 0))).containsSame(others);
        assertThat(platform.unit(1, display)).isEmpty();
        Translation out = new Translation();
        assertThat(platform.segment(0).translate(0x0300, 0x1000, Request.READ, 0, out)).isTrue();
        assertThat(out.address()).isEqualTo(0x10_0000);
        assertThat(platform.segment(0).translate(0x0118, 0x1000, Request.READ, 0, out)).isTrue();
        assertThat(out.address()).isEqualTo(0x20_0000);
        assertThat(platform.segment(1).translate(0x0118, 0x1000, Request.READ, 0, out)).isTrue();
        assertThat(out.address()).isEqualTo(0x1000);
    }

    @Test
    void interruptsGoThroughTheUnitOfTheirScope() {
        Machine machine = new Machine(Machine.linux());
        machine.interrupts(machine.tables.pages(16));
        Platform platform = Platform.builder().unit(0, machine.unit, List.of(Platform.Scope.function(display))).build();
        RemappedInterrupt out = new RemappedInterrupt();
        platform.segment(0).deliver(display.value(), 0xFEE0_0010L, 4, 0, out);
        assertThat(out.outcome()).isEqualTo(RemappedInterrupt.Outcome.BLOCKED);
        platform.segment(0).deliver(0x0300, 0xFEE0_0010L, 4, 7, out);
        assertThat(out.outcome()).isEqualTo(RemappedInterrupt.Outcome.PASSED);
        assertThat(out.address()).isEqualTo(0xFEE0_0010L);
        assertThat(out.value()).isEqualTo(7);
    }

    @Test
    void refusesContradictions() {
        Platform.Builder builder = Platform.builder().unit(0, graphics, List.of(Platform.Scope.function(display))).others(0, others);
        assertThatThrownBy(() -> builder.unit(0, others, List.of(Platform.Scope.buses(0, 0)))).hasMessageContaining("00:02.0");
        assertThatThrownBy(() -> builder.others(0, graphics)).hasMessageContaining("two units");
        assertThatThrownBy(() -> new Platform.Scope(display, SourceId.of(0, 1, 0))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void unitsForAllRequestersOfASegment() {
        Platform platform = Platform.builder().others(2, others).build();
        assertThat(platform.unit(2, display)).containsSame(others);
        assertThat(platform.unit(0, display)).isEmpty();
        Translation out = new Translation();
        assertThat(platform.segment(2).translate(0x0118, 0x5000, Request.READ, 0, out)).as("blocked by its unit").isFalse();
        assertThat(out.reason()).isPresent();
    }

    /** An outcome that was of an entry before says nothing of one when the interrupt passes. */
    @Test
    void interruptsWithoutUnitHaveNoEntry() {
        Machine machine = new Machine(Machine.linux());
        machine.interrupts(machine.tables.pages(16));
        Platform platform = Platform.builder().unit(0, machine.unit, List.of(Platform.Scope.function(display))).build();
        RemappedInterrupt out = new RemappedInterrupt();
        platform.segment(0).deliver(display.value(), 0xFEE0_0010L, 4, 0, out);
        assertThat(out.hasIndex()).isTrue();
        platform.segment(0).deliver(0x0300, 0xFEE0_0010L, 4, 7, out);
        assertThat(out.hasIndex()).isFalse();
        assertThat(out.faultCode()).isZero();
    }
}
