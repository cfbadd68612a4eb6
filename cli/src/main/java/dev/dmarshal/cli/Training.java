package dev.dmarshal.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The run from which the build makes the AOT cache: each argument is a source, judged once for people and once as JSON, so that the cache holds the classes of
 * both and profiles of the scanner's loops; then what plays on the model of the hardware, what watches, a made-up host, looked at as a capture, and a made-up
 * memory image. Prints nothing.
 */
public final class Training {

    private Training() {
    }

    /** Runs the commands of {@link Main} on every source, and those that look at a host on one that is made up. */
    public static void main(String[] sources) throws IOException {
        PrintWriter nowhere = new PrintWriter(new OutputStreamWriter(OutputStream.nullOutputStream(), StandardCharsets.UTF_8));
        for (String source : sources) {
            Main.run(new String[] {"doctor", source}, nowhere, nowhere);
            Main.run(new String[] {"doctor", "--json", source}, nowhere, nowhere);
        }
        for (String[] command : new String[][] {{"kdump", "simulate"}, {"kdump", "simulate", "--json"}, {"kdump", "analyze", sources[0]}, {"doctor", "--prove",
            sources[0]}, {"watch", "--from", sources[sources.length - 1]}, {"watch", "--json", "--from", sources[sources.length - 1]}}) {
            Main.run(command, nowhere, nowhere);
        }
        host(nowhere);
        Main.run(new String[] {"explain", "DMAR: [DMA Read] Request device [01:00.0] fault addr 1000 [fault reason 06] PTE Read access is not set"}, nowhere,
                nowhere);
    }

    private static void images(Path folder, PrintWriter nowhere) throws IOException {
        String one = folder.resolve("one").toString();
        String other = folder.resolve("other").toString();
        TrainingImage.write(Path.of(one), 3);
        TrainingImage.write(Path.of(other), 5);
        for (String form : List.of("--summary", "--csv", "--json")) {
            Main.run(new String[] {"mappings", form, one}, nowhere, nowhere);
        }
        Main.run(new String[] {"mappings", one, "--physical", "100000-1fffff", "--device", "01:00.0"}, nowhere, nowhere);
        Main.run(new String[] {"walk", one, "01:00.0", "f0001000"}, nowhere, nowhere);
        Main.run(new String[] {"walk", "--json", one, "01:00.0", "0"}, nowhere, nowhere);
        for (String[] arguments : new String[][] {{"audit", one}, {"audit", "--json", one}, {"diff", one, other}, {"diff", "--json", one, other}}) {
            Main.run(arguments, nowhere, nowhere);
        }
    }

    private static void host(PrintWriter nowhere) throws IOException {
        Path folder = Files.createTempDirectory("dmarshal-training");
        try {
            TrainingHost.write(folder.resolve("host"));
            String capture = folder.resolve("host.tar.zst").toString();
            Main.run(new String[] {"capture", "--from", folder.resolve("host").toString(), "-o", capture}, nowhere, nowhere);
            for (String command : List.of("check", "survey", "groups", "assignable")) {
                Main.run(new String[] {command, capture}, nowhere, nowhere);
                Main.run(new String[] {command, "--json", capture}, nowhere, nowhere);
            }
            Main.run(new String[] {"assignable", capture, "01:00.0"}, nowhere, nowhere);
            Main.run(new String[] {"what-if", "--cmdline", "intel_iommu=on iommu=pt", capture}, nowhere, nowhere);
            Main.run(new String[] {"kdump", "check", capture}, nowhere, nowhere);
            Main.run(new String[] {"survey", "--diff", capture, capture}, nowhere, nowhere);
            images(folder, nowhere);
        } finally {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
