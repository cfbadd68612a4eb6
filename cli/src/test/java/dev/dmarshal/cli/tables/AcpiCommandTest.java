package dev.dmarshal.cli.tables;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.dmarshal.cli.Run;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.core.acpi.DeviceScope.Hop;
import dev.dmarshal.core.acpi.DeviceScope.Kind;
import dev.dmarshal.core.acpi.DeviceScope;
import dev.dmarshal.core.acpi.DmarBuilder;
import dev.dmarshal.core.acpi.DmarStructure.Andd;
import dev.dmarshal.core.acpi.DmarStructure.Atsr;
import dev.dmarshal.core.acpi.DmarStructure.Drhd;
import dev.dmarshal.core.acpi.DmarStructure.Rhsa;
import dev.dmarshal.core.acpi.DmarStructure.Rmrr;
import dev.dmarshal.core.acpi.DmarStructure.Satc;
import dev.dmarshal.core.acpi.DmarStructure.Sidp;
import dev.dmarshal.core.acpi.HeaderFields;
import dev.dmarshal.core.acpi.IvhdEntry;
import dev.dmarshal.core.acpi.IvrsBlock.Ivhd;
import dev.dmarshal.core.acpi.IvrsBlock.Ivmd;
import dev.dmarshal.core.acpi.IvrsBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code dmarshal acpi} as its user runs it. */
class AcpiCommandTest {

    private static final Path ROOT = Path.of(System.getProperty("project.root", ".."));
    private static final DeviceScope IOAPIC = DeviceScope.of(Kind.IOAPIC, 2, 0xf0, new Hop(0x1f, 0));
    private static final DeviceScope DEEP = DeviceScope.of(Kind.ENDPOINT, 0, 0, new Hop(0x1c, 4), new Hop(0, 1));

    @TempDir
    private Path folder;

    private static Run run(Object... arguments) {
        return Run.run(Stream.concat(Stream.of("acpi"), Arrays.stream(arguments).map(Object::toString)).toArray(String[]::new));
    }

    private Path file(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private static DmarBuilder dmar() {
        return new DmarBuilder().add(new Drhd(1, 0, 0, 0xfed91000L, List.of(IOAPIC, DeviceScope.of(Kind.NAMESPACE, 3, 0, new Hop(0x15, 0))))).add(new Andd(3,
                "\\_SB.PCI0.I2C0", true));
    }

    private static byte[] every() {
        return dmar().add(new Rmrr(0, 0x7d000000L, 0x7f7fffffL, List.of(DEEP))).add(new Atsr(1, 0, List.of())).add(new Rhsa(0xfed91000L, 1)).add(new Satc(1, 0,
                List.of(DEEP))).add(new Sidp(0, List.of(DEEP))).build();
    }

    private static byte[] ivrs() {
        return new IvrsBuilder().add(new Ivhd(0x11, 0, 2, 0x40, 0xfd200000L, 0, 0, 0, OptionalLong.of(0), OptionalLong.of(0), List.of(new IvhdEntry.Device(3, 8,
                0), new IvhdEntry.Device(4, 0xfffe, 0), new IvhdEntry.Special(0x48, 0, 0xd7, 33, 0xa0, 1)))).add(new Ivmd(0x21, 7, 8, 0, 0, 0x1000, 0x1000))
                .build();
    }

    @Test
    void aSoundTableIsFineAndShownWithOffsetsAndPaths() throws IOException {
        Run run = run(file("dmar", every()));
        assertThat(run.code()).isEqualTo(Exit.FINE);
        assertThat(run.out()).contains("0024  Host Address Width", "0x26  39 bits", "INCLUDE_PCI_ALL", "f0:1f.0  I/O APIC id 2", "00:1c.4/00.1  PCI endpoint",
                "ACPI namespace device 3 \\_SB.PCI0.I2C0", "reserved memory 0x7d000000 to 0x7f7fffff", "near proximity domain 1", "Nothing is wrong");
        Run amd = run(file("ivrs", ivrs()));
        assertThat(amd.code()).isEqualTo(Exit.FINE);
        assertThat(amd.out()).contains("IOMMU 00:00.2 at 0xfd200000", "00:14.0  I/O APIC id 33", "for 00:01.0");
    }

    /** Out of dom0 the table comes with its signature turned round. */
    @Test
    void theTableThatXenRenamedIsDecoded() throws IOException {
        byte[] table = every();
        System.arraycopy("RMAD".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, table, 0, 4);
        Run run = run(file("RMAD", table));
        assertThat(run.code()).isNotEqualTo(Exit.UNMEASURED);
        assertThat(run.out()).contains("which Xen renamed from DMAR", "Host Address Width").doesNotContain("table-checksum-wrong");
    }

    @Test
    void findingsComeWithWhatBothSystemsDo() throws IOException {
        Run run = run(file("dmar", dmar().add(new Drhd(1, 0, 0, 0xfed92000L, List.of())).build()));
        assertThat(run.code()).isEqualTo(Exit.FINDINGS);
        assertThat(run.out()).contains("[dmar-include-all-twice]").containsPattern("Linux +no check").containsPattern("Xen +segment 0: \"Only one INCLUDE_ALL");
    }

    @Test
    void jsonFitsItsSchema() throws IOException {
        var schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(Files.readString(ROOT.resolve("docs/schema/acpi-1.json")));
        byte[] broken = every();
        broken[50] = 0;
        byte[] other = new DmarBuilder().header(HeaderFields.own("SSDT", 1)).build();
        Run run = run("--json", file("dmar", every()), file("ivrs", ivrs()), file("broken", broken), file("other", other), folder.resolve("absent"));
        assertThat(schema.validate(run.out(), InputFormat.JSON)).isEmpty();
        assertThat(run.out()).contains("\"signature\" : \"SSDT\"", "dmar-structure-length-zero", "absent: no such file");
        assertThat(run.code()).isEqualTo(Exit.FINDINGS);
    }

    @Test
    void whatIsNoTableCouldNotBeMeasured() throws IOException {
        assertThat(run(folder.resolve("absent")).code()).isEqualTo(Exit.UNMEASURED);
        assertThat(run(file("text", "hello\n".getBytes())).code()).isEqualTo(Exit.UNMEASURED);
        assertThat(run(file("text", "hello\n".getBytes())).err()).contains("no ACPI table");
        Run other = run(file("other", new DmarBuilder().header(HeaderFields.own("SSDT", 1)).build()));
        assertThat(other.code()).isEqualTo(Exit.UNMEASURED);
        assertThat(other.err()).contains("neither a DMAR nor an IVRS table");
        assertThat(run().code()).isEqualTo(Exit.USAGE);
    }

    /** Whatever a table says, it is printed and it ends; and it cannot steer the terminal. */
    @Test
    void damagedTablesArePrintedToo() throws IOException {
        Random random = new Random(5);
        for (int i = 0; i < 200; i++) {
            byte[] bytes = i % 2 == 0 ? every() : ivrs();
            for (int j = random.nextInt(12); j >= 0; j--) {
                bytes[36 + random.nextInt(bytes.length - 36)] = (byte) random.nextInt();
            }
            Run run = run(file("damaged", bytes));
            assertThat(run.out()).doesNotContainPattern("[\\x00-\\x09\\x0b-\\x1f\\x7f]");
            assertThat(run("--json", file("damaged", bytes)).code()).isEqualTo(run.code());
        }
    }
}
