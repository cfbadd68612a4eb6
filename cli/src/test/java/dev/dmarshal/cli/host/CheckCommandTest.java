package dev.dmarshal.cli.host;

import static dev.dmarshal.cli.Run.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.dmarshal.cli.Run;
import dev.dmarshal.cli.page.Exit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Capture and check as their user runs them. */
class CheckCommandTest {

    private static final Path ROOT = Path.of(System.getProperty("project.root", ".."));

    @TempDir
    private Path folder;

    private void file(String path, String text) throws IOException {
        Path file = folder.resolve("host/" + path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    /** A host on which the wrong option was given, and the right one waits for its menu to be written. */
    private Path host() throws IOException {
        file("proc/cmdline", "BOOT_IMAGE=/vmlinuz root=UUID=1 ro intel_iommu=pt\n");
        file("proc/sys/kernel/osrelease", "6.1.0-9-amd64\n");
        file("proc/cpuinfo", "vendor_id : GenuineIntel\nflags : fpu vmx\n");
        file("boot/config-6.1.0-9-amd64", "CONFIG_INTEL_IOMMU=y\n# CONFIG_INTEL_IOMMU_DEFAULT_ON is not set\n");
        file("etc/default/grub", "GRUB_CMDLINE_LINUX_DEFAULT=\"intel_iommu=on\"\n");
        file("boot/grub/grub.cfg", "menuentry 'Debian' {\n linux /vmlinuz root=UUID=1 ro intel_iommu=pt\n}\n");
        file("etc/hostname", "wintermute\n");
        return folder.resolve("host");
    }

    @Test
    void checkSaysWhatIsSetAndWhatWillBe() throws IOException {
        Run run = run("check", host().toString());
        assertThat(run.code()).isEqualTo(Exit.FINDINGS);
        assertThat(run.out()).contains("Boot loader: GRUB").contains("[not-regenerated]").contains("intel_iommu=pt (ignored)").contains("/etc/default/grub");
    }

    @Test
    void aCaptureIsCheckedAndDiagnosedAsItsHostIs() throws IOException {
        Path capture = folder.resolve("host.tar.zst");
        Run made = run("capture", "-o", capture.toString(), "--from", host().toString());
        assertThat(made.code()).isEqualTo(Exit.FINE);
        assertThat(made.out()).contains("personal data masked");
        assertThat(run("check", capture.toString()).out()).isEqualTo(run("check", host().toString()).out());
        Run doctor = run("doctor", capture.toString());
        assertThat(doctor.code()).isEqualTo(Exit.FINDINGS);
        assertThat(doctor.out()).contains("intel_iommu=pt does nothing");
        assertThat(Files.getPosixFilePermissions(capture)).hasSize(2);
        assertThat(Files.list(folder)).as("no half of it is left").hasSize(2);
    }

    @Test
    void onADom0XensOwnLineIsTakenApartToo() throws IOException {
        file("proc/xen/capabilities", "control_d\n");
        file("proc/cmdline", "BOOT_IMAGE=/vmlinuz ro pciback.hide=(01:00.0)\n");
        file("proc/sys/kernel/osrelease", "6.1.0-9-amd64\n");
        file(".output/xl-info", "xen_version            : 4.17.5\nxen_commandline        : placeholder iommu=no-intremap,workaround_bios_bug msi_irq_enable=1\n"
                + "virt_caps              : pv hvm hvm_directio\n");
        file("etc/default/grub", "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\nGRUB_CMDLINE_XEN_DEFAULT=\"iommu=no-intremap\"\n");
        file("boot/grub/grub.cfg", "menuentry 'Xen' {\n multiboot2 /xen.gz iommu=no-intremap\n module2 /vmlinuz quiet\n}\n");
        Run run = run("check", folder.resolve("host").toString());
        assertThat(run.out()).contains("Xen set").contains("Xen next").contains("Xen's iommu=no-intremap: No interrupt remapping")
                .contains("Xen's msi_irq_enable=1 (ignored)").contains("pciback.hide=(01:00.0) (ignored)");
        assertThat(run("check", "--json", folder.resolve("host").toString()).out()).contains("\"reader\" : \"xen\"");
    }

    private Run checked(String... lines) throws IOException {
        Path log = Files.write(folder.resolve("messages.log"), List.of(lines));
        return run("check", log.toString());
    }

    /** A log's lines on prerequisites stand at the verdicts that they touch; the doctor alone knows them. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "modprobe: FATAL: Module xen-pciback not found in directory /lib/modules/6.1.0          | [pciback;      | xen-pciback-missing",
        "[    1.204000] xen_pciback: Error parsing pci_devs_to_hide at \"0a:00.0)\"               | [pciback;      | xen-hide-unread",
        "xencall: error: Could not obtain handle on privileged command interface: No such device | [toolstack;    | xen-tools-mute",
        "[2010-03-04 08:15:01 2210] ERROR (XendDomainInfo:581) Device model didn't tell the vslots for PCI device | [device-model; |"
                + " device-model-without-passthrough",
        "qemu-system-i386: 'xen-pci-passthrough' is not a valid device model name               | [device-model; | xen-qemu-without-passthrough"
    })
    void aLogNamesWhatIsMissing(String line, String check, String label) throws IOException {
        Run run = checked(line);
        assertThat(run.code()).isEqualTo(Exit.FINDINGS);
        String verdict = run.out().substring(run.out().lastIndexOf("  NO ")).split("\n\n")[0].replaceAll("\\s+", " ");
        assertThat(verdict).contains(label).contains(check).contains(line.strip().replaceAll("^\\[ +[0-9.]+] ", ""));
        assertThat(run("check", "--json", folder.resolve("messages.log").toString()).out()).contains("\"fail\"");
    }

    @Test
    void linesThatNameNoPrerequisiteChangeNothing() throws IOException {
        Run run = checked("[    1.204000] xen_pciback: backend is vpci", "qemu-system-i386: 'no-such-card' is not a valid device model name");
        assertThat(run.out()).doesNotContain("  NO ").doesNotContain("device-model");
        assertThat(run.code()).isEqualTo(Exit.UNMEASURED);
        assertThat(checked("modprobe: FATAL: Module pci-stub not found in directory /lib/modules/6.1.0").out()).as("nothing of today needs it")
                .contains("pci-stub-missing").doesNotContain("  NO ");
    }

    /** The log of a capture can be older than its files. */
    @Test
    void whatTheHostShowsIsNotOverruledByALog() throws IOException {
        file("proc/xen/capabilities", "control_d\n");
        file("sys/bus/pci/drivers/pciback/module/.keep", "");
        file(".output/xl-info", "xen_version            : 4.17.5\n");
        file(".output/dmesg", "[    1.000000] Linux version 6.1.0 (a@b) #1 SMP\n[    3.000000] modprobe: FATAL: Module xen-pciback not found in directory"
                + " /lib\n");
        String out = run("check", folder.resolve("host").toString()).out().replaceAll("\\s+", " ");
        assertThat(out).contains("ok The driver pciback is there.").contains("The log: dom0 has no pciback").doesNotContain("NO The driver pciback");
    }

    @Test
    void jsonFitsItsSchema() throws IOException {
        var schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(Files.readString(ROOT.resolve("docs/schema/check-1.json")));
        for (Path source : new Path[] {host(), ROOT.resolve("examples/fedora21"), ROOT.resolve("examples/rocketraid/boot-1.log")}) {
            Run run = run("check", "--json", source.toString());
            assertThat(schema.validate(run.out(), InputFormat.JSON)).as(source.toString()).isEmpty();
        }
    }

    @Test
    void theListSaysHowPrivateEachInputIs() {
        Run run = run("capture", "--list");
        assertThat(run.code()).isEqualTo(Exit.FINE);
        assertThat(run.out()).contains("masked as a whole\t/etc/hostname").doesNotContain("/etc/libvirt/qemu");
        assertThat(run("capture", "--list", "--full").out()).contains("/etc/libvirt/qemu").doesNotContain("masked");
    }

    @Test
    void mistakesAreToldApart() throws IOException {
        assertThat(run("capture").code()).isEqualTo(Exit.USAGE);
        assertThat(run("check", "one", "two").code()).isEqualTo(Exit.USAGE);
        assertThat(run("check", folder.resolve("none").toString())).satisfies(run -> assertThat(run.code()).isEqualTo(Exit.UNMEASURED))
                .satisfies(run -> assertThat(run.err()).contains("no such file"));
        assertThat(run("capture", "-o", folder.resolve("x").toString(), "--from", folder.resolve("none").toString()).code()).isEqualTo(Exit.UNMEASURED);
        assertThat(run("capture", "-o", folder.resolve("no/such/folder/x").toString(), "--from", host().toString()).err()).contains("no such directory");
        Path empty = Files.createDirectories(folder.resolve("empty"));
        assertThat(run("capture", "-o", folder.resolve("x").toString(), "--from", empty.toString()).code()).isEqualTo(Exit.UNMEASURED);
        assertThat(run("capture", "-o", empty.toString(), "--from", host().toString()).err()).contains(empty + ": is a directory");
        Path nothing = Files.createFile(folder.resolve("nothing"));
        assertThat(run("capture", "-o", folder.resolve("x").toString(), "--from", nothing.toString()).code()).isEqualTo(Exit.UNMEASURED);
        assertThat(run("check", nothing.toString()).out()).contains("it is empty");
    }

    @Test
    void whatIsKnownOfTheBoardIsSaid() throws IOException {
        String host = host().toString();
        file("sys/devices/virtual/dmi/id/board_vendor", "Supermicro\n");
        file("sys/devices/virtual/dmi/id/board_name", "X7SB4\n");
        assertThat(run("check", host).out()).contains("Board, chipset, processor", "needs", "Supermicro X7SB4: With firmware 1.2a");
        assertThat(run("check", "--json", host).out()).contains("\"standing\" : \"needs\"");
    }
}
