package dev.dmarshal.cli.lab;

import static dev.dmarshal.cli.Run.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.cli.Run;
import dev.dmarshal.cli.page.Exit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code dmarshal lab} before anything boots: what is missing or wrongly asked for is said, with the way to mend it. What boots is in trials. */
class LabCommandTest {

    @TempDir
    private Path folder;

    private Path program() throws IOException {
        Path qemu = Files.writeString(folder.resolve("qemu"), "#!/bin/sh\necho 'QEMU emulator version 9.9.9'\n");
        assertThat(qemu.toFile().setExecutable(true)).isTrue();
        return qemu;
    }

    @Test
    void playsAreListed() {
        assertThat(run("lab", "list")).satisfies(run -> assertThat(run.code()).isEqualTo(Exit.FINE))
                .satisfies(run -> assertThat(run.out()).contains("linux-faults", "kdump", "libvirt", "xen-faults"));
    }

    @Test
    void missingPackagesAreNamedWithTheCommandThatBringsThem() throws IOException {
        Run run = run("lab", "run", "--qemu", program().toString(), "--cache", folder.resolve("empty").toString(), "linux");
        assertThat(run.code()).isEqualTo(Exit.UNMEASURED);
        assertThat(run.err()).contains("no linux-6.1 in " + folder.resolve("empty"), "lab/setup linux-6.1");
        Run noQemu = run("lab", "boot", "--qemu", folder.resolve("none").toString(), "true");
        assertThat(noQemu.code()).isEqualTo(Exit.UNMEASURED);
        assertThat(noQemu.err()).contains(folder.resolve("none").toString());
        Run kernel = run("lab", "boot", "--qemu", program().toString(), "--kernel", folder.resolve("vmlinuz-1").toString(), "true");
        assertThat(kernel.code()).isEqualTo(Exit.UNMEASURED);
        assertThat(kernel.err()).contains("no kernel that can be read at");
    }

    @Test
    void wrongPlaysAndArgumentsAreUsage() throws IOException {
        assertThat(run("lab").code()).isEqualTo(Exit.USAGE);
        assertThat(run("lab", "run").code()).isEqualTo(Exit.USAGE);
        assertThat(run("lab", "dance").code()).isEqualTo(Exit.USAGE);
        Run unknown = run("lab", "run", "--qemu", program().toString(), "hamlet");
        assertThat(unknown.code()).isEqualTo(Exit.USAGE);
        assertThat(unknown.err()).contains("no play is called hamlet; there are linux, ");
        Path play = Files.writeString(folder.resolve("odd.play"), "memory 512\nmemroy 512\n");
        Run odd = run("lab", "run", "--qemu", program().toString(), play.toString());
        assertThat(odd.code()).isEqualTo(Exit.USAGE);
        assertThat(odd.err()).contains("odd.play:2: nothing is called \"memroy\"");
        Run seconds = run("lab", "run", "--qemu", program().toString(), "--seconds", "0", "linux");
        assertThat(seconds.code()).isEqualTo(Exit.USAGE);
        assertThat(seconds.err()).contains("--seconds");
    }

    @Test
    void aCaptureWithoutDevicesCannotBeRehearsed() throws IOException {
        Files.createDirectories(folder.resolve("host/proc"));
        Files.writeString(folder.resolve("host/proc/cmdline"), "ro quiet");
        Run run = run("lab", "rehearse", "--qemu", program().toString(), folder.resolve("host").toString());
        assertThat(run.code()).isEqualTo(Exit.UNMEASURED);
        assertThat(run.err()).contains("no PCI devices in it");
    }
}
