package dev.dmarshal.passthrough.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.passthrough.plan.Action;
import dev.dmarshal.passthrough.plan.Deed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The machine that the tests run on; all that is done to it is in a folder of their own. */
class LiveMachineTest {

    @TempDir
    Path folder;

    @Test
    void whatHasNotReturnedIsSeenAndWhatHasIsNot() throws IOException, InterruptedException {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        Action.Write write = new Action.Write(pipe.toString(), "nobody reads this");
        Action.Run other = new Action.Run(List.of("sleep", "3600.25"));
        LiveMachine machine = new LiveMachine();
        assertThat(machine.pending(write)).isFalse();
        // As the machine would run it; the pipe holds it until somebody opens the other end.
        Process writer = new ProcessBuilder("dd", "of=" + pipe, "conv=notrunc", "bs=4096").redirectErrorStream(true).start();
        try {
            assertThat(machine.pending(write)).isTrue();
            assertThat(machine.pending(other)).isFalse();
            assertThat(machine.pending(new Action.Write(pipe + "2", ""))).isFalse();
        } finally {
            writer.destroyForcibly().waitFor();
        }
        assertThat(machine.pending(write)).isFalse();
    }

    @Test
    void aWriteThatCanBeEndedIsRefusedAndOneThatWorksIsDone() throws IOException, InterruptedException {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        LiveMachine machine = new LiveMachine();
        assertThat(machine.perform(new Action.Write(pipe.toString(), "x"), Duration.ofSeconds(1)))
                .isInstanceOfSatisfying(Deed.Refused.class, refused -> assertThat(refused.reason()).contains("had not ended after 1 s"));
        Path file = Files.writeString(folder.resolve("file"), "old text\n");
        assertThat(machine.perform(new Action.Write(file.toString(), "new"), Duration.ofSeconds(30))).isEqualTo(new Deed.Done());
        assertThat(file).hasContent("new\ntext\n");
    }
}
