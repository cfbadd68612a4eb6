package dev.dmarshal.lab.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.guest.Outcome;
import dev.dmarshal.lab.play.Play;
import dev.dmarshal.lab.play.PlayReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A real kernel boots on a machine with VT-d, the agent inside does what it is told, and what goes wrong ends in a clear failure with nothing left behind. */
@ExtendWith(OnTheLab.class)
class MachineTest {

    private static final Duration MOMENT = Stand.MOMENT;

    /** One boot for what leaves a machine as it was, and for its end. */
    @Test
    void aMachineDoesWhatItIsTold(Stand stand) throws Exception {
        Machine machine = stand.start(PlayReader.builtIn("linux"));
        machine.requireRemapping();
        talksAndCarriesFiles(machine);
        whatTheGuestRefusesIsSaidAndTheAgentGoesOn(machine);
        noiseOnTheConsoleIsShownAsText(machine);
        aPanicEndsTheMachineWithItsConsole(machine);
    }

    private static void talksAndCarriesFiles(Machine machine) throws Exception {
        Outcome outcome = machine.run("echo out; echo err >&2; exit 3", MOMENT);
        assertThat(outcome.exitCode()).hasValue(3);
        assertThat(outcome.out()).isEqualTo("out\n");
        assertThat(outcome.err()).isEqualTo("err\n");
        byte[] noise = new byte[100_000];
        new Random(7).nextBytes(noise);
        machine.put("/tmp/a file", noise, false);
        assertThat(machine.get("/tmp/a file")).isEqualTo(noise);
        assertThat(new String(machine.get("/proc/version"), StandardCharsets.UTF_8)).contains(machine.kernelRelease());
        assertThat(machine.get("/sys/firmware/acpi/tables/DMAR")).startsWith('D', 'M', 'A', 'R');
        assertThat(machine.qmp().execute("query-status", Map.of())).contains("running");
        assertThat(machine.qmp().processors()).matches("CPU0 at [0-9a-f]{16} CPL[03]( halted)?(, CPU[0-9]+ at .*)*");
    }

    private static void whatTheGuestRefusesIsSaidAndTheAgentGoesOn(Machine machine) throws Exception {
        assertThat(machine.run("while :; do echo >>/tmp/ticks; usleep 100000; done & sleep 100", Duration.ofSeconds(1)).late()).isTrue();
        String ticks = machine.must("a=$(wc -l </tmp/ticks); sleep 1; echo $a $(wc -l </tmp/ticks)", MOMENT).strip();
        assertThat(ticks).as("what the late command started is gone: ticks before and after").matches("([1-9]\\d*) \\1");
        assertThat(failure(() -> machine.get("/no/such/file"))).hasMessageContaining("No such file");
        machine.must("mkdir /small && mount -t tmpfs -o size=8k small /small", MOMENT);
        LabFailure full = failure(() -> machine.put("/small/file", new byte[20_000], false));
        assertThat(full.kind()).isEqualTo(LabFailure.Kind.GUEST);
        assertThat(full).hasMessageContaining("No space left on device").hasMessageContaining("its console showed last");
        assertThat(machine.must("echo still here", MOMENT)).isEqualTo("still here\n");
    }

    private static void noiseOnTheConsoleIsShownAsText(Machine machine) throws Exception {
        machine.must("head -c 20000 /dev/urandom >/dev/ttyS0; echo >/dev/ttyS0; echo 'lab: after the noise' >/dev/console", MOMENT);
        awaitText(machine, "lab: after the noise");
        assertThat(machine.console().text().chars()).allMatch(c -> c == '\n' || c == '\t' || c >= ' ' && c < 0x7f);
        assertThat(failure(() -> machine.get("/none"))).hasMessageContaining("lab: after the noise");
    }

    @Test
    void aKernelWithoutRemappingIsNamed(Stand stand) throws Exception {
        Machine machine = stand.start(PlayReader.builtIn("linux").withParameters("intel_iommu=off"));
        LabFailure failure = failure(machine::requireRemapping);
        assertThat(failure.kind()).isEqualTo(LabFailure.Kind.NO_REMAPPING);
        assertThat(failure).hasMessageContaining(machine.kernelRelease()).hasMessageContaining("intel_iommu=off");
    }

    private static void aPanicEndsTheMachineWithItsConsole(Machine machine) throws Exception {
        LabFailure failure = failure(() -> machine.run("echo c >/proc/sysrq-trigger", MOMENT));
        assertThat(failure.kind()).isEqualTo(LabFailure.Kind.ENDED);
        assertThat(failure).hasMessageContaining("Kernel panic").hasMessageContaining("exit code was 0");
    }

    @Test
    void qemuThatDiesIsNoticed(Stand stand) throws Exception {
        Machine machine = stand.start(PlayReader.builtIn("linux"));
        ProcessHandle.of(machine.pid()).orElseThrow().descendants().filter(one -> one.info().command().orElse("").contains("qemu"))
                .forEach(ProcessHandle::destroyForcibly);
        LabFailure failure = failure(() -> machine.run("true", MOMENT));
        assertThat(failure.kind()).isEqualTo(LabFailure.Kind.ENDED);
        assertThat(failure).hasMessageContaining("exit code was 137");
    }

    @Test
    void aBootThatHangsIsEndedAndItsConsoleKept(Stand stand, @TempDir Path folder) throws Exception {
        Path nothing = Files.write(folder.resolve("initrd"), new byte[0]);
        Boot boot = Boot.linux(stand.stock().kernel("linux-6.1").image(), "panic=0", nothing);
        LabFailure failure = failure(() -> Machine.start(stand.means().program(), MachineSpec.builder().build(), boot, Duration.ofSeconds(25)));
        assertThat(failure.kind()).isEqualTo(LabFailure.Kind.HANGS);
        assertThat(failure).hasMessageContaining("did not come up within 25 s").hasMessageContaining("Unable to mount root fs");
    }

    @Test
    void aMachineThatQemuRefusesIsToldInItsWords(Stand stand) throws Exception {
        Play play = PlayReader.text("odd", "part no-such-device x1\nscript\n  true\n");
        LabFailure failure = failure(() -> stand.start(play));
        assertThat(failure.kind()).isEqualTo(LabFailure.Kind.REFUSED);
        assertThat(failure).hasMessageContaining("no-such-device").hasMessageContaining("not a valid device model name");
    }

    @Test
    void severalRunSideBySideAndNothingStays(Stand stand) throws Exception {
        Machine one = stand.start(PlayReader.builtIn("linux"));
        Machine two = stand.start(PlayReader.builtIn("linux").onKernel("linux-6.12"));
        assertThat(one.must("uname -r", MOMENT).strip()).isEqualTo(one.kernelRelease()).isNotEqualTo(two.kernelRelease());
        assertThat(two.must("uname -r", MOMENT).strip()).isEqualTo(two.kernelRelease());
        List<ProcessHandle> processes = Stream.of(one, two).flatMap(machine -> ProcessHandle.of(machine.pid()).orElseThrow().descendants()).toList();
        one.close();
        two.close();
        processes.forEach(process -> process.onExit().join());
        assertThat(processes).isNotEmpty().noneMatch(ProcessHandle::isAlive);
        assertThat(one.folder()).doesNotExist();
        assertThat(two.folder()).doesNotExist();
    }

    private static void awaitText(Machine machine, String text) throws InterruptedException {
        long deadline = System.nanoTime() + MOMENT.toNanos();
        while (!machine.console().text().contains(text) && System.nanoTime() < deadline) {
            Thread.sleep(50);
        }
        assertThat(machine.console().text()).contains(text);
    }

    /** Something that the lab may refuse. */
    private interface Doing {

        /** Does it. */
        void go() throws Exception;
    }

    private static LabFailure failure(Doing doing) {
        return catchThrowableOfType(LabFailure.class, doing::go);
    }
}
