package dev.dmarshal.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.host.files.TarBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every form in which a machine comes, behind one API. */
class HostRootTest {

    @TempDir
    private Path folder;

    private Path write(String path, String text) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private void link(String path, String target) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.createSymbolicLink(file, Path.of(target));
    }

    private static HostRoot open(Path source) {
        return HostRoot.open(source).present().orElseThrow();
    }

    @Test
    void theLiveMachineIsReadAndItsDevicesAreNot() {
        HostRoot host = HostRoot.ofThisMachine();
        assertThat(host.live()).isTrue();
        assertThat(host.text("/proc/sys/kernel/osrelease").present()).isPresent();
        assertThat(host.text("/proc/no-such-file")).isInstanceOf(Reading.Absent.class);
        assertThat(host.bytes("/dev/zero")).isInstanceOf(Reading.Denied.class);
        assertThat(host.bytes("/sys/bus/pci/devices/0000:00:00.0/rom")).isInstanceOf(Reading.Denied.class);
        assertThat(host.bytes("/sys/bus/pci/devices/0000:00:00.0/resource0_wc")).isInstanceOf(Reading.Denied.class);
        assertThat(host.bytes("/proc")).isInstanceOf(Reading.Malformed.class);
        assertThat(host.whole("/proc")).isTrue();
    }

    @Test
    void aDirectoryDoesNotSayWhatItLeftOut() throws IOException {
        write("proc/cmdline", "quiet\n");
        HostRoot host = HostRoot.of(folder);
        assertThat(host.text("/proc/cmdline").present()).contains("quiet\n");
        assertThat(host.text("/proc/mounts")).isInstanceOf(Reading.Denied.class);
        assertThat(host.text("/sys/x/y")).isInstanceOf(Reading.Denied.class);
        assertThat(host.whole("/proc")).isFalse();
        HostRoot whole = HostRoot.ofWhole(folder);
        assertThat(whole.text("/proc/mounts")).isInstanceOf(Reading.Absent.class);
        assertThat(whole.list("/sys/x/y")).isInstanceOf(Reading.Absent.class);
        assertThat(whole.whole("/proc")).isTrue();
    }

    @Test
    void linksOfADirectoryStayInIt() throws IOException {
        Path outside = Files.writeString(folder.resolve("secret"), "secret");
        Path root = Files.createDirectories(folder.resolve("host"));
        write("host/sys/devices/pci0000:00/0000:00:1f.0/vendor", "0x8086\n");
        link("host/sys/bus/pci/devices/0000:00:1f.0", "../../../devices/pci0000:00/0000:00:1f.0");
        link("host/absolute", "/sys/devices");
        link("host/climbs", "../../../../../../../../../.." + outside);
        link("host/straight", outside.toString());
        link("host/loop", "loop");
        HostRoot host = HostRoot.ofWhole(root);
        assertThat(host.text("/sys/bus/pci/devices/0000:00:1f.0/vendor").present()).contains("0x8086\n");
        assertThat(host.realPath("/sys/bus/pci/devices/0000:00:1f.0").present()).contains("/sys/devices/pci0000:00/0000:00:1f.0");
        assertThat(host.linkName("/sys/bus/pci/devices/0000:00:1f.0").present()).contains("0000:00:1f.0");
        assertThat(host.list("/absolute").present().orElseThrow()).containsExactly("pci0000:00");
        assertThat(host.text("/climbs")).isInstanceOf(Reading.Absent.class);
        assertThat(host.text("/straight")).isInstanceOf(Reading.Absent.class);
        assertThat(host.text("/loop")).isInstanceOf(Reading.Malformed.class);
        assertThat(host.text("/sys/../../../../secret")).isInstanceOf(Reading.Absent.class);
        assertThat(host.linkName("/sys")).isInstanceOf(Reading.Malformed.class);
    }

    @Test
    void anArchiveOfAMachineIsFoundUnderItsTopFolder() throws IOException {
        byte[] tar = new TarBytes().folder("box/").file("box/proc/cmdline", "quiet\n").link("box/sys/bus/pci/devices/0000:00:02.0/driver", "../../drivers/i915")
                .bytes();
        HostRoot host = open(Files.write(folder.resolve("box.tar"), tar));
        assertThat(host.kind()).isEqualTo(SourceKind.ARCHIVE);
        assertThat(host.text("/proc/cmdline").present()).contains("quiet\n");
        assertThat(host.linkName("/sys/bus/pci/devices/0000:00:02.0/driver").present()).contains("i915");
        assertThat(host.text("/proc/mounts")).isInstanceOf(Reading.Denied.class);
    }

    @Test
    void aSosReportIsReadPackedOrNot() throws IOException {
        byte[] tar = new TarBytes().file("sosreport-box/sos_commands/kernel/dmesg", "[    0.000000] hello\n").file("sosreport-box/proc/cmdline", "quiet\n")
                .file("sosreport-box/var/lib/other", "x").bytes();
        HostRoot packed = open(Files.write(folder.resolve("sosreport-box.tar"), tar));
        assertThat(packed.kind()).isEqualTo(SourceKind.SOS_REPORT);
        assertThat(packed.output(HostCommand.DMESG).present()).hasValueSatisfying(log -> assertThat(new String(log, StandardCharsets.UTF_8)).contains("hello"));
        assertThat(packed.output(HostCommand.XL_INFO)).isInstanceOf(Reading.Denied.class);
        assertThat(packed.text("/var/lib/other")).isInstanceOf(Reading.Denied.class);
        write("tree/sosreport-box/sos_commands/kernel/dmesg", "[    0.000000] hello\n");
        HostRoot unpacked = open(folder.resolve("tree"));
        assertThat(unpacked.kind()).isEqualTo(SourceKind.SOS_REPORT);
        assertThat(unpacked.output(HostCommand.DMESG).present()).isPresent();
    }

    @Test
    void textOfLspciGivesConfigurationSpaceAndWhatFollowsFromIt() throws IOException {
        String text = """
                00:1c.0 PCI bridge: Example Corp Port (rev f1)
                \tKernel driver in use: pcieport
                \tIOMMU group: 7
                00: 86 80 10 9d 07 04 10 00 f1 00 04 06 10 00 81 00
                10: 00 00 00 00 00 00 00 00 00 01 02 00 f0 00 00 20
                20: 00 df 00 df f1 ff 01 00 00 00 00 00 00 00 00 00
                30: 00 00 00 00 40 00 00 00 00 00 00 00 ff 01 02 00

                10000:e1:00.0 0108: 144d:a808
                00: 4d 14 08 a8 06 04 10 00 00 02 08 01 10 00 00 00
                """;
        HostRoot host = open(write("lspci.txt", text));
        assertThat(host.kind()).isEqualTo(SourceKind.LSPCI_TEXT);
        assertThat(host.list("/sys/bus/pci/devices").present().orElseThrow()).containsExactly("0000:00:1c.0", "10000:e1:00.0");
        String port = "/sys/bus/pci/devices/0000:00:1c.0/";
        assertThat(host.bytes(port + "config").present().orElseThrow()).hasSize(64).startsWith(0x86, 0x80);
        assertThat(host.text(port + "class").present()).contains("0x060400\n");
        assertThat(host.text(port + "subordinate_bus_number").present()).contains("2\n");
        assertThat(host.linkName(port + "driver").present()).contains("pcieport");
        assertThat(host.linkName(port + "iommu_group").present()).contains("7");
        assertThat(host.text(port + "reset_method")).isInstanceOf(Reading.Denied.class);
        assertThat(host.text("/sys/bus/pci/devices/10000:e1:00.0/config")).isInstanceOf(Reading.Denied.class);
    }

    @Test
    void acpidumpGivesTablesAndSaysWhichThereAreNotOnlyIfItIsWhole() throws IOException {
        String table = " @ 0x000000007FEE1234\n    0000: 58 58 58 58 24 00 00 00 01 02 03 04 05 06 07 08  XXXX$...........\n    0010: 01 02 03 04  ....\n\n";
        HostRoot part = open(write("part.txt", "SSDT" + table + "SSDT" + table));
        assertThat(part.kind()).isEqualTo(SourceKind.ACPIDUMP_TEXT);
        assertThat(part.bytes("/sys/firmware/acpi/tables/SSDT2").present().orElseThrow()).hasSize(20).endsWith(1, 2, 3, 4);
        assertThat(part.bytes("/sys/firmware/acpi/tables/DMAR")).isInstanceOf(Reading.Denied.class);
        HostRoot whole = open(write("whole.txt", "FACP" + table + "DSDT" + table + "APIC" + table));
        assertThat(whole.bytes("/sys/firmware/acpi/tables/DMAR")).isInstanceOf(Reading.Absent.class);
        assertThat(whole.text("/proc/cmdline")).isInstanceOf(Reading.Denied.class);
    }

    @Test
    void aLoneLogTellsOfItself() throws IOException {
        HostRoot host = open(write("boot.log",
                "[    0.000000] Linux version 6.1.0-9-amd64 (builder) #1\n[    0.000000] Command line: root=/dev/sda1 intel_iommu=on\n"));
        assertThat(host.kind()).isEqualTo(SourceKind.LOG);
        assertThat(host.text("/proc/cmdline").present()).contains("root=/dev/sda1 intel_iommu=on\n");
        assertThat(host.text("/proc/sys/kernel/osrelease").present()).contains("6.1.0-9-amd64\n");
        assertThat(host.output(HostCommand.DMESG).present()).isPresent();
        assertThat(host.list("/sys/bus/pci/devices")).isInstanceOf(Reading.Denied.class);
    }

    @Test
    void whatIsNotThereAndWhatIsNoFileAreTold() throws IOException {
        assertThat(HostRoot.open(folder.resolve("none"))).isInstanceOf(Reading.Absent.class);
        assertThat(HostRoot.open(Path.of("/dev/zero"))).isInstanceOf(Reading.Malformed.class);
        assertThat(HostRoot.kind(write("a.log", "hello\n")).present()).contains(SourceKind.LOG);
        assertThat(HostRoot.kind(Files.write(folder.resolve("cut.gz"), new byte[] {0x1f, (byte) 0x8b, 8}))).isInstanceOf(Reading.Malformed.class);
    }
}
