package dev.dmarshal.host.iommu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.capture.FakeMachine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each cause why remapping may be off, alone; and what is not known stays so. */
class IommuStandingTest {

    private static final String CONFIG = "/boot/config-6.1.0-9-amd64";

    @TempDir
    private Path folder;
    private FakeMachine machine;

    /** A machine that has all it needs, and only remapping itself is not on. */
    @BeforeEach
    void machine() throws IOException {
        machine = new FakeMachine(folder).file("/proc/cpuinfo", "vendor_id : GenuineIntel\nflags\t\t: fpu vme vmx sse2\n")
                .file("/proc/sys/kernel/osrelease", "6.1.0-9-amd64\n")
                .file("/proc/cmdline", "root=/dev/sda1 intel_iommu=on\n").file("/proc/interrupts", " 1: 9 IO-APIC 1-edge i8042\n")
                .file(CONFIG, "CONFIG_INTEL_IOMMU=y\n# CONFIG_INTEL_IOMMU_DEFAULT_ON is not set\nCONFIG_VFIO_PCI=m\n")
                        .bytes("/sys/firmware/acpi/tables/DMAR", table(64))
                .folder("/sys/class/iommu").folder("/sys/kernel/iommu_groups");
    }

    private static byte[] table(int length) {
        byte[] table = new byte[length];
        System.arraycopy("DMAR".getBytes(StandardCharsets.US_ASCII), 0, table, 0, 4);
        table[4] = (byte) length;
        int sum = 0;
        for (byte value : table) {
            sum += value;
        }
        table[9] = (byte) -sum;
        return table;
    }

    private IommuStanding whole() {
        return IommuStanding.of(HostRoot.ofWhole(folder));
    }

    private Optional<String> reason() {
        return whole().reason().map(HostCheck::label);
    }

    private static Answer answer(IommuStanding standing, String label) {
        return standing.causes().stream().filter(check -> check.label().equals(label)).findFirst().orElseThrow().answer();
    }

    @Test
    void unitsInUseSayThatItIsOn() throws IOException {
        machine.link("/sys/class/iommu/dmar0", "../../devices/virtual/iommu/dmar0").file("/proc/interrupts", "30: 5 IR-PCI-MSIX-0000:03:00.0 eth0\n");
        IommuStanding standing = whole();
        assertThat(standing.remapping().answer()).isEqualTo(Answer.PASS);
        assertThat(standing.interrupts().answer()).isEqualTo(Answer.PASS);
        assertThat(standing.reason()).isEmpty();
        assertThat(standing.causes()).allSatisfy(check -> assertThat(check.answer()).as(check.toString()).isEqualTo(Answer.PASS));
    }

    @Test
    void anEmptyFolderOfGroupsIsNoProof() {
        IommuStanding standing = whole();
        assertThat(standing.remapping().answer()).isEqualTo(Answer.FAIL);
        assertThat(standing.interrupts().answer()).isEqualTo(Answer.FAIL);
        assertThat(standing.reason()).as("nothing that is looked for explains it").isEmpty();
    }

    @Test
    void eachCauseAloneIsTheReason() throws IOException {
        machine.file("/proc/cmdline", "root=/dev/sda1 intel_iommu=pt\n");
        assertThat(reason()).contains("command-line");
        machine.file(CONFIG, "# CONFIG_INTEL_IOMMU is not set\n");
        assertThat(reason()).contains("kernel-build");
        machine.bytes("/sys/firmware/acpi/tables/DMAR", table(48));
        assertThat(reason()).contains("table-usable");
        byte[] wrong = table(64);
        wrong[50] = 1;
        machine.bytes("/sys/firmware/acpi/tables/DMAR", wrong);
        assertThat(whole().reason().orElseThrow().says()).contains("checksum");
        machine.file("/proc/cpuinfo", "vendor_id : GenuineIntel\nflags\t\t: fpu hypervisor vmx\n");
        assertThat(reason()).contains("guest");
        machine.file("/run/systemd/container", "lxc\n");
        assertThat(whole().reason().orElseThrow()).satisfies(check -> assertThat(check.label()).isEqualTo("container"))
                .satisfies(check -> assertThat(check.says()).contains("lxc").contains("on the host"));
    }

    @Test
    void aMissingTableIsFirmwares() throws IOException {
        machine.file("/sys/firmware/acpi/tables/APIC", "x");
        Files.delete(folder.resolve("sys/firmware/acpi/tables/DMAR"));
        assertThat(reason()).contains("firmware-table");
        assertThat(whole().reason().orElseThrow().says()).contains("firmware set-up");
        Files.delete(folder.resolve("sys/firmware/acpi/tables/APIC"));
        assertThat(answer(whole(), "firmware-table")).as("no tables at all: hidden, not absent").isEqualTo(Answer.UNMEASURED);
    }

    @Test
    void whatWasNotCapturedIsUnmeasuredThroughout() throws IOException {
        Path empty = Files.createDirectories(folder.resolve("empty"));
        IommuStanding standing = IommuStanding.of(HostRoot.of(empty));
        assertThat(standing.remapping().answer()).isEqualTo(Answer.UNMEASURED);
        assertThat(standing.interrupts().answer()).isEqualTo(Answer.UNMEASURED);
        assertThat(standing.causes()).hasSize(6).allSatisfy(check -> assertThat(check.answer()).as(check.toString()).isEqualTo(Answer.UNMEASURED));
        assertThat(GuestPrerequisites.of(HostRoot.of(empty))).allSatisfy(check -> assertThat(check.answer()).isEqualTo(Answer.UNMEASURED));
    }

    @Test
    void aLoneLogAnswersForWhatItHolds() throws IOException {
        Path log = Files.writeString(folder.resolve("boot.log"), """
                [    0.000000] Linux version 6.1.0-9-amd64 (x) #1
                [    0.000000] Command line: root=/dev/sda1
                [    0.010000] ACPI: APIC 0x00000000AB12C000 00012C (v01 X      Y      00000001 Z    00000001)
                [    1.900000] Freeing unused kernel image (initmem) memory: 2048K
                """);
        IommuStanding off = IommuStanding.of(HostRoot.open(log).present().orElseThrow());
        assertThat(off.remapping().answer()).isEqualTo(Answer.FAIL);
        assertThat(off.reason().orElseThrow().label()).isEqualTo("firmware-table");
        Files.writeString(log, """
                [    0.000000] Linux version 6.1.0-9-amd64 (x) #1
                [    0.000000] Command line: root=/dev/sda1 intel_iommu=on
                [    0.900000] DMAR-IR: Enabled IRQ remapping in x2apic mode
                [    1.000000] DMAR: Intel(R) Virtualization Technology for Directed I/O
                """);
        IommuStanding on = IommuStanding.of(HostRoot.open(log).present().orElseThrow());
        assertThat(on.remapping().answer()).isEqualTo(Answer.PASS);
        assertThat(on.interrupts().answer()).isEqualTo(Answer.PASS);
        Files.writeString(log, "[    0.000000] Linux version 6.1.0-9-amd64 (x) #1\n");
        assertThat(IommuStanding.of(HostRoot.open(log).present().orElseThrow()).remapping().answer()).as("cut log").isEqualTo(Answer.UNMEASURED);
    }

    @Test
    void whatIsOffAndNobodyAskedForWasNotAskedFor() throws IOException {
        Path log = Files.writeString(folder.resolve("boot.log"), """
                [    0.000000] Linux version 6.1.0-9-amd64 (x) #1
                [    0.000000] Command line: root=/dev/sda1
                [    0.005000] Booting paravirtualized kernel on bare hardware
                [    0.010000] ACPI: DMAR 0x00000000AB12C000 00012C (v01 X      Y      00000001 Z    00000001)
                [    0.900000] DMAR-IR: Enabled IRQ remapping in x2apic mode
                [    1.900000] Freeing unused kernel image (initmem) memory: 2048K
                """);
        IommuStanding standing = IommuStanding.of(HostRoot.open(log).present().orElseThrow());
        assertThat(standing.reason().orElseThrow().label()).isEqualTo("command-line");
        assertThat(standing.reason().orElseThrow().says()).contains("intel_iommu=on");
        assertThat(answer(standing, "guest")).as("bare hardware is no hypervisor").isEqualTo(Answer.UNMEASURED);
        Files.writeString(log, Files.readString(log).replace("root=", "intel_iommu=pt root="));
        assertThat(IommuStanding.of(HostRoot.open(log).present().orElseThrow()).reason().map(HostCheck::label))
                .as("that parameter never was one").contains("command-line");
    }

    @Test
    void inDom0XenAnswers() throws IOException {
        machine.file("/proc/xen/capabilities", "control_d\n").file("/.output/xl-info",
                "xen_version            : 4.17.1\nvirt_caps              : pv hvm hap shadow\n"
                + "xen_commandline        : placeholder iommu=off\n");
        IommuStanding off = whole();
        assertThat(off.remapping().answer()).isEqualTo(Answer.FAIL);
        assertThat(off.reason().orElseThrow().label()).isEqualTo("xen-command-line");
        machine.file("/.output/xl-info", "virt_caps              : pv hvm hvm_directio pv_directio\n")
                .file("/.output/xl-dmesg", "(XEN) Interrupt remapping enabled\n");
        assertThat(whole().remapping().answer()).isEqualTo(Answer.PASS);
        assertThat(whole().interrupts().answer()).isEqualTo(Answer.PASS);
    }

    @Test
    void amdIsOnUnlessSwitchedOff() throws IOException {
        machine.file("/proc/cpuinfo", "vendor_id : AuthenticAMD\nflags\t\t: fpu svm\n").bytes("/sys/firmware/acpi/tables/IVRS", table(64))
                .file("/proc/cmdline", "amd_iommu=off\n")
                .file(CONFIG, "CONFIG_AMD_IOMMU=y\n");
        Files.delete(folder.resolve("sys/firmware/acpi/tables/DMAR"));
        assertThat(reason()).contains("command-line");
        machine.file("/proc/cmdline", "quiet\n");
        assertThat(answer(whole(), "command-line")).isEqualTo(Answer.PASS);
    }

    @Test
    void guestsNeedMoreThanTheUnit() throws IOException {
        List<HostCheck> checks = GuestPrerequisites.of(HostRoot.ofWhole(folder));
        assertThat(checks).extracting(HostCheck::label).containsExactly("virtualization-extensions", "vfio-pci", "kvm");
        assertThat(checks).extracting(HostCheck::answer).containsExactly(Answer.PASS, Answer.PASS, Answer.FAIL);
        machine.file("/proc/cmdline", "crashkernel=256M\n").file("/sys/kernel/kexec_crash_loaded", "0\n").folder("/dev/kvm");
        assertThat(GuestPrerequisites.of(HostRoot.ofWhole(folder))).filteredOn(check -> check.answer() == Answer.FAIL).extracting(HostCheck::label)
                .containsExactly("crash-kernel");
    }

    @Test
    void hvmGuestsOfXenNeedPagingAsWell() throws IOException {
        machine.file("/proc/xen/capabilities", "control_d\n");
        Map<String, Answer> answers = Map.of("xen_version : 4.17.7\nvirt_caps : pv hvm hvm_directio pv_directio gnttab-v1\n", Answer.FAIL,
                "xen_version : 4.17.7\nvirt_caps : pv hvm hvm_directio pv_directio hap\n", Answer.PASS,
                "xen_version : 4.20.4-pre\nvirt_caps : pv hvm shadow\n", Answer.PASS,
                "xen_version : 4.12.1\nvirt_caps : pv hvm\n", Answer.PASS,
                "virt_caps : pv\n", Answer.FAIL);
        for (Map.Entry<String, Answer> one : answers.entrySet()) {
            machine.file("/.output/xl-info", one.getKey());
            assertThat(GuestPrerequisites.of(HostRoot.ofWhole(folder))).filteredOn(check -> check.label().equals("virtualization-extensions"))
                    .extracting(HostCheck::answer).as(one.getKey()).containsExactly(one.getValue());
        }
    }

    @Test
    void aDom0NeedsItsDriverAndToolsThatAnswer() throws IOException {
        machine.file("/proc/xen/capabilities", "control_d\n").file("/.output/xl-info", "xen_version            : 4.17.1\nvirt_caps : pv hvm\n")
                .file(CONFIG, "CONFIG_XEN_PCIDEV_BACKEND=m\nCONFIG_PCI_STUB=m\n");
        assertThat(dom0()).containsExactly("FAIL pciback module of this kernel and not loaded", "PASS pci-stub module and not loaded", "PASS toolstack");
        machine.folder("/sys/bus/pci/drivers/pciback");
        assertThat(dom0()).first().isEqualTo("PASS pciback as a module.");
        Files.delete(folder.resolve("sys/bus/pci/drivers/pciback"));
        machine.file(CONFIG, "# CONFIG_XEN_PCIDEV_BACKEND is not set\n");
        assertThat(dom0()).containsExactly("FAIL pciback built without pciback", "UNMEASURED pci-stub", "PASS toolstack");
        machine.folder("/sys/bus/pci/drivers/pci-stub").folder("/sys/bus/pci/devices/0000:07:00.0");
        Files.createSymbolicLink(folder.resolve("sys/bus/pci/devices/0000:07:00.0/driver"), Path.of("../../drivers/pci-stub"));
        Files.delete(folder.resolve(".output/xl-info"));
        assertThat(dom0()).containsExactly("FAIL pciback built without pciback", "FAIL pci-stub has 0000:07:00.0", "UNMEASURED toolstack");
    }

    /** Label and answer of what only a dom0 needs, with the words that tell. */
    private List<String> dom0() {
        Pattern telling = Pattern.compile("module of this kernel and not loaded|module and not loaded|as a module\\.|built without pciback|has 0000:07:00.0");
        return GuestPrerequisites.of(HostRoot.ofWhole(folder)).stream().filter(check -> !check.label().equals("virtualization-extensions")).map(check -> {
            Matcher words = telling.matcher(check.says());
            return check.answer() + " " + check.label() + (words.find() ? " " + words.group() : "");
        }).toList();
    }
}
