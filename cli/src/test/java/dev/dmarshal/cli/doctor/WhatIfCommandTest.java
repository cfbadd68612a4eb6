package dev.dmarshal.cli.doctor;

import static dev.dmarshal.cli.Run.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.dmarshal.cli.Run;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.core.acpi.DeviceScope;
import dev.dmarshal.core.acpi.DmarBuilder;
import dev.dmarshal.core.acpi.DmarStructure;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.config.PortType;
import dev.dmarshal.host.fake.FakeHost;
import dev.dmarshal.host.fake.FakePci;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WhatIfCommandTest {

    private static final Path ROOT = Path.of(System.getProperty("project.root", ".."));
    private static final Sbdf RAID = new Sbdf(0, 2, 0, 0);

    @TempDir
    private Path folder;

    /** A host that translates lazily, a RAID card below a port in group 7, and two faults: of the card, and of an id that nobody has. */
    private String host() throws IOException {
        byte[] dmar = new DmarBuilder().hostAddressBits(39).flags(1).add(new DmarStructure.Drhd(1, 0, 0, 0xfed90000L, List.of()))
                .add(new DmarStructure.Rmrr(0, 0x7c000000L, 0x7c000fffL, List.of(new DeviceScope(1, 0, 0, 2, List.of(new DeviceScope.Hop(0, 0)))))).build();
        FakeHost host = new FakeHost(folder).file("/proc/sys/kernel/osrelease", "6.12.0\n").file("/proc/cmdline", "quiet intel_iommu=on\n")
                .bytes("/sys/firmware/acpi/tables/DMAR", dmar).file("/sys/class/iommu/dmar0/intel-iommu/cap", "d2008c40660462\n")
                .file("/sys/class/iommu/dmar0/intel-iommu/ecap", "f050da\n").file("/sys/class/iommu/dmar0/intel-iommu/address", "fed90000\n")
                .file("/sys/kernel/iommu_groups/5/type", "DMA-FQ\n").file("/sys/kernel/iommu_groups/7/type", "DMA-FQ\n").folder("/sys/devices/pci0000:00");
        String port = FakePci.at(host, "pci0000:00", new Sbdf(0, 0, 0x1c, 0)).is(0x8086, 0xa338, 0).bridge(PortType.ROOT_PORT, 2, 2).separated().group(5).make();
        FakePci.at(host, "pci0000:00", new Sbdf(0, 0, 0x1d, 0)).is(0x8086, 0xa330, 0).bridge(PortType.ROOT_PORT, 3, 3).separated().group(6).make();
        FakePci.at(host, port, RAID).driver("mvsas").group(7).range(0xf0000000L, 0x100000, false).make();
        Files.writeString(folder.resolve("boot.log"), """
                [   90.000000] DMAR: [DMA Read NO_PASID] Request device [02:00.0] fault addr 0x33ff8000 [fault reason 0x06] PTE Read access is not set
                [   91.000000] DMAR: [DMA Read NO_PASID] Request device [02:00.1] fault addr 0x33ff8000 [fault reason 0x02] Present bit in context entry is clear
                """);
        return folder.toString();
    }

    @Test
    void passThroughExposesTheHostAndHelpsTheKnownFunctionOnly() throws IOException {
        Run run = run("what-if", "--cmdline", "quiet intel_iommu=on iommu=pt", host());
        assertThat(run.out()).contains("group 7, DMA-FQ: reaches what its driver maps, and for a moment what it has unmapped",
                "group 7, identity: reaches all memory (0x7c000000-0x7c000fff)", "Protection is lost: 0000:02:00.0 would reach all memory",
                "gone      DMA read from 02:00.0", "remains   DMA read from 02:00.1", "Not modelled", "guest-mappings");
        assertThat(run.code()).isEqualTo(Exit.FINDINGS);
    }

    @Test
    void oneGroupsTypeIsNarrower() throws IOException {
        Run run = run("what-if", "--group-type", "7=identity", host());
        assertThat(run.out()).contains("group 7   is written identity at run time", "Changes for 1 of 1 devices");
    }

    @Test
    void aMoveIsShownWithItsNewAddress() throws IOException {
        Run run = run("what-if", "--slot", "02:00=00:1d.0", host());
        assertThat(run.out()).contains("0000:02:00.0 8086:1533 (mvsas) becomes 0000:03:00.0", "open      DMA read from 02:00.0",
                "open      DMA read from 02:00.1", "for a moment what it has unmapped. The");
    }

    @Test
    void theBuildsChoiceStaysOpenWhereNothingTellsOfIt() throws IOException {
        String host = host();
        Files.delete(folder.resolve("sys/kernel/iommu_groups/5/type"));
        Files.delete(folder.resolve("sys/kernel/iommu_groups/7/type"));
        Run run = run("what-if", "--cmdline", "intel_iommu=on", host);
        assertThat(run.out()).contains("type not known: reaches not known");
        assertThat(run.code()).isEqualTo(Exit.UNMEASURED);
    }

    @Test
    void jsonFollowsItsSchema() throws IOException {
        var schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(Files.readString(ROOT.resolve("docs/schema/what-if-1.json")));
        for (List<String> options : List.of(List.of("--cmdline", "intel_iommu=off"), List.of("--group-type", "7=DMA", "--slot", "02:00.0=00:1d.0"))) {
            Run run = run(java.util.stream.Stream.of(List.of("what-if", "--json"), options, List.of(host())).flatMap(List::stream).toArray(String[]::new));
            assertThat(schema.validate(run.out(), InputFormat.JSON)).as(run.err()).isEmpty();
        }
    }

    @Test
    void wrongQuestionsAreUsageErrors() throws IOException {
        String host = host();
        assertThat(run("what-if", host).err()).contains("what if what?");
        assertThat(run("what-if", "--group-type", "7=fast", host).err()).contains("the kernel takes identity, DMA, DMA-FQ and auto, not fast");
        assertThat(run("what-if", "--group-type", "identity", host).err()).contains("N=TYPE");
        assertThat(run("what-if", "--slot", "02:00", host).err()).contains("DEVICE=PORT");
        assertThat(run("what-if", "--slot", "02:00=00:31.9", host).err()).contains("no PCI address");
        for (String[] wrong : new String[][] {{"what-if", host}, {"what-if", "--group-type", "99=DMA", host}, {"what-if", "--slot", "02:00=00:09.0", host}}) {
            assertThat(run(wrong).code()).as(String.join(" ", wrong)).isEqualTo(Exit.USAGE);
        }
        assertThat(run("what-if", "--cmdline", "x", folder.resolve("nothing").toString()).code()).isEqualTo(Exit.UNMEASURED);
    }

    @Test
    void provesOnTheHostsOwnTables() throws IOException {
        Run run = run("doctor", "--prove", host());
        assertThat(run.out()).contains("Proved on the model")
                .contains("With no context entry for this requester id, the model gives the fault of the log");
    }
}
