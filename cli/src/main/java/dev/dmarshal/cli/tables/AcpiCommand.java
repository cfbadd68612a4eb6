package dev.dmarshal.cli.tables;

import dev.dmarshal.cli.page.Command;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.cli.page.Page;
import dev.dmarshal.core.acpi.AcpiDump;
import dev.dmarshal.core.acpi.AcpiTable;
import dev.dmarshal.core.acpi.DmarTable;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code dmarshal acpi}: decodes and judges ACPI tables on their own. */
public final class AcpiCommand implements Command {

    /** More than all tables of any machine; a file beyond this is something else. */
    private static final int LARGEST_BYTES = 64 << 20;

    private static final byte[] RENAMED = {'R', 'M', 'A', 'D'};

    private final List<JudgedTable> tables = new ArrayList<>();
    private final List<String> missing = new ArrayList<>();

    @Override
    public String name() {
        return "acpi";
    }

    @Override
    public void declare(CommandSpec spec) {
        spec.usageMessage().description("Decodes DMAR and IVRS tables field by field and says what is wrong with them, and what Linux and Xen do about that.");
        spec.addOption(OptionSpec.builder("--json").type(boolean.class).description("Print JSON (docs/schema/acpi-1.json).").build());
        spec.addPositional(PositionalParamSpec.builder().paramLabel("TABLE").arity("1..*").required(true).type(List.class).auxiliaryTypes(Path.class)
                // Picocli's own converter calls Path.of by reflection, which spins method handles at every start.
                .converters((String text) -> Path.of(text))
                .description("A raw table (such as /sys/firmware/acpi/tables/DMAR),"
                        + " or text of acpidump with any number of tables; - for standard input.").build());
    }

    @Override
    public int run(ParseResult arguments, PrintWriter out, PrintWriter err) throws IOException {
        List<Path> sources = arguments.matchedPositionalValue(0, List.of());
        for (Path source : sources) {
            read(source);
        }
        missing.forEach(line -> err.println("dmarshal: " + line));
        if (arguments.matchedOptionValue("--json", false)) {
            TablesJson.write(tables, missing, out);
        } else {
            new TablesText(Page.forTerminal()).write(tables).print(out);
        }
        if (tables.stream().anyMatch(JudgedTable::trouble)) {
            return Exit.FINDINGS;
        }
        return missing.isEmpty() ? Exit.FINE : Exit.UNMEASURED;
    }

    /** Xen turns the table's signature round so that dom0 leaves the units alone (xen/drivers/passthrough/vtd/dmar.c, acpi_dmar_zap). */
    private static boolean renamed(byte[] bytes) {
        return bytes.length > RENAMED.length && Arrays.equals(bytes, 0, RENAMED.length, RENAMED, 0, RENAMED.length);
    }

    /** The same letters in another order: the checksum stays. */
    private static byte[] named(byte[] bytes) {
        if (!renamed(bytes)) {
            return bytes;
        }
        byte[] named = bytes.clone();
        System.arraycopy(DmarTable.SIGNATURE.getBytes(StandardCharsets.US_ASCII), 0, named, 0, RENAMED.length);
        return named;
    }

    private void read(Path source) {
        String name = source.toString().equals("-") ? "standard input" : source.toString();
        byte[] bytes;
        try (InputStream in = source.toString().equals("-") ? System.in : Files.newInputStream(source)) {
            bytes = in.readNBytes(LARGEST_BYTES + 1);
        } catch (IOException e) {
            missing.add(source + ": " + (Files.isDirectory(source) ? "is a folder; name the tables in it"
                    : Files.exists(source) ? "cannot be read" : "no such file or directory"));
            return;
        }
        List<AcpiTable> found = bytes.length > LARGEST_BYTES ? List.of() : AcpiDump.tables(named(bytes));
        if (found.isEmpty()) {
            missing.add(name + ": no ACPI table in it, neither raw nor as acpidump prints it");
        }
        int decoded = tables.size();
        String as = renamed(bytes) ? name + ", which Xen renamed from DMAR" : name;
        found.forEach(table -> tables.add(JudgedTable.of(as, table)));
        if (!found.isEmpty() && tables.subList(decoded, tables.size()).stream().noneMatch(JudgedTable::decoded)) {
            missing.add(name + ": neither a DMAR nor an IVRS table in it");
        }
    }
}
