package dev.dmarshal.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.lab.machine.OnTheLab;
import dev.dmarshal.lab.machine.Stand;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code dmarshal lab boot} on a machine whose own disk is full: it says so, ends, and leaves nothing. A file system of one MiB is TMPDIR. */
@ExtendWith(OnTheLab.class)
class FullDiskTest {

    private static final String SMALL = "mount -t tmpfs -o size=1m small \"$1\" || exit 99; shift; \"$@\"; code=$?; ls -A \"$TMPDIR\"; exit $code";

    @Test
    void whatDoesNotFitIsSaid(Stand stand, @TempDir Path folder) throws Exception {
        String program = Path.of(System.getProperty("image"), "bin/dmarshal").toString();
        // A mount namespace of its own: nobody else sees the small file system, and it goes with the last process in it.
        ProcessBuilder builder = new ProcessBuilder("unshare", "--map-root-user", "--mount", "sh", "-c", SMALL, "sh", folder.toString(), program, "lab", "boot",
                "--qemu", stand.means().program().path().toString(), "true").redirectErrorStream(true);
        builder.environment().put("TMPDIR", folder.toString());
        Process process = start(builder);
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        if (process.exitValue() == 99) {
            Assumptions.abort("no file system can be mounted here: " + said);
        }
        System.out.println(said);
        assertThat(process.exitValue()).isEqualTo(2);
        assertThat(said.lines()).as("one line, and nothing left in the folder").singleElement().asString()
                .startsWith("dmarshal: cannot write the initramfs " + folder).endsWith("No space left on device");
    }

    private static Process start(ProcessBuilder builder) {
        try {
            return builder.start();
        } catch (IOException e) {
            Assumptions.abort("no unshare: " + e.getMessage());
            throw new IllegalStateException(e);
        }
    }
}
