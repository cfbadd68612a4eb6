package dev.dmarshal.bench.pci;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.lspci.LspciDevice;
import dev.dmarshal.core.pci.lspci.LspciReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads every dump of a folder, lets the real lspci decode it too, and compares field by field: {@code PciScore [-v] DIR}. */
public final class PciScore {

    private static final int SHOWN = 40;

    private PciScore() {
    }

    /** Runs the score; ends with 0 only if there is no difference and every value of lspci was looked up. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> words = new java.util.ArrayList<>(List.of(arguments));
        boolean verbose = words.remove("-v");
        if (words.size() != 1 || !Files.isDirectory(Path.of(words.getFirst()))) {
            System.err.println("usage: bench/pci [-v] DIR   (DIR holds *.lspci-x*.txt: output of lspci -x, -xxx or -xxxx)");
            System.exit(64);
        }
        if (!LspciRun.installed()) {
            System.err.println("bench/pci: no lspci here; on Debian: apt-get install pciutils");
            System.exit(69);
        }
        Tally tally = new Tally();
        int files = 0;
        int refused = 0;
        for (Path dump : dumps(Path.of(words.getFirst()))) {
            files++;
            refused += compare(tally, dump) ? 0 : 1;
        }
        print(tally, files, refused, verbose);
        System.exit(tally.differences().isEmpty() && tally.unread().isEmpty() && refused == 0 && tally.fields() > 0 ? 0 : 1);
    }

    private static List<Path> dumps(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches(".*\\.lspci-x.*\\.txt")).sorted().toList();
        }
    }

    /** Compares one dump; false if lspci refuses it. */
    static boolean compare(Tally tally, Path dump) throws IOException, InterruptedException {
        Optional<String> decoded = LspciRun.decode(dump);
        if (decoded.isEmpty()) {
            return false;
        }
        Map<Sbdf, Deque<LspciDevice>> ours = new HashMap<>();
        for (LspciDevice device : LspciReader.read(new String(Files.readAllBytes(dump), StandardCharsets.ISO_8859_1)).devices()) {
            ours.computeIfAbsent(device.address(), any -> new ArrayDeque<>()).add(device);
        }
        for (LspciOutput.Function function : LspciOutput.parse(decoded.get())) {
            Deque<LspciDevice> same = ours.getOrDefault(function.address(), new ArrayDeque<>());
            tally.field(dump.getFileName() + " " + function.address(), "there", same.isEmpty() ? "not there" : "there");
            if (!same.isEmpty()) {
                FieldComparison.compare(tally, same.poll(), function);
            }
        }
        long left = ours.values().stream().flatMap(Deque::stream).filter(device -> device.space().measuredBytes() > 0).count();
        tally.field(dump.getFileName() + " functions that only we see", "0", Long.toString(left));
        return true;
    }

    private static void print(Tally tally, int files, int refused, boolean verbose) {
        PrintStream out = System.out;
        out.printf("%d dumps (%d refused by lspci), %d functions, %d fields compared, %d differ%n", files, refused, tally.functions(), tally.fields(),
                tally.differences().size());
        tally.differences().stream().limit(verbose ? Long.MAX_VALUE : SHOWN).forEach(line -> out.println("  differs: " + line));
        tally.unread().forEach((text, count) -> out.printf("  not looked up, %d times: %s%n", count, text));
        out.println("lines with values of things that we name but do not decode:");
        tally.named().forEach((kind, count) -> out.printf("  %5d %s%n", count, kind));
    }
}
