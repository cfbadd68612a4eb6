package dev.dmarshal.cli.host;

import static dev.dmarshal.cli.Run.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.dmarshal.cli.Run;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.cli.page.Screen;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.config.ConfigSpace;
import dev.dmarshal.core.pci.config.PortType;
import dev.dmarshal.core.pci.lspci.LspciWriter;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.fake.FakeHost;
import dev.dmarshal.host.fake.FakePci;
import dev.dmarshal.host.names.PciNames;
import dev.dmarshal.host.survey.HostSurvey;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code survey} and {@code assignable} as their user runs them, on machines of the test's own making. */
class SurveyCommandTest {

    private static final Path ROOT = Path.of(System.getProperty("project.root", ".."));
    private static final int FILLERS = 8;

    @TempDir
    private Path folder;

    /** A drive with the root on it, a port with a network card below, and a chipset device of eight functions; the card's bus is the caller's. */
    private static Path machine(Path folder, int bus) {
        FakeHost host = new FakeHost(folder).file("/proc/sys/kernel/osrelease", "6.12.0\n").file("/proc/swaps", "Filename\n")
                .file("/proc/cpuinfo", "address sizes\t: 39 bits physical, 48 bits virtual\n").file("/proc/interrupts", " 24:  0  IR-PCI-MSI x\n")
                .file("/sys/class/iommu/dmar0/intel-iommu/cap", "1d2008c40660462\n").file("/sys/class/iommu/dmar0/intel-iommu/ecap", "f050da\n")
                .file("/proc/self/mountinfo", "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n").folder("/sys/class/net").folder("/sys/devices/pci0000:00");
        String ahci = FakePci.at(host, "pci0000:00", new Sbdf(0, 0, 0x17, 0)).is(0x8086, 0xa102, 0x010601).type(Optional.empty()).driver("ahci").group(3)
                .make();
        host.drive("sda", "8:0", ahci + "/ata1").partition("sda", "sda1", "8:1", ahci + "/ata1");
        String port = FakePci.at(host, "pci0000:00", new Sbdf(0, 0, 0x1c, 0)).is(0x8086, 0xa110, 0).bridge(PortType.ROOT_PORT, bus, bus).separated().group(5)
                .make();
        FakePci.at(host, port, new Sbdf(0, bus, 0, 0)).driver("igb").group(12).range(0xf0000000L, 0x100000, false).make();
        for (int function = 0; function < FILLERS; function++) {
            FakePci.at(host, "pci0000:00", new Sbdf(0, 0, 8, function)).is(0xfffe, 0x100 + function, 0x088000).multifunction().withoutReset().group(7).make();
        }
        return folder;
    }

    private Path machine() {
        return machine(folder.resolve("host"), 2);
    }

    @Test
    void treeGroupsDriversResetsAndMarksInOnePicture() {
        Run run = run("survey", machine().toString());
        assertThat(run.code()).isEqualTo(Exit.FINE);
        assertThat(run.out()).contains("Linux 6.12.0: 11 PCI functions in 4 IOMMU groups", "IOMMU on; interrupt remapping on");
        assertThat(run.out()).containsPattern("✗ ├─00:17\\.0 SATA .* 3 +ahci .*host needs it").containsPattern("· └─00:1c\\.0 PCI bridge .* 5 +pcieport")
                .containsPattern("[!?✓]   └─02:00\\.0 Ethernet .* 12 +igb +flr");
        assertThat(run.out()).contains("All reasons: dmarshal");
    }

    @Test
    void neighboursOfWhomThereIsOneThingToSayShareALine() {
        String host = machine().toString();
        assertThat(run("survey", host).out()).containsPattern("├─00:08\\.0-7 8 × system.* 7 ").doesNotContain("00:08.1");
        assertThat(run("survey", "--all", host).out()).contains("00:08.0 system", "00:08.7 system").doesNotContain("×");
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 50, 80, 100, 160, 240})
    void everyWidthIsKeptToAndColourAddsNothing(int width) {
        HostSurvey survey = Survey.of(HostRoot.open(machine()).present().orElseThrow());
        StringWriter plain = new StringWriter();
        StringWriter coloured = new StringWriter();
        PciNames none = PciNames.of(HostRoot.of(folder.resolve("nothing")));
        new SurveyText(survey, new Screen(width, false), none, false).print(new PrintWriter(plain, true));
        new SurveyText(survey, new Screen(width, true), none, false).print(new PrintWriter(coloured, true));
        // Words that are longer than the screen, such as the path of the source, cannot be wrapped.
        assertThat(plain.toString().lines()).filteredOn(line -> line.strip().contains(" ")).allSatisfy(line -> assertThat(line.length())
                .isLessThanOrEqualTo(width));
        assertThat(plain.toString()).contains("02:00.0", "✗").doesNotContain("\033");
        assertThat(coloured.toString()).contains("\033[31m✗").isNotEqualTo(plain.toString());
        assertThat(coloured.toString().replaceAll("\033\\[[0-9]+m", "")).isEqualTo(plain.toString());
    }

    @Test
    void verdictsOfOneDeviceAndOfAll() {
        String host = machine().toString();
        Run drive = run("assignable", host, "00:17.0");
        assertThat(drive.code()).isEqualTo(Exit.FINDINGS);
        assertThat(drive.out()).contains("0000:00:17.0 SATA", "not as things are", "against   holders: The host needs it");
        assertThat(run("assignable", host).code()).as("a list is no question about one device").isEqualTo(Exit.FINE);
        assertThat(run("assignable", host).out()).doesNotContain("0000:00:1c.0 PCI bridge");
        assertThat(run("assignable", "--all", host, "pci_0000_02_00_0").out()).contains("pass").contains("[/sys/");
        assertThat(run("assignable", host, "8086:1533").out()).contains("0000:02:00.0");
        assertThat(run("assignable", "--platform", "xen", host, "02:00.0").out()).contains("pciback");
    }

    @Test
    void whatHoldsForAllIsSaidOnce() throws IOException {
        Path host = machine();
        Files.delete(host.resolve("proc/interrupts"));
        String out = run("assignable", host.toString(), "02:00.0", "00:17.0").out();
        assertThat(out).contains("All of the devices below").containsOnlyOnce("unknown   interrupts:");
        assertThat(out.indexOf("unknown   interrupts:")).isLessThan(out.indexOf("0000:02:00.0 Ethernet"));
    }

    @Test
    void wrongArgumentsAndSourcesAreSaid() throws IOException {
        String host = machine().toString();
        assertThat(run("survey", host, host).code()).isEqualTo(Exit.USAGE);
        assertThat(run("survey", "--colour", host).code()).isEqualTo(Exit.USAGE);
        assertThat(run("assignable", "--platform", "vmware", host).code()).isEqualTo(Exit.USAGE);
        assertThat(run("assignable", host, "1f.2")).satisfies(run -> assertThat(run.code()).isEqualTo(Exit.USAGE))
                .satisfies(run -> assertThat(run.err()).contains("1f.2: neither a device"));
        assertThat(run("assignable", host, "05:00.0")).satisfies(run -> assertThat(run.code()).isEqualTo(Exit.UNMEASURED))
                .satisfies(run -> assertThat(run.err()).contains("has no function 0000:05:00.0"));
        for (String command : new String[] {"survey", "assignable"}) {
            assertThat(run(command, folder.resolve("absent").toString())).satisfies(run -> assertThat(run.code()).isEqualTo(Exit.UNMEASURED))
                    .satisfies(run -> assertThat(run.err()).contains("no such file"));
            Path text = Files.writeString(folder.resolve("text"), "nothing of a machine\n");
            assertThat(run(command, text.toString())).satisfies(run -> assertThat(run.code()).isEqualTo(Exit.UNMEASURED))
                    .satisfies(run -> assertThat(run.err()).contains("no PCI functions"));
        }
    }

    @Test
    void aCaptureThatIsCutShortIsShownAndSaidToBe() throws IOException {
        Path capture = folder.resolve("host.tar.zst");
        run("capture", "-o", capture.toString(), "--from", machine().toString());
        byte[] whole = Files.readAllBytes(capture);
        Path cut = Files.write(folder.resolve("cut.tar.zst"), java.util.Arrays.copyOf(whole, whole.length - 2));
        Run run = run("survey", cut.toString());
        assertThat(run.code()).isEqualTo(Exit.UNMEASURED);
        assertThat(run.out()).contains("damaged after").doesNotContain("Remark[");
        assertThat(run("survey", capture.toString()).code()).isEqualTo(Exit.FINE);
        assertThat(run("assignable", cut.toString()).code()).isEqualTo(Exit.UNMEASURED);
        assertThat(run("assignable", capture.toString()).code()).isEqualTo(Exit.FINE);
    }

    @Test
    void driftFollowsTheDeviceToItsNewAddress() {
        String old = machine().toString();
        String now = machine(folder.resolve("later"), 3).toString();
        Run run = run("survey", "--diff", old, now);
        assertThat(run.code()).isEqualTo(Exit.FINDINGS);
        assertThat(run.out()).contains("moved: 8086:1533", "was 0000:02:00.0 and is 0000:03:00.0 now").doesNotContain("gone:", "new:", "group:");
        assertThat(run("survey", "--diff", old, old)).satisfies(same -> assertThat(same.code()).isEqualTo(Exit.FINE))
                .satisfies(same -> assertThat(same.out()).contains("Nothing changed"));
        assertThat(run("survey", "--diff", folder.resolve("absent").toString(), now).code()).isEqualTo(Exit.UNMEASURED);
    }

    @Test
    void jsonFitsItsSchemasWhichDescribeAllOfIt() throws IOException {
        String host = machine().toString();
        fits("survey", run("survey", "--json", host));
        fits("assignable", run("assignable", "--json", host, "00:17.0"));
        fits("assignable", run("assignable", "--json", "--platform", "xen", host));
        fits("drift", run("survey", "--json", "--diff", host, machine(folder.resolve("later"), 3).toString()));
    }

    /** Trap 4 of the twenty (TrapsTest in doctor): other tools cut large lists off. */
    @Test
    void trap04ManyDevicesAreAllInTheJson() throws IOException {
        int many = 1200;
        StringBuilder dump = new StringBuilder();
        for (int at = 0; at < many; at++) {
            dump.append(LspciWriter.write(new Sbdf(at / 1024, 0xff & at / 256 + 1, at / 8 % 32, at % 8), "Test device: made up",
                    ConfigSpace.builder(ConfigSpace.CONVENTIONAL_BYTES).ids(0x8086, at).classCode(0x020000).multifunction(true).build())).append('\n');
        }
        String text = Files.writeString(folder.resolve("lspci.txt"), dump).toString();
        assertThat(new ObjectMapper().readTree(run("survey", "--json", text).out()).path("functions").size()).isEqualTo(many);
        assertThat(new ObjectMapper().readTree(run("assignable", "--json", text).out()).path("devices").size()).isEqualTo(many);
    }

    /** Trap 14: one of two alike is the host's, the other was meant for a guest. */
    @Test
    void trap14IdsOfTwoDevicesNameNeither() {
        Path host = machine();
        FakePci.at(new FakeHost(host), "pci0000:00", new Sbdf(0, 0, 4, 0)).driver("vfio-pci").group(30).make();
        Run run = run("assignable", host.toString(), "8086:1533");
        assertThat(run.code()).isEqualTo(Exit.UNMEASURED);
        assertThat(run.err()).contains("2 devices have these ids", "0000:00:04.0 (vfio-pci)", "0000:02:00.0 (igb)");
    }

    private static void fits(String name, Run run) throws IOException {
        String text = Files.readString(ROOT.resolve("docs/schema/" + name + "-1.json"));
        var schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(text);
        assertThat(schema.validate(run.out(), InputFormat.JSON)).isEmpty();
        described(new ObjectMapper().readTree(run.out()), new ObjectMapper().readTree(text), name);
    }

    /** No key goes out that the schema does not have. */
    private static void described(JsonNode value, JsonNode schema, String path) {
        value.forEachEntry((key, child) -> {
            assertThat(schema.path("properties").has(key)).as(path + "." + key).isTrue();
            described(child, schema.path("properties").path(key), path + "." + key);
        });
        if (value.isArray()) {
            value.forEach(child -> described(child, schema.path("items"), path + "[]"));
        }
    }
}
