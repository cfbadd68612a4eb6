package dev.dmarshal.cli.host;

import static dev.dmarshal.cli.Run.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.dmarshal.cli.Run;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.config.AcsCapability;
import dev.dmarshal.core.pci.config.CapabilityKind;
import dev.dmarshal.core.pci.config.ConfigSpace;
import dev.dmarshal.core.pci.config.ConfigSpaceBuilder;
import dev.dmarshal.core.pci.config.HeaderType;
import dev.dmarshal.core.pci.config.PcieRegisters;
import dev.dmarshal.core.pci.config.PortType;
import dev.dmarshal.core.pci.lspci.LspciWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code dmarshal groups} as its user runs it, on a machine of the test's own making. */
class GroupsCommandTest {

    private static final Path ROOT = Path.of(System.getProperty("project.root", ".."));
    private static final int ALL = 4096;

    @TempDir
    private Path folder;

    private static ConfigSpace space(PortType type, int id, int classCode, boolean acs, int secondary) {
        ConfigSpaceBuilder builder = ConfigSpace.builder(ALL).ids(0x1b36, id).classCode(classCode).multifunction(id == 2);
        if (secondary > 0) {
            builder.type(HeaderType.BRIDGE).bridge(0, secondary, secondary);
        }
        builder.capability(CapabilityKind.PCI_EXPRESS, 0x3c).set(PcieRegisters.PCIE_CAP, 2 | type.code() << 4).done();
        if (acs) {
            builder.extended(CapabilityKind.ACCESS_CONTROL, 1, 8).set(AcsCapability.ACS_CAP, 0x1d).done();
        }
        return builder.build();
    }

    /** A port without ACS with a card of two functions, a good port with a card, and a free good port; {@code group} says what the kernel made of it. */
    private Path dump(String... group) throws IOException {
        StringBuilder text = new StringBuilder();
        Object[][] functions = {{new Sbdf(0, 0, 1, 0), space(PortType.ROOT_PORT, 1, 0x060400, false, 1)},
                {new Sbdf(0, 0, 2, 0), space(PortType.ROOT_PORT, 1, 0x060400, true, 2)},
                        {new Sbdf(0, 0, 3, 0), space(PortType.ROOT_PORT, 1, 0x060400, true, 3)},
                {new Sbdf(0, 1, 0, 0), space(PortType.ENDPOINT, 2, 0x030000, false, 0)},
                        {new Sbdf(0, 1, 0, 1), space(PortType.ENDPOINT, 3, 0x040300, false, 0)},
                {new Sbdf(0, 2, 0, 0), space(PortType.ENDPOINT, 4, 0x020000, false, 0)}};
        for (int i = 0; i < functions.length; i++) {
            String[] lines = LspciWriter.write((Sbdf) functions[i][0], "Test device: made up", (ConfigSpace) functions[i][1]).split("\n", 2);
            text.append(lines[0]).append('\n').append(group.length > i ? "\tIOMMU group: " + group[i] + "\n" : "").append(lines[1]).append('\n');
        }
        return Files.writeString(folder.resolve("lspci.txt"), text);
    }

    @Test
    void treeGroupsAndReasonsInOnePicture() throws IOException {
        Run run = run("groups", dump("0", "1", "2", "0", "0", "3").toString());
        assertThat(run.out()).contains("The running kernel has the same 4 groups", "0 0000:00:01.0 root port 1b36:0001", "├ 0000:01:00.0 VGA",
                "└ 0000:01:00.1 audio", "root port 0000:00:01.0 has no ACS capability", "plug the card below 0000:00:03.0, free");
        assertThat(run.out().indexOf("plug the card")).isLessThan(run.out().indexOf("last of all: pcie_acs_override"));
        assertThat(run.out()).contains("it changes nothing in the hardware");
        assertThat(run.code()).isEqualTo(Exit.FINE);
    }

    @Test
    void disagreementIsMarkedAndAFinding() throws IOException {
        Run run = run("groups", dump("0", "1", "2", "4", "5", "3").toString());
        assertThat(run.code()).isEqualTo(Exit.FINDINGS);
        assertThat(run.out()).contains("Where the running kernel disagrees", "4!  ├ 0000:01:00.0", "kernel group 4: 0000:01:00.0",
                "computed: 0000:00:01.0 0000:01:00.0 0000:01:00.1", "pcie_acs_override");
    }

    @Test
    void cardInAnotherSlotOnPaper() throws IOException {
        Run run = run("groups", "--slot", "01:00=00:03.0", dump().toString());
        assertThat(run.out()).contains("0000:01:00.0 moved to 0000:03:00.0", "0000:01:00.1 moved to 0000:03:00.1");
        assertThat(run.out()).contains("Group ~4: 0000:03:00.0 0000:03:00.1").doesNotContain("root port 0000:00:01.0 has no ACS capability");
        Run swapped = run("groups", "--slot", "01:00.0=00:02.0", dump().toString());
        assertThat(swapped.out()).contains("0000:02:00.0 moved to 0000:01:00.0", "root port 0000:00:01.0 has no ACS capability");
    }

    @Test
    void otherKernelsAndParametersAreComputed() throws IOException {
        String dump = dump("0", "1", "2", "0", "0", "3").toString();
        Run run = run("groups", "--kernel", "6.8.12-4-pve", "--cmdline", "pcie_acs_override=downstream,multifunction", dump);
        assertThat(run.out()).contains("What would change against the running kernel's groups");
        assertThat(run.code()).isEqualTo(Exit.FINE);
        assertThat(run("groups", "--kernel", "6.1.0-30-amd64", "--cmdline", "pcie_acs_override=downstream", dump).out())
                .contains("pcie_acs_override does nothing");
    }

    @Test
    void headersAloneAreNotEnough() throws IOException {
        StringBuilder text = new StringBuilder();
        for (String line : Files.readString(dump()).split("\n")) {
            text.append(line.matches("[4-9a-f]0: .*|[0-9a-f]{3}: .*") ? "" : line + "\n");
        }
        Run run = run("groups", Files.writeString(folder.resolve("lspci-x.txt"), text).toString());
        assertThat(run.code()).isEqualTo(Exit.UNMEASURED);
        assertThat(run.out()).contains("groups rest on facts that were not measured", "Not certain");
    }

    @Test
    void jsonFitsItsSchema() throws IOException {
        var schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(Files.readString(ROOT.resolve("docs/schema/groups-1.json")));
        for (String[] arguments : new String[][] {{"groups", "--json", dump("0", "1", "2", "4", "5", "3").toString()},
                {"groups", "--json", "--slot", "01:00=00:03.0", dump().toString()}}) {
            assertThat(schema.validate(run(arguments).out(), InputFormat.JSON)).isEmpty();
        }
        assertThat(run("groups", "--json", dump().toString()).out()).contains("\"kernelGroupsKnown\" : false", "\"step\" : \"port-not-isolated\"");
    }

    @Test
    void wrongArgumentsAndSourcesAreSaid() throws IOException {
        String dump = dump().toString();
        assertThat(run("groups", "--kernel", "new", dump)).satisfies(run -> assertThat(run.code()).isEqualTo(Exit.USAGE))
                .satisfies(run -> assertThat(run.err()).contains("no kernel version: new"));
        assertThat(run("groups", "--slot", "01:00", dump).code()).isEqualTo(Exit.USAGE);
        assertThat(run("groups", "--slot", "01:00=00:55.0", dump).code()).isEqualTo(Exit.USAGE);
        assertThat(run("groups", "--slot", "05:00=00:01.0", dump)).satisfies(run -> assertThat(run.code()).isEqualTo(Exit.USAGE))
                .satisfies(run -> assertThat(run.err()).contains("no such function: 0000:05:00.0"));
        assertThat(run("groups", "--slot", "00:01.0=00:02.0", dump).err()).contains("built in");
        assertThat(run("groups", folder.resolve("absent").toString()).code()).isEqualTo(Exit.UNMEASURED);
        assertThat(run("groups", Files.writeString(folder.resolve("empty.txt"), "nothing\n").toString())).satisfies(run -> assertThat(run.code())
                .isEqualTo(Exit.UNMEASURED)).satisfies(run -> assertThat(run.err()).contains("no PCI devices"));
    }
}
