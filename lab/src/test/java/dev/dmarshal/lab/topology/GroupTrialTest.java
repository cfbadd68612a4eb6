package dev.dmarshal.lab.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.lab.qtest.Lab;
import dev.dmarshal.lab.qtest.QemuProgram;
import dev.dmarshal.lab.setup.Stock;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Computed groups are those of a real kernel, on twenty random topologies in one boot; the same ones every time unless a seed is given. */
class GroupTrialTest {

    private static final int TOPOLOGIES = 20;

    @Test
    void computedGroupsAreTheKernels(@TempDir Path scratch) throws Exception {
        QemuProgram program = Lab.qemu();
        long seed = Long.parseLong(System.getProperty("seed", "").isEmpty() ? "2026" : System.getProperty("seed"));
        GroupTrial trial = GroupTrial.run(program, Stock.ofEnvironment(System.getenv()), "linux-6.1", seed, TOPOLOGIES, scratch);
        System.out.println("seed " + seed + ": " + trial.host().groups().tree().functions().size() + " functions, " + trial.host().kernel().size() + " groups, "
                + trial.commandLine());
        assertThat(trial.objections()).as("seed %d", seed).isEmpty();
        assertThat(trial.host().kernel()).hasSizeGreaterThan(TOPOLOGIES);
    }

    @Test
    void machinesAreReplayedBySeed() throws Exception {
        assertThat(RandomMachine.of(new Random(5), TOPOLOGIES)).isEqualTo(RandomMachine.of(new Random(5), TOPOLOGIES));
        assertThat(RandomMachine.of(new Random(5), RandomMachine.MOST).spec().parts()).hasSizeGreaterThan(RandomMachine.MOST);
    }
}
