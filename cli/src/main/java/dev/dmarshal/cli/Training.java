package dev.dmarshal.cli;

import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The run from which the build makes the AOT cache: each argument is a source, judged once for people and once as JSON, so that the cache holds the classes of
 * both and profiles of the scanner's loops. A folder is a whole host: it is also surveyed, and captured into a file beside it. Prints nothing.
 */
final class Training {

    private Training() {
    }

    /** Runs the commands of {@link Main} on every source. */
    public static void main(String[] sources) {
        PrintWriter nowhere = new PrintWriter(new OutputStreamWriter(OutputStream.nullOutputStream(), StandardCharsets.UTF_8));
        for (String source : sources) {
            Main.run(new String[] {"doctor", source}, nowhere, nowhere);
            Main.run(new String[] {"doctor", "--json", source}, nowhere, nowhere);
            if (Files.isDirectory(Path.of(source))) {
                Main.run(new String[] {"capture", "--from", source, "-o", source + ".tar.zst"}, nowhere, nowhere);
                for (String command : List.of("check", "survey", "groups")) {
                    Main.run(new String[] {command, "--json", source + ".tar.zst"}, nowhere, nowhere);
                }
            }
        }
        Main.run(new String[] {"explain", "DMAR: [DMA Read] Request device [01:00.0] fault addr 1000 [fault reason 06] PTE Read access is not set"}, nowhere,
                nowhere);
    }
}
