package dev.dmarshal.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.lab.machine.OnTheLab;
import dev.dmarshal.lab.machine.Stand;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code dmarshal lab boot} that is interrupted or killed leaves no process. */
@ExtendWith(OnTheLab.class)
class InterruptedLabTest {

    private static final long PATIENCE_SECONDS = 60;

    @ParameterizedTest
    @ValueSource(strings = {"INT", "KILL"})
    void nothingIsLeft(String signal, Stand stand) throws Exception {
        String program = Path.of(System.getProperty("image"), "bin/dmarshal").toString();
        // A shell starts its background jobs with SIGINT ignored, children inherit that, and a JVM then leaves it so: a terminal's program has the default.
        Process process = new ProcessBuilder("env", "--default-signal=INT", program, "lab", "boot", "--qemu", stand.means().program().path().toString(),
                "sleep 600").redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        try (BufferedReader said = new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
            String line = said.readLine();
            assertThat(line).contains(" came up in ");
            System.out.println(line);
            List<ProcessHandle> children = process.descendants().toList();
            assertThat(children).as("shell, QEMU, watch").hasSizeGreaterThanOrEqualTo(3);
            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(signal.equals("INT") ? 130 : 137);
            for (ProcessHandle child : children) {
                child.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
            assertThat(children).noneMatch(ProcessHandle::isAlive);
        } finally {
            process.destroyForcibly();
        }
    }
}
