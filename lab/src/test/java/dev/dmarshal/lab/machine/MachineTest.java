package dev.dmarshal.lab.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.lab.guest.Outcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real kernel boots on a machine with VT-d, and the agent inside does what it is told. */
class MachineTest {

    @ParameterizedTest
    @ValueSource(strings = {"linux-6.1", "linux-6.12"})
    void bootsAndTalks(String kernel, @TempDir Path folder) throws Exception {
        MachineSpec spec = MachineSpec.builder().part(Part.device("edu", "edu").at("02.0")).build();
        try (Machine machine = Stage.linux(kernel, spec, "intel_iommu=on", folder)) {
            System.out.println(machine.kernelRelease() + " came up in " + machine.bootTook().toMillis() + " ms");
            machine.requireRemapping();
            Outcome outcome = machine.run("echo out; echo err >&2; exit 3", Stage.MOMENT);
            assertThat(outcome.exitCode()).hasValue(3);
            assertThat(outcome.out()).isEqualTo("out\n");
            assertThat(outcome.err()).isEqualTo("err\n");
            assertThat(machine.run("sleep 100", Duration.ofSeconds(1)).late()).isTrue();
            byte[] noise = new byte[1 << 20];
            new Random(7).nextBytes(noise);
            long start = System.nanoTime();
            machine.put("/tmp/a file", noise, false);
            long middle = System.nanoTime();
            assertThat(machine.get("/tmp/a file")).isEqualTo(noise);
            System.out.printf("1 MiB in %d ms in, %d ms out%n", (middle - start) / 1_000_000, (System.nanoTime() - middle) / 1_000_000);
            assertThat(new String(machine.get("/proc/version"), StandardCharsets.UTF_8)).contains(machine.kernelRelease());
            assertThat(machine.qmp().execute("query-status", Map.of())).contains("running");
            System.out.println(machine.must("ls /sys/kernel/iommu_groups; dmesg | grep -i dmar", Stage.MOMENT));
        }
    }
}
