package dev.dmarshal.cli.tables;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.dmarshal.cli.Run;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.config.AcsCapability;
import dev.dmarshal.core.pci.config.AdvancedFeaturesCapability;
import dev.dmarshal.core.pci.config.Bar;
import dev.dmarshal.core.pci.config.CapabilityKind;
import dev.dmarshal.core.pci.config.ConfigRegister;
import dev.dmarshal.core.pci.config.ConfigSpace;
import dev.dmarshal.core.pci.config.ConfigSpaceBuilder;
import dev.dmarshal.core.pci.config.EnhancedAllocationCapability;
import dev.dmarshal.core.pci.config.PcieRegisters;
import dev.dmarshal.core.pci.config.ResizableBarCapability;
import dev.dmarshal.core.pci.config.SmallCapabilities;
import dev.dmarshal.core.pci.lspci.LspciWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code dmarshal pci} as its user runs it. */
class PciCommandTest {

    private static final Path ROOT = Path.of(System.getProperty("project.root", ".."));

    private static final ConfigRegister WORD = ConfigRegister.of("word", 0, 4);

    @TempDir
    private Path folder;

    /** What the program says, with each run of white space as one blank: the tests ask for words, not for columns. */
    private static Run run(String... arguments) {
        Run run = Run.run(arguments);
        return new Run(run.code(), run.out().replaceAll("\s+", " "), run.err());
    }

    private static ConfigSpace card() {
        ConfigSpaceBuilder card = ConfigSpace.builder(4096).ids(0x1af4, 0xfff0).classCode(0x020000).bar(new Bar(0, Bar.Kind.MEMORY_64, true, 0x60_0000_0000L));
        card.capability(CapabilityKind.PCI_EXPRESS, 0x3c).set(PcieRegisters.PCIE_CAP, PcieRegisters.VERSION, 2)
                .flags(PcieRegisters.DEVICE_CAP, PcieRegisters.FUNCTION_LEVEL_RESET);
        card.capability(CapabilityKind.SERIAL_NUMBER, 12).set(SmallCapabilities.SERIAL_LOW, 0xdeadbeefL).set(SmallCapabilities.SERIAL_HIGH, 0x12345678L);
        card.capability(CapabilityKind.ACCESS_CONTROL, 8).flags(AcsCapability.ACS_CAP, AcsCapability.SOURCE_VALIDATION);
        return card.build();
    }

    private static String dump() {
        return LspciWriter.write(new Sbdf(0, 1, 0, 0), "Card\n\tRegion 0: Memory at 6000000000 (64-bit, prefetchable) [size=2K]", card());
    }

    @Test
    void saysWhatTheFunctionIsAndCan() throws IOException {
        Run run = run("pci", Files.writeString(folder.resolve("dump.txt"), dump()).toString());
        assertThat(run.code()).isEqualTo(Exit.FINE);
        assertThat(run.out()).contains("0000:01:00.0").contains("[1af4:fff0]").contains("PCI Express Endpoint").contains("2 KiB (less than a page)")
                .contains("flr (PCI Express function level reset)").contains("can SrcValid; on: nothing").contains("masked").doesNotContain("deadbeef");
        assertThat(run("pci", "--serial", folder.resolve("dump.txt").toString()).out()).contains("12345678deadbeef");
    }

    @Test
    void jsonKeepsToItsSchemaAndMasksSerialNumbers() throws IOException {
        Path file = Files.writeString(folder.resolve("dump.txt"), dump());
        ConfigSpace bridge = ConfigSpace.builder(256).ids(1, 2).classCode(0x060400).bridge(0, 1, 2).build();
        ConfigSpaceBuilder wired = ConfigSpace.builder(4096).ids(1, 3);
        wired.capability(CapabilityKind.PCI_EXPRESS, 0x3c);
        wired.capability(CapabilityKind.ENHANCED_ALLOCATION, 16).set(EnhancedAllocationCapability.EA_CAP, 1).set(WORD.plus(4), 0x8000_0002L)
                .set(WORD.plus(8), 0xc000_0000L).set(WORD.plus(12), 0xfffc);
        wired.capability(CapabilityKind.RESIZABLE_BAR, 12).set(ResizableBarCapability.REBAR_CAP, 0x1ff0)
                .set(ResizableBarCapability.REBAR_CTL, ResizableBarCapability.COUNT, 1).set(ResizableBarCapability.REBAR_CTL, ResizableBarCapability.SIZE, 8);
        Path other = Files.write(folder.resolve("other"), wired.build().toBytes());
        assertThat(run("pci", other.toString()).out()).contains("BAR 0 at c0000000, 64 KiB").contains("can be resized; 256 MiB now, largest 256 MiB");
        Path raw = Files.write(folder.resolve("raw"), bridge.toBytes());
        Run json = Run.run("pci", "--json", file.toString(), raw.toString(), other.toString());
        assertThat(json.code()).isEqualTo(Exit.FINE);
        var schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(Files.readString(ROOT.resolve("docs/schema/pci-1.json")));
        assertThat(schema.validate(json.out(), InputFormat.JSON)).isEmpty();
        assertThat(json.out()).contains("\"flr\" : true").contains("\"sizeBytes\" : 2048").contains("\"masked\" : true").doesNotContain("deadbeef");
    }

    @Test
    void aFolderOfSysfsTellsAddressAndSizes() throws IOException {
        Path device = Files.createDirectories(folder.resolve("10000:e1:00.0"));
        Files.write(device.resolve("config"), Arrays.copyOf(card().toBytes(), 64));
        Files.writeString(device.resolve("resource"), "0x0000006000000000 0x000000600000ffff 0x000000000014220c\n");
        Run run = run("pci", device.toString());
        assertThat(run.out()).contains("10000:e1:00.0").contains("64 KiB").contains("only 64 bytes were dumped").contains("not measured: flr, af_flr, pm");
    }

    @Test
    void brokenListsAreFindings() throws IOException {
        ConfigSpaceBuilder loop = ConfigSpace.builder(256).ids(1, 2);
        int at = loop.capability(CapabilityKind.ADVANCED_FEATURES, 6).set(AdvancedFeaturesCapability.LENGTH, 6).offset();
        loop.raw(at + 1, 1, at);
        Run run = run("pci", Files.write(folder.resolve("config.bin"), loop.build().toBytes()).toString());
        assertThat(run.code()).isEqualTo(Exit.FINDINGS);
        assertThat(run.out()).contains("[capability-loop] at 41");
    }

    @Test
    void whatIsNoDumpCouldNotBeMeasured() throws IOException {
        assertThat(run("pci").code()).isEqualTo(Exit.USAGE);
        Run none = run("pci", folder.resolve("nowhere").toString());
        assertThat(none.code()).isEqualTo(Exit.UNMEASURED);
        assertThat(none.err()).contains("no such file or directory");
        Run prose = run("pci", Files.writeString(folder.resolve("prose"), "nothing of the kind\n").toString());
        assertThat(prose.code()).isEqualTo(Exit.UNMEASURED);
        assertThat(prose.err()).contains("no configuration space in it");
        Run decoded = run("pci", Files.writeString(folder.resolve("v"), "00:02.0 VGA\n\tFlags: fast devsel\n").toString());
        assertThat(decoded.err()).contains("no hexadecimal dump");
        assertThat(run("pci", folder.toString()).err()).contains("a folder without a file");
    }
}
