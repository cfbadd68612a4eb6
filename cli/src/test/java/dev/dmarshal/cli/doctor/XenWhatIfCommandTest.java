package dev.dmarshal.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.dmarshal.cli.Main;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.core.acpi.DeviceScope;
import dev.dmarshal.core.acpi.DmarBuilder;
import dev.dmarshal.core.acpi.DmarStructure;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.config.PortType;
import dev.dmarshal.host.fake.FakeHost;
import dev.dmarshal.host.fake.FakePci;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class XenWhatIfCommandTest {

    private static final Path ROOT = Path.of(System.getProperty("project.root", ".."));

    @TempDir
    private Path folder;

    private record Run(int code, String out, String err) {

        /** The text without its line breaks and columns. */
        String words() {
            return out.replaceAll("\\s+", " ");
        }
    }

    private static Run run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true));
        return new Run(code, out.toString(), err.toString());
    }

    /** A dom0 with a controller in an RMRR and a card that pciback has; the controller faulted at memory that the map calls a hole. */
    private String dom0(String version, String line) throws IOException {
        byte[] dmar = new DmarBuilder().hostAddressBits(39).flags(1).add(new DmarStructure.Drhd(1, 0, 0, 0xfed90000L, List.of()))
                .add(new DmarStructure.Rmrr(0, 0xac6d3000L, 0xac6e6fffL, List.of(new DeviceScope(1, 0, 0, 0, List.of(new DeviceScope.Hop(0x1d, 0)))))).build();
        byte[] zapped = dmar.clone();
        System.arraycopy("RMAD".getBytes(StandardCharsets.US_ASCII), 0, zapped, 0, 4);
        FakeHost host = new FakeHost(folder).file("/proc/sys/kernel/osrelease", "6.1.0\n").file("/proc/cmdline", "placeholder\n")
                .file("/proc/xen/capabilities", "control_d\n").bytes("/sys/firmware/acpi/tables/RMAD", zapped).folder("/sys/devices/pci0000:00");
        String port = FakePci.at(host, "pci0000:00", new Sbdf(0, 0, 0x1c, 0)).is(0x8086, 0xa338, 0).bridge(PortType.ROOT_PORT, 3, 3).make();
        FakePci.at(host, "pci0000:00", new Sbdf(0, 0, 0x1d, 0)).is(0x8086, 0xa330, 0x0c0320).driver("ehci-pci").make();
        FakePci.at(host, port, new Sbdf(0, 3, 0, 0)).driver("pciback").make();
        Files.writeString(folder.resolve("xen.log"), """
                (XEN) Xen version %s (a@b) (gcc) now
                (XEN) Command line: %s
                (XEN)  0000000000100000 - 000000007a000000 (usable)
                (XEN) [VT-D]DMAR:[DMA Write] Request device [0000:00:1d.0] fault addr ed000
                (XEN) [VT-D]DMAR: reason 05 - PTE Write access is not set
                (XEN) [VT-D]DMAR:[DMA Read] Request device [0000:03:00.0] fault addr 21000000
                (XEN) [VT-D]DMAR: reason 02 - Present bit in context entry is clear
                """.formatted(version, line));
        return folder.toString();
    }

    @Test
    void anotherCommandLineForXen() throws IOException {
        Run run = run("what-if", "--xen-cmdline", "dom0-iommu=map-inclusive", dom0("4.17.2", "iommu=1"));
        assertThat(run.words()).contains("dom0: reaches all memory but Xen's own, and what firmware reserves, and 0xac6d3000-0xac6e6fff",
                "dom0: reaches all memory but Xen's own, and all else below 4 GiB", "gone DMA write from 0000:00:1d.0", "remains DMA read from 0000:03:00.0",
                "quarantine: reaches nothing: 0000:03:00.0");
        assertThat(run.code()).isEqualTo(Exit.FINDINGS);
    }

    @Test
    void passthroughForDom0LosesProtection() throws IOException {
        Run run = run("what-if", "--xen-cmdline", "dom0-iommu=passthrough", dom0("4.17.2", "iommu=1"));
        assertThat(run.words()).contains("Protection is lost: 0000:00:1d.0 would reach all memory");
        assertThat(run.code()).isEqualTo(Exit.FINDINGS);
    }

    @Test
    void aScratchPageServesTheQuarantined() throws IOException {
        Run run = run("what-if", "--xen-cmdline", "iommu=quarantine=scratch-page dom0-iommu=map-inclusive", dom0("4.17.2", "iommu=1"));
        assertThat(run.words()).contains("quarantine: reaches a scratch page", "gone DMA read from 0000:03:00.0");
        assertThat(run.code()).isEqualTo(Exit.FINE);
    }

    @Test
    void ownersAreGuestsByTheirLayout() throws IOException {
        String host = dom0("4.17.2", "iommu=1");
        Run small = run("what-if", "--owner", "00:1d.0=hvm:1024", "--owner", "03:00.0=hvm:1024", host);
        assertThat(small.words()).contains("an HVM guest with 1024 MiB: reaches the guest's memory (0-0x3fffffff), and 0xac6d3000-0xac6e6fff",
                "gone DMA read from 0000:03:00.0");
        Run huge = run("what-if", "--owner", "00:1d=hvm:4096,relaxed", host);
        assertThat(huge.words()).contains("(0-0xac5fffff and 0x100000000-0x1539fffff)");
        Run unknown = run("what-if", "--owner", "03:00.0=hvm", dom0("4.17.2", "iommu=1"));
        assertThat(unknown.words()).contains("Without the size of the guest's memory", "open DMA read from 0000:03:00.0");
    }

    @Test
    void withoutQuarantineTheCardIsDom0s() throws IOException {
        Run run = run("what-if", "--owner", "03:00.0=quarantine", dom0("4.10.1", "iommu=1"));
        assertThat(run.words()).contains("This version has no quarantine");
    }

    @Test
    void jsonFollowsItsSchema() throws IOException {
        var schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(Files.readString(ROOT.resolve("docs/schema/what-if-xen-1.json")));
        String host = dom0("4.17.2", "iommu=1");
        for (String[] options : new String[][] {{"--owner", "03:00.0=pv"}, {"--xen-cmdline", "iommu=off"}, {"--owner", "00:1d.0=quarantine"}}) {
            Run run = run("what-if", "--json", options[0], options[1], host);
            assertThat(schema.validate(run.out(), InputFormat.JSON)).as(run.out() + run.err()).isEmpty();
        }
    }

    @Test
    void wrongQuestions() throws IOException {
        String host = dom0("4.17.2", "iommu=1");
        assertThat(run("what-if", "--cmdline", "iommu=pt", host).err()).contains("ask with --xen-cmdline or --owner");
        assertThat(run("what-if", "--owner", "03:00.0=me", host).err()).contains("an owner is DEVICE=dom0");
        assertThat(run("what-if", "--owner", "03:00.0=pv:512", host).code()).isEqualTo(Exit.USAGE);
        assertThat(run("what-if", "--owner", "09:00.0=pv", host).err()).contains("no function 0000:09:00.0 here");
        Files.delete(folder.resolve("proc/xen/capabilities"));
        assertThat(run("what-if", "--owner", "03:00.0=pv", host).err()).contains("this is not Xen's dom0");
    }
}
