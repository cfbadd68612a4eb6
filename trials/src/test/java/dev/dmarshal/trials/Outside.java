package dev.dmarshal.trials;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** dmarshal on this machine: the same program, with the same Java, that the machines of the lab have inside. */
final class Outside {

    private static final long LIMIT_SECONDS = 300;

    private Outside() {
    }

    /** Runs it and gives what it printed; it must end with that exit code. */
    static String dmarshal(int code, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("image"), "bin/dmarshal").toString()));
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile("trials-out", "");
        Path err = Files.createTempFile("trials-err", "");
        try {
            Process process = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
            boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
            process.destroyForcibly();
            assertThat(ended).as("%s ended within %d s", command, LIMIT_SECONDS).isTrue();
            assertThat(process.exitValue()).as("%s: %s", command, Files.readString(err, StandardCharsets.UTF_8)).isEqualTo(code);
            return Files.readString(out, StandardCharsets.UTF_8);
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }
}
