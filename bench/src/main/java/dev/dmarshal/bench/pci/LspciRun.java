package dev.dmarshal.bench.pci;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Runs the real {@code lspci} on a dump. */
final class LspciRun {

    private static final int MOST_SECONDS = 60;

    private LspciRun() {
    }

    /** What {@code lspci -F FILE -vvv -nn} prints; empty if there is no lspci here or it refuses the file. */
    static Optional<String> decode(Path dump) throws IOException, InterruptedException {
        Path out = Files.createTempFile("dmarshal-lspci", ".txt");
        try {
            ProcessBuilder builder = new ProcessBuilder("lspci", "-F", dump.toString(), "-vvv", "-nn");
            builder.environment().put("LC_ALL", "C");
            Process process = builder.redirectOutput(out.toFile()).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return Optional.empty();
            }
            return process.exitValue() == 0 ? Optional.of(new String(Files.readAllBytes(out), StandardCharsets.ISO_8859_1)) : Optional.empty();
        } finally {
            Files.delete(out);
        }
    }

    /** Whether there is an lspci. */
    static boolean installed() {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
            if (Files.isExecutable(Path.of(folder.isEmpty() ? "." : folder, "lspci"))) {
                return true;
            }
        }
        return false;
    }
}
