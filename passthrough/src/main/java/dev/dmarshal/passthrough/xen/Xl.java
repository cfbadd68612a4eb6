package dev.dmarshal.passthrough.xen;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Asks Xen's tools, {@code xl} above all. They hang where xenstored is dead, so they never get more than their time. */
public final class Xl {

    private static final int MOST_BYTES = 1 << 20;

    private final String program;

    /** The {@code xl} of the path. */
    public Xl() {
        this("xl");
    }

    /** @param program name or path of {@code xl} */
    public Xl(String program) {
        this.program = program;
    }

    /** What came of it. */
    public sealed interface Answer {
    }

    /** It did what it was asked. @param text what it printed */
    public record Said(String text) implements Answer {
    }

    /** It did not. @param reason its own words, on one line */
    public record Failed(String reason) implements Answer {
    }

    /** It had not ended when its time was over, and was ended. */
    public record Late() implements Answer {
    }

    /** Runs it with these words. */
    public Answer ask(Duration limit, String... words) {
        return ask(limit, program, List.of(words));
    }

    /** One value of xenstore, by the {@code xenstore-read} beside it; {@code xl} itself has no word for that. */
    Answer read(Duration limit, String path) {
        return ask(limit, beside("xenstore-read"), List.of(path));
    }

    /** Removes entries of xenstore with all below them, all at once or none (xenstore-rm does them in one transaction). */
    Answer remove(Duration limit, List<String> paths) {
        return ask(limit, beside("xenstore-rm"), paths);
    }

    private String beside(String name) {
        return program.substring(0, program.lastIndexOf('/') + 1) + name;
    }

    private static Answer ask(Duration limit, String first, List<String> words) {
        List<String> command = new ArrayList<>(List.of(first));
        command.addAll(words);
        try {
            Path out = Files.createTempFile("dmarshal-", ".out");
            try {
                return run(command, out, limit);
            } finally {
                Files.deleteIfExists(out);
            }
        } catch (IOException e) {
            return new Failed(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Failed("interrupted");
        }
    }

    private static Answer run(List<String> command, Path out, Duration limit) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        process.getOutputStream().close();
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            return new Late();
        }
        String text;
        try (InputStream in = Files.newInputStream(out)) {
            text = new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
        }
        return process.exitValue() == 0 ? new Said(text) : new Failed(words(command, process.exitValue(), text));
    }

    private static String words(List<String> command, int code, String text) {
        String said = text.strip().replaceAll("\\s*\\n\\s*", "; ");
        return Path.of(command.get(0)).getFileName() + " " + command.get(1) + " ended with " + code + (said.isEmpty() ? "" : ": " + (said.length() > 400
                ? said.substring(0, 400) + "…" : said));
    }
}
