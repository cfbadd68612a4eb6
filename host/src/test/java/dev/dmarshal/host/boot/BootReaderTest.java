package dev.dmarshal.host.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.capture.FakeMachine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each boot loader will do, told from its files. */
class BootReaderTest {

    private static final String GRUB_CFG = """
            if [ "${next_entry}" ] ; then
               set default="${next_entry}"
               set boot_once=true
            else
               set default="%s"
            fi
            function load_video {
              true
            }
            menuentry 'Debian' --class debian $menuentry_id_option 'gnulinux-simple-1' {
            \tif [ x$grub_platform = xxen ]; then insmod xzio; fi
            \tlinux\t/boot/vmlinuz-6.1 root=UUID=1 ro %s
            \tinitrd\t/boot/initrd.img-6.1
            }
            submenu 'More' $menuentry_id_option 'more' {
            \tmenuentry 'Debian, 5.10' --id 'old' {
            \t\tlinux /boot/vmlinuz-5.10 root=UUID=1 ro iommu=off
            \t}
            \tmenuentry 'Xen' --id 'xen' {
            \t\tmultiboot2\t/boot/xen.gz placeholder iommu=verbose
            \t\tmodule2\t/boot/vmlinuz-6.1 placeholder root=UUID=1 xen-pciback.hide=(01:00.0)
            \t\tmodule2 --nounzip /boot/initrd.img-6.1
            \t}
            }
            """;

    @TempDir
    private Path folder;
    private FakeMachine machine;

    @BeforeEach
    void machine() {
        machine = new FakeMachine(folder);
    }

    private BootSetup setup() {
        return BootReader.read(HostRoot.ofWhole(folder));
    }

    private List<String> labels() {
        return BootReview.of(setup()).stream().map(BootFinding::label).toList();
    }

    private static byte[] variable(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new byte[] {6, 0, 0, 0});
        bytes.writeBytes((text + "\0").getBytes(StandardCharsets.UTF_16LE));
        return bytes.toByteArray();
    }

    private void announced(String loader) throws IOException {
        machine.bytes("/sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f", variable(loader));
    }

    @Test
    void grubThatWasRegeneratedAndBootedIsQuiet() throws IOException {
        machine.file("/proc/cmdline", "BOOT_IMAGE=/boot/vmlinuz-6.1 root=UUID=1 ro quiet intel_iommu=on\n").file("/etc/default/grub",
                "GRUB_DEFAULT=0\nGRUB_CMDLINE_LINUX_DEFAULT=\"quiet intel_iommu=on\"  # for the card\nGRUB_CMDLINE_LINUX=''\n")
                .file("/boot/grub/grub.cfg", GRUB_CFG.formatted("0", "quiet intel_iommu=on"));
        BootSetup setup = setup();
        assertThat(setup.loader()).contains(BootLoader.GRUB);
        assertThat(setup.afterReboot().orElseThrow().linux().render()).isEqualTo("root=UUID=1 ro quiet intel_iommu=on");
        assertThat(setup.afterReboot().orElseThrow().entry()).contains("Debian");
        assertThat(setup.unmeasured()).isEmpty();
        assertThat(BootReview.of(setup)).isEmpty();
    }

    @Test
    void anEditThatWasNotWrittenToTheMenuIsSaid() throws IOException {
        machine.file("/proc/cmdline", "BOOT_IMAGE=/boot/vmlinuz-6.1 root=UUID=1 ro\n")
                .file("/etc/default/grub", "GRUB_CMDLINE_LINUX_DEFAULT=\"intel_iommu=on\"\n")
                .file("/etc/default/grub.d/60-vfio.cfg", "GRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT vfio-pci.ids=10de:1b80\"\n")
                .file("/boot/grub/grub.cfg", GRUB_CFG.formatted("0", ""));
        assertThat(labels()).containsExactly("not-regenerated");
        assertThat(BootReview.of(setup()).getFirst().title()).contains("intel_iommu=on vfio-pci.ids=10de:1b80").contains("/boot/grub/grub.cfg");
        machine.file("/boot/grub/grub.cfg", GRUB_CFG.formatted("0", "intel_iommu=on vfio-pci.ids=10de:1b80"));
        assertThat(labels()).containsExactly("reboot-changes");
    }

    @Test
    void theDefaultEntryIsFoundByNumberIdTitleAndSavedName() throws IOException {
        machine.file("/proc/cmdline", "BOOT_IMAGE=/x\n");
        for (String wanted : List.of("1>0", "more>old", "More>Debian, 5.10")) {
            machine.file("/boot/grub/grub.cfg", GRUB_CFG.formatted(wanted, ""));
            assertThat(setup().afterReboot().orElseThrow().linux().render()).as(wanted).contains("iommu=off");
        }
        machine.file("/boot/grub/grub.cfg", GRUB_CFG.formatted("${saved_entry}", "")).file("/boot/grub/grubenv",
                "# GRUB Environment Block\nsaved_entry=more>xen\n#####");
        BootLine xen = setup().afterReboot().orElseThrow();
        assertThat(xen.linux().render()).isEqualTo("root=UUID=1 xen-pciback.hide=(01:00.0)");
        assertThat(xen.xen().orElseThrow().render()).isEqualTo("iommu=verbose");
        machine.file("/boot/grub/grub.cfg", GRUB_CFG.formatted("nonsense", ""));
        assertThat(setup().afterReboot().orElseThrow().entry()).contains("Debian");
    }

    @Test
    void entriesOfFedoraTakeTheirOptionsFromTheEnvironment() throws IOException {
        machine.file("/proc/cmdline", "BOOT_IMAGE=(hd0,gpt2)/vmlinuz-6.5 root=UUID=1 ro rhgb\n")
                .file("/boot/grub2/grub.cfg", "set default=\"${saved_entry}\"\nblscfg\n")
                .file("/boot/grub2/grubenv", "# GRUB Environment Block\nkernelopts=root=UUID=1 ro rhgb \nsaved_entry=abc-6.5\n")
                .file("/etc/default/grub", "GRUB_CMDLINE_LINUX=\"rhgb intel_iommu=on\"\nGRUB_ENABLE_BLSCFG=true\n")
                .file("/boot/loader/entries/abc-6.10.conf", "title new\nversion 6.10\noptions $kernelopts iommu=pt\n")
                .file("/boot/loader/entries/abc-6.5.conf", "title old\nversion 6.5\noptions $kernelopts $tuned_params\n");
        BootSetup setup = setup();
        assertThat(setup.loader()).contains(BootLoader.GRUB_ENTRIES);
        assertThat(setup.afterReboot().orElseThrow().linux().render()).isEqualTo("root=UUID=1 ro rhgb");
        assertThat(labels()).containsExactly("not-regenerated");
        assertThat(BootReview.of(setup).getFirst().remedy()).contains("grubby");
        machine.file("/boot/grub2/grubenv", "# GRUB Environment Block\nkernelopts=root=UUID=1 ro rhgb\n");
        assertThat(setup().afterReboot().orElseThrow().entry()).contains("abc-6.10");
    }

    @Test
    void theFileOfAnotherLoaderIsTheWrongOne() throws IOException {
        announced("systemd-boot 252.6");
        machine.file("/proc/cmdline", "initrd=\\EFI\\proxmox\\6.8\\initrd.img root=ZFS=rpool/ROOT/pve-1 boot=zfs\n")
                .file("/etc/kernel/proxmox-boot-uuids", "A1B2-C3D4\n")
                .file("/etc/kernel/cmdline", "root=ZFS=rpool/ROOT/pve-1 boot=zfs\n")
                        .file("/etc/default/grub", "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet intel_iommu=on\"\n")
                .file("/boot/grub/grub.cfg", GRUB_CFG.formatted("0", "quiet"));
        BootSetup setup = setup();
        assertThat(setup.loader()).contains(BootLoader.PROXMOX_SYSTEMD_BOOT);
        assertThat(setup.afterReboot()).isEmpty();
        assertThat(setup.unmeasured()).anyMatch(text -> text.contains("not mounted"));
        assertThat(labels()).containsExactly("wrong-file");
        assertThat(BootReview.of(setup).getFirst().remedy()).contains("/etc/kernel/cmdline").contains("proxmox-boot-tool refresh");
        machine.file("/etc/kernel/cmdline", "root=ZFS=rpool/ROOT/pve-1 boot=zfs intel_iommu=on\n");
        assertThat(labels()).containsExactly("not-in-force");
    }

    @Test
    void systemdBootTakesTheDefaultOfItsConfiguration() throws IOException {
        announced("systemd-boot 254");
        machine.file("/proc/cmdline", "initrd=\\x root=LABEL=a iommu=pt\n").file("/efi/loader/loader.conf", "timeout 3\ndefault arch-*.conf\n")
                .file("/efi/loader/entries/arch-linux.conf", "title Arch\noptions root=LABEL=a\noptions iommu=pt\n")
                        .file("/efi/loader/entries/zzz.conf", "options root=LABEL=b\n")
                .file("/etc/kernel/cmdline", "root=LABEL=a iommu=pt\n");
        assertThat(setup().loader()).contains(BootLoader.SYSTEMD_BOOT);
        assertThat(setup().afterReboot().orElseThrow().linux().render()).isEqualTo("root=LABEL=a iommu=pt");
        assertThat(labels()).isEmpty();
    }

    /** What proxmox-boot-tool fills is not mounted, so only what is configured and what is in force can be told. */
    @Test
    void proxmoxIsToldByItsPartitionsAndItsLoaderByTheLine() throws IOException {
        machine.file("/etc/kernel/proxmox-boot-uuids", "ABCD-1234\n")
                .file("/etc/kernel/cmdline", "root=ZFS=rpool/ROOT/pve-1 boot=zfs intel_iommu=on iommu=pt\n")
                .file("/proc/cmdline", "initrd=\\EFI\\proxmox\\6.8.12\\initrd.img root=ZFS=rpool/ROOT/pve-1 boot=zfs\n");
        BootSetup setup = setup();
        assertThat(setup.loader()).contains(BootLoader.PROXMOX_SYSTEMD_BOOT);
        assertThat(setup.configured().map(BootLine::path)).contains("/etc/kernel/cmdline");
        assertThat(setup.afterReboot()).isEmpty();
        assertThat(setup.unmeasured()).anyMatch(line -> line.contains("not mounted"));
        assertThat(BootReview.of(setup)).singleElement().satisfies(finding -> {
            assertThat(finding.label()).isEqualTo("not-in-force");
            assertThat(finding.title()).contains("intel_iommu=on");
            assertThat(finding.remedy()).contains("proxmox-boot-tool refresh");
        });
        machine.file("/proc/cmdline", "BOOT_IMAGE=/vmlinuz-6.8.12 root=/dev/mapper/pve-root ro intel_iommu=on\n")
                .file("/etc/default/grub", "GRUB_CMDLINE_LINUX_DEFAULT=\"intel_iommu=on\"\n");
        assertThat(setup().loader()).contains(BootLoader.PROXMOX_GRUB);
        assertThat(setup().configured().map(BootLine::path)).contains("/etc/default/grub");
    }

    @Test
    void kernelstubsOwnOptionsCount() throws IOException {
        announced("systemd-boot 250");
        machine.file("/proc/cmdline", "initrd=\\x root=UUID=1 quiet\n").file("/boot/efi/loader/loader.conf", "default Pop_OS-current\n")
                .file("/boot/efi/loader/entries/Pop_OS-current.conf", "title Pop!_OS\noptions root=UUID=1 quiet\n").file("/etc/kernelstub/configuration",
                        "{\"default\": {\"kernel_options\": [\"quiet\"]}, \"user\": {\"kernel_options\": [\"quiet\", \"intel_iommu=on\"], \"esp_path\":"
                                + " \"/boot/efi\"}}");
        assertThat(setup().loader()).contains(BootLoader.KERNELSTUB);
        assertThat(labels()).containsExactly("not-regenerated");
    }

    @Test
    void twoMenusThatDifferAreSaid() throws IOException {
        machine.file("/proc/cmdline", "BOOT_IMAGE=/vmlinuz root=UUID=1 ro\n").file("/boot/efi/EFI/centos/grub.cfg", GRUB_CFG.formatted("0", ""))
                .file("/boot/grub2/grub.cfg", GRUB_CFG.formatted("0", "intel_iommu=on")).file("/etc/default/grub", "GRUB_CMDLINE_LINUX=\"\"\n");
        assertThat(labels()).containsExactly("two-menus");
        machine.file("/boot/efi/EFI/centos/grub.cfg", "search --fs-uuid 1\nset prefix=($root)/grub2\nconfigfile $prefix/grub.cfg\n");
        assertThat(labels()).contains("left-over").doesNotContain("two-menus");
    }

    @Test
    void whatIsNotThereCouldNotBeMeasured() throws IOException {
        machine.file("/proc/version", "x");
        BootSetup setup = setup();
        assertThat(setup.loader()).isEmpty();
        assertThat(setup.unmeasured()).hasSize(2);
        assertThat(BootReview.of(setup)).isEmpty();
    }

    @Test
    void settingsAreTakenAsAShellTakesThem() {
        ShellSettings settings = new ShellSettings().read("""
                # A="no"
                A="one \\"two\\"" # three
                export B='$A'
                C=$A" and ${A}"plain;D=4
                E="a \\
                b"
                F+=x
                F+="y"
                """);
        assertThat(settings.get("A")).contains("one \"two\"");
        assertThat(settings.get("B")).contains("$A");
        assertThat(settings.get("C")).contains("one \"two\" and one \"two\"plain");
        assertThat(settings.get("E")).contains("a b");
        assertThat(settings.get("F")).contains("xy");
        assertThat(new ShellSettings().read("A=\"unclosed").get("A")).contains("unclosed");
    }
}
