package dev.dmarshal.core.acpi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.SeededCases;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random tables, read by us and by iasl (Debian: acpica-tools): field by field the same. */
class IaslTest {

    private static final int TABLES = 40;

    @TempDir
    private Path folder;

    private static String iasl() {
        Optional<String> program = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)).map(part -> part + "/iasl")
                .filter(file -> Files.isExecutable(Path.of(file))).findFirst();
        if (program.isEmpty() && System.getProperty("lab", "auto").equals("required")) {
            Assertions.fail("iasl is missing (Debian: acpica-tools), but lab=required");
        }
        Assumptions.assumeTrue(program.isPresent(), "skipped: iasl is not installed (Debian: acpica-tools)");
        return program.orElseThrow();
    }

    private static String run(Path folder, List<String> command) {
        try {
            Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile())
                    .start();
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
            return Files.readString(folder.resolve("log"));
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Versions before SATC and SIDP stop at them, which the comparison counts as left: hence those two come only in some tables. */
    @Test
    void randomTablesReadAsIaslReadsThem() {
        String iasl = iasl();
        SeededCases.run(1, random -> {
            List<TablePart> layouts = new ArrayList<>();
            List<String> command = new ArrayList<>(List.of(iasl, "-d"));
            for (int i = 0; i < TABLES; i++) {
                byte[] bytes = i % 2 == 0 ? dmar(new RandomTables(random), i % 4 == 0 ? 5 : 7) : ivrs(new RandomIvrs(random));
                layouts.add(i % 2 == 0 ? DmarTable.of(bytes).orElseThrow().layout() : IvrsTable.of(bytes).orElseThrow().layout());
                write(folder.resolve("t" + i + ".bin"), bytes);
                command.add("t" + i + ".bin");
            }
            String log = run(folder, command);
            int compared = 0;
            for (int i = 0; i < TABLES; i++) {
                Path listing = folder.resolve("t" + i + ".dsl");
                assertThat(listing).as(log).exists();
                IaslListing.Comparison comparison = IaslListing.of(read(listing)).compare(layouts.get(i));
                assertThat(comparison.differences()).as("table %d", i).isEmpty();
                compared += comparison.compared();
            }
            assertThat(compared).isGreaterThan(12 * TABLES);
        });
    }

    @Test
    void aDifferenceIsSeen() {
        byte[] bytes = new DmarBuilder().add(new DmarStructure.Rmrr(0, 0x1000, 0x1fff, List.of(DeviceScope.endpoint(0, 2, 0)))).build();
        TablePart layout = DmarTable.of(bytes).orElseThrow().layout();
        String start = "[000h 0000   4] Signature : \"DMAR\"\n[004h 0004 004h] Table Length : 00000050\n";
        assertThat(IaslListing.of(start + "**** stop\n").compare(layout).differences()).isEmpty();
        assertThat(IaslListing.of(start).compare(layout).differences()).containsExactly("iasl has nothing for 008 to 050");
        assertThat(IaslListing.of("[004h 0004   4] Table Length : 00000051\n**** stop\n").compare(layout).differences()).hasSize(2);
        assertThat(IaslListing.of(start + "[008h 0008   1] Colour : 01\n**** stop\n").compare(layout).differences()).hasSize(1);
        assertThat(IaslListing.of(start + "[008h 0008   3] Revision : 01\n**** stop\n").compare(layout).differences()).hasSize(1);
    }

    private static byte[] dmar(RandomTables tables, int kinds) {
        return tables.dmar(tables.structures(kinds)).build();
    }

    private static byte[] ivrs(RandomIvrs tables) {
        return tables.ivrs(tables.blocks(3)).build();
    }

    private static void write(Path file, byte[] bytes) {
        try {
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
