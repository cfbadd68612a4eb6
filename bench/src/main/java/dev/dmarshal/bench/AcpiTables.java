package dev.dmarshal.bench;

import dev.dmarshal.core.acpi.AcpiDump;
import dev.dmarshal.core.acpi.AcpiTable;
import dev.dmarshal.core.acpi.DmarChecks;
import dev.dmarshal.core.acpi.DmarTable;
import dev.dmarshal.core.acpi.IaslListing;
import dev.dmarshal.core.acpi.IvrsChecks;
import dev.dmarshal.core.acpi.IvrsTable;
import dev.dmarshal.core.acpi.MachineView;
import dev.dmarshal.core.acpi.TableFinding;
import dev.dmarshal.core.acpi.TablePart;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Reads every ACPI table in a folder, raw or text, and holds the reading of DMAR and IVRS tables against iasl: its listings that lie there ({@code *.iasl.txt},
 * {@code *.dsl}), and those it makes now if a program is given. Ends with 1 if a table could not be read or readings differ.
 */
public final class AcpiTables {

    private static final int DIFFERENCES_SHOWN = 5;

    private final String iasl;
    private final Map<String, Integer> counts = new TreeMap<>();
    private final Map<String, Integer> labels = new TreeMap<>();
    private final Map<String, TablePart> layouts = new HashMap<>();
    private final List<String> wrong = new ArrayList<>();

    private AcpiTables(String iasl) {
        this.iasl = iasl;
    }

    /** Arguments: the folder, and the path of iasl or nothing. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        AcpiTables run = new AcpiTables(arguments.length > 1 ? arguments[1] : "");
        List<Path> files;
        try (Stream<Path> all = Files.walk(Path.of(arguments[0]))) {
            files = all.filter(Files::isRegularFile).filter(AcpiTables::wanted).sorted().toList();
        }
        for (Path file : files) {
            run.read(file);
        }
        for (Path file : files) {
            run.listing(file);
        }
        run.counts.forEach((what, count) -> System.out.println(count + " " + what));
        System.out.println("findings: " + run.labels);
        run.wrong.forEach(line -> System.out.println("WRONG " + line));
        System.out.println(run.wrong.isEmpty() ? "no crash, no difference" : run.wrong.size() + " wrong");
        System.exit(run.wrong.isEmpty() && !files.isEmpty() ? 0 : 1);
    }

    private static boolean wanted(Path file) {
        String name = file.getFileName().toString();
        return Stream.of(".bin", ".aml", ".dat", ".acpidump.txt", ".iasl.txt", ".dsl").anyMatch(name::endsWith);
    }

    private void read(Path file) throws IOException, InterruptedException {
        List<AcpiTable> tables;
        try {
            tables = AcpiDump.tables(Files.readAllBytes(file));
        } catch (RuntimeException e) {
            wrong.add(file + ": " + e);
            return;
        }
        count("files read");
        if (tables.isEmpty() && !isListing(file)) {
            wrong.add(file + ": no table found");
        }
        for (AcpiTable table : tables) {
            try {
                table(file, table);
            } catch (RuntimeException e) {
                wrong.add(file + ": " + e);
            }
        }
    }

    private void table(Path file, AcpiTable table) throws IOException, InterruptedException {
        count(table.header().signature() + " tables");
        List<TableFinding> findings;
        TablePart layout;
        if (table.header().signature().equals(DmarTable.SIGNATURE)) {
            DmarTable dmar = DmarTable.of(table);
            findings = DmarChecks.all(dmar, MachineView.UNKNOWN);
            layout = dmar.layout();
        } else if (table.header().signature().equals(IvrsTable.SIGNATURE)) {
            IvrsTable ivrs = IvrsTable.of(table);
            findings = IvrsChecks.all(ivrs, MachineView.UNKNOWN);
            layout = ivrs.layout();
        } else {
            return;
        }
        findings.forEach(finding -> labels.merge(finding.label(), 1, Integer::sum));
        TablePart same = layouts.putIfAbsent(base(file), layout);
        if (same != null && !same.equals(layout)) {
            wrong.add(file + ": text and raw form read differently");
        }
        if (same == null && !iasl.isEmpty()) {
            compare(file, IaslListing.of(disassembled(table)), layout, "with iasl");
        }
    }

    private void listing(Path file) throws IOException {
        if (isListing(file) && layouts.containsKey(base(file))) {
            compare(file, IaslListing.of(Files.readString(file, StandardCharsets.ISO_8859_1)), layouts.get(base(file)), "with listings in the folder");
        }
    }

    private void compare(Path file, IaslListing listing, TablePart layout, String with) {
        IaslListing.Comparison comparison = listing.compare(layout);
        counts.merge("tables compared " + with, 1, Integer::sum);
        counts.merge("fields compared " + with, comparison.compared(), Integer::sum);
        counts.merge("fields behind iasl's end, " + with, comparison.left(), Integer::sum);
        if (comparison.compared() == 0) {
            wrong.add(file + ": iasl printed no field");
        }
        comparison.differences().stream().limit(DIFFERENCES_SHOWN).forEach(difference -> wrong.add(file + ": " + difference));
    }

    private String disassembled(AcpiTable table) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("dmarshal-iasl");
        Path raw = Files.write(folder.resolve("table.bin"), table.bytes().copy(0, table.bytes().length()));
        Path listing = folder.resolve("table.dsl");
        try {
            Process process = new ProcessBuilder(iasl, "-d", raw.toString()).redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()).start();
            if (!process.waitFor(1, TimeUnit.MINUTES)) {
                process.destroyForcibly();
            }
            return Files.exists(listing) ? Files.readString(listing, StandardCharsets.ISO_8859_1) : "";
        } finally {
            Files.deleteIfExists(raw);
            Files.deleteIfExists(listing);
            Files.deleteIfExists(folder.resolve("log"));
            Files.delete(folder);
        }
    }

    private static boolean isListing(Path file) {
        return file.toString().endsWith(".iasl.txt") || file.toString().endsWith(".dsl");
    }

    /** Kind of table and name of the machine: what raw and text forms of one table share. */
    private static String base(Path file) {
        String kind = file.toString().contains("ivrs") ? "ivrs/" : "dmar/";
        return kind + file.getFileName().toString().replaceAll("(\\.acpidump\\.txt|\\.iasl\\.txt|\\.[a-z]+)$", "");
    }

    private void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }
}
