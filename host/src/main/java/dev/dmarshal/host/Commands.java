package dev.dmarshal.host;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;

/** Runs the programs of {@link HostCommand} on this machine, each for a bounded time. */
final class Commands {

    private static final long LONGEST_SECONDS = 10;
    /** The folders where such programs are; {@code PATH} of an ordinary user often lacks the second half. */
    private static final String PATH = "/usr/bin:/bin:/usr/sbin:/sbin:/usr/local/bin:/usr/local/sbin";

    private Commands() {
    }

    static Reading<byte[]> run(HostCommand command) {
        String name = String.join(" ", command.words());
        ProcessBuilder builder = new ProcessBuilder(command.words()).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("LC_ALL", "C");
        builder.environment().merge("PATH", PATH, (theirs, ours) -> theirs + ":" + ours);
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            return read(name, process);
        } catch (IOException e) {
            // ENOENT: the program is not installed, and so there is nothing that it would say.
            if (String.valueOf(e.getMessage()).contains("error=2,") || String.valueOf(e.getMessage()).contains("error: 2 ")) {
                return new Reading.Absent<>(name);
            }
            return new Reading.Denied<>(name, "cannot be run here: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Reading.Denied<>(name, "interrupted");
        }
    }

    private static Reading<byte[]> read(String name, Process process) throws IOException, InterruptedException {
        // A program that neither prints nor ends would hold the reader; ending it closes its output.
        Thread guard = Thread.ofVirtual().start(() -> guard(process));
        byte[] bytes;
        try (InputStream in = process.getInputStream()) {
            bytes = in.readNBytes(HostRoot.MOST_LOG_BYTES);
        } finally {
            guard.interrupt();
        }
        boolean ended = process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly();
        }
        if (!ended || process.exitValue() != 0) {
            return new Reading.Denied<>(name, ended ? "ended with code " + process.exitValue() : "did not end within " + LONGEST_SECONDS + " s");
        }
        return new Reading.Present<>(name, bytes);
    }

    private static void guard(Process process) {
        try {
            if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            // The reader has all of the output.
            Thread.currentThread().interrupt();
        }
    }
}
