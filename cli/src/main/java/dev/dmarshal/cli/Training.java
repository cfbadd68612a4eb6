package dev.dmarshal.cli;

import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/**
 * The run from which the build makes the AOT cache: each argument is a source, judged once for people and once as JSON, so that the cache holds the classes of
 * both and profiles of the scanner's loops. Prints nothing.
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
        }
        Main.run(new String[] {"explain", "DMAR: [DMA Read] Request device [01:00.0] fault addr 1000 [fault reason 06] PTE Read access is not set"}, nowhere,
                nowhere);
    }
}
