package dev.dmarshal.passthrough.wish;

import static dev.dmarshal.passthrough.FakeRoom.DRIVE;
import static dev.dmarshal.passthrough.FakeRoom.NIC;
import static dev.dmarshal.passthrough.FakeRoom.SCREEN;
import static dev.dmarshal.passthrough.FakeRoom.SOUND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.acpi.DmarBuilder;
import dev.dmarshal.core.acpi.DmarStructure;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.fake.FakeHost;
import dev.dmarshal.host.fake.FakePci;
import dev.dmarshal.passthrough.FakeRoom;
import dev.dmarshal.passthrough.boot.BootWish;
import dev.dmarshal.passthrough.guest.GuestForm;
import dev.dmarshal.passthrough.plan.Action;
import dev.dmarshal.passthrough.plan.Plan;
import dev.dmarshal.passthrough.plan.Step;
import dev.dmarshal.passthrough.xen.PciEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is planned on a dom0, which has no groups of its own, and what is refused. */
class XenPlannerTest {

    @TempDir
    private Path folder;
    private FakeHost host;

    /** The room of the other planner's tests, as Linux would show it under Xen. */
    @BeforeEach
    void layOut() throws IOException {
        host = FakeRoom.in(folder);
        host.file("/proc/xen/capabilities", "control_d\n").file("/sys/hypervisor/type", "xen\n").folder("/sys/bus/pci/drivers/pciback");
        host.file("/.output/xl-info", "xen_version            : 4.17.5\nvirt_caps              : pv hvm hvm_directio pv_directio hap\n");
        host.file("/.output/xl-dmesg", "(XEN) Intel VT-d Interrupt Remapping enabled.\n").file("/.output/xl-pci-assignable-list", "");
        byte[] table = new DmarBuilder().hostAddressBits(39).add(new DmarStructure.Drhd(1, 0, 0, 0xfed90000L, List.of())).build();
        System.arraycopy("RMAD".getBytes(StandardCharsets.US_ASCII), 0, table, 0, 4);
        host.bytes("/sys/firmware/acpi/tables/RMAD", table);
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(path -> path.getFileName().toString().equals("iommu_group")).toList()) {
                Files.delete(file);
            }
        }
    }

    private Answer answer(Plug plug, List<Sbdf> devices, Set<Sbdf> with, String... forced) {
        return new Planner(host.host(), Optional.empty()).answer(new Wish(devices, with, Optional.empty(), plug, Set.of(forced)));
    }

    private Answer answer(List<Sbdf> devices, String... forced) {
        return answer(Plug.usual(Map.of()), devices, Set.of(), forced);
    }

    private static List<String> labels(Answer answer) {
        assertThat(answer).isInstanceOf(Answer.Refused.class);
        return ((Answer.Refused) answer).refusals().stream().map(Refusal::label).toList();
    }

    private static Plan plan(Answer answer) {
        assertThat(answer).isInstanceOf(Answer.Ready.class);
        return ((Answer.Ready) answer).plan();
    }

    @Test
    void aCardAloneIsSetAsideByXl() {
        Plan plan = plan(answer(List.of(NIC)));
        assertThat(plan.steps()).singleElement().satisfies(step -> {
            assertThat(step.action()).isEqualTo(new Action.Run(List.of("xl", "pci-assignable-add", NIC.toString())));
            assertThat(step.undo()).hasSize(4).last().isEqualTo(new Action.Write("/sys/bus/pci/drivers/igb/bind", NIC.toString()));
        });
    }

    @Test
    void theComputedGroupIsAskedForAndXenLetsItBeSeparated() {
        assertThat(labels(answer(List.of(SCREEN)))).containsExactly("group:" + SOUND);
        assertThat(plan(answer(List.of(SCREEN), "group:" + SOUND)).steps()).hasSize(1);
        assertThat(plan(answer(Plug.usual(Map.of()), List.of(SCREEN), Set.of(SOUND))).steps()).hasSize(2);
    }

    @Test
    void theDriveOfTheSystemStays() {
        assertThat(labels(answer(List.of(DRIVE)))).anyMatch(label -> label.endsWith(":" + DRIVE));
    }

    @Test
    void withoutToolstackNothingIsPlanned() throws IOException {
        Files.delete(folder.resolve(".output/xl-pci-assignable-list"));
        assertThat(labels(answer(List.of(NIC)))).contains("toolstack");
    }

    @Test
    void whatAGuestHasIsNotTakenFromIt() {
        bind(NIC, "pciback");
        assertThat(labels(answer(List.of(NIC)))).contains("assigned:" + NIC);
        host.file("/.output/xl-pci-assignable-list", NIC + " \n");
        assertThat(plan(answer(List.of(NIC))).steps()).isEmpty();
    }

    @Test
    void whatXmRefusedAndXlDoesNotCanBeForced() {
        host.file("/sys/bus/pci/devices/" + NIC + "/reset_method", "\n");
        assertThat(plan(answer(List.of(NIC))).steps()).as("xl goes on without a reset").isNotEmpty();
        host.file("/.output/xl-info", "xen_version            : 3.4.2\nvirt_caps              : hvm hvm_directio\n");
        assertThat(plan(answer(List.of(NIC))).steps()).as("xm resets by the device's own capability").isNotEmpty();
        FakePci.at(host, "pci0000:00/0000:00:1c.0", NIC).withoutReset().driver("igb").range(0xf0000000L, 0x100000, false).make();
        assertThat(labels(answer(List.of(NIC)))).containsExactly("reset:" + NIC);
        assertThat(Refusal.forcibleWords()).as("so that the command takes what the refusal offers").contains("reset", "regions", "width")
                .doesNotContainAnyElementsOf(Refusal.finalWords());
        assertThat(plan(answer(List.of(NIC), "reset:" + NIC)).steps()).isNotEmpty();
    }

    @Test
    void theGuestsConfigurationIsAStepOfItsOwn() {
        host.file("/etc/xen/g.cfg", "name = 'g' # web\npci = [ '03:00.0' ]\n");
        Plug plug = new Plug(true, false, 30, Optional.of("/etc/xen/g.cfg"), Map.of("permissive", "1", "addr", "05.0"));
        Plan plan = plan(answer(plug, List.of(NIC), Set.of()));
        assertThat(plan.steps().getFirst().persistent()).isTrue();
        assertThat(plan.steps().getFirst().action()).isEqualTo(new Action.Replace("/etc/xen/g.cfg",
                "name = 'g' # web\npci = [ '03:00.0', '0000:02:00.0@5,permissive=1' ]\n"));
        assertThat(labels(answer(new Plug(true, false, 30, Optional.of("/etc/xen/none.cfg"), Map.of()), List.of(NIC), Set.of())))
                .contains("config:/etc/xen/none.cfg");
        host.file("/etc/xen/bad.cfg", "import os\n");
        assertThat(labels(answer(new Plug(true, false, 30, Optional.of("/etc/xen/bad.cfg"), Map.of()), List.of(NIC), Set.of())))
                .contains("config:/etc/xen/bad.cfg");
    }

    private Answer written(String xen, String config, String... forced) {
        host.file("/.output/xl-info", "xen_version            : " + xen + "\nvirt_caps              : pv hvm hvm_directio pv_directio hap\n");
        host.file("/etc/xen/g.cfg", config);
        return answer(new Plug(true, false, 30, Optional.of("/etc/xen/g.cfg"), Map.of()), List.of(NIC), Set.of(), forced);
    }

    private static List<String> refusals(Answer answer) {
        return answer instanceof Answer.Refused refused ? refused.refusals().stream().map(refusal -> refusal.label() + " " + refusal.reason()).toList()
                : List.of();
    }

    private static List<String> aboutTheFile(Answer answer) {
        assertThat(answer).isInstanceOf(Answer.Ready.class);
        return ((Answer.Ready) answer).remarks().stream().filter(remark -> remark.contains("/etc/xen/g.cfg")).toList();
    }

    @Test
    void whatStandsInTheFileAlreadyIsJudgedByThisXen() {
        String blanks = "type = 'hvm'\npci = [ '07:00.0, permissive=1' ]\n";
        assertThat(refusals(written("4.17.5", blanks))).singleElement().asString().startsWith("entry:/etc/xen/g.cfg ").contains("does not start on Xen 4.17.5")
                .contains("'07:00.0, permissive=1': xl takes no blanks in an entry");
        assertThat(aboutTheFile(written("4.14.2", blanks))).singleElement().asString().contains("xl before 4.15 leaves an option out");
        assertThat(plan(written("4.17.5", blanks, "entry:/etc/xen/g.cfg")).forced()).containsExactly("entry:/etc/xen/g.cfg");
        assertThat(aboutTheFile(written("4.17.5", "type = 'hvm'\npci = [ '07:00.0,permissive=1', 'bdf=08:00.0', 'name=nic' ]\n"))).isEmpty();
        assertThat(refusals(written("4.14.2", "type = 'hvm'\npci = [ 'bdf=08:00.0' ]\n"))).singleElement().asString().contains("since 4.15");
        assertThat(refusals(written("4.17.5", "type = 'hvm'\npci = [ '07:00.0-1', '0000:02:00.0' ]\n"))).as("also where nothing is to be written")
                .singleElement().asString().contains("an entry for each");
        assertThat(refusals(written("4.17.5", "type = 'hvm'\npci = [ '07:00.0', '07:00.0@7' ]\n"))).singleElement().asString()
                .contains("stands in an entry before this one");
    }

    /** Before d43dea81f9 of Xen xl skipped what it could not read; without xl info nobody knows. */
    @Test
    void whatIsNoReasonAgainstThePlanIsSaid() {
        String list = "type = 'hvm'\npci = [ '07:00.0-1' ]\n";
        assertThat(aboutTheFile(written("4.5.0", list))).singleElement().asString().contains("an entry for each").contains("starts the guest without it");
        assertThat(refusals(written("4.6.0", list))).singleElement().asString().contains("an entry for each");
        assertThat(aboutTheFile(written("4.17.5", "pci = [ '07:00.0@2' ]\n"))).as("without a type it may be a PV guest").singleElement().asString()
                .contains("virtual slot 2 is taken");
        assertThat(refusals(written("4.17.5", "type = 'hvm'\npci = [ '07:00.0@2' ]\n"))).singleElement().asString().contains("virtual slot 2 is taken");
        assertThat(aboutTheFile(written("4.17.5", "type = 'pv'\npci = [ '07:00.0@2' ]\n"))).isEmpty();
        assertThat(refusals(written("4.17.5", "type = 'pvh'\n"))).singleElement().asString().startsWith("config:").contains("takes no PCI devices");
        assertThat(aboutTheFile(written("unknown", list))).singleElement().asString().contains("could not measure which Xen");
    }

    @Test
    void formsOfEachGenerationOfDom0() {
        List<Sbdf> both = List.of(SCREEN, SOUND);
        assertThat(GuestForm.XL.text(both, false, host.host())).isEqualTo("pci = [ '0000:03:00.0', '0000:03:00.1' ]\n");
        assertThat(GuestForm.XEN_HIDE.text(both, false, host.host())).isEqualTo("xen-pciback.hide=(03:00.0)(03:00.1)\n");
        assertThat(GuestForm.XEN_HIDE_MODULE.text(both, false, host.host())).isEqualTo("options xen-pciback hide=(03:00.0)(03:00.1)\n"
                + "softdep nouveau pre: xen-pciback\nsoftdep snd_hda_intel pre: xen-pciback\n");
        host.file("/proc/sys/kernel/osrelease", "2.6.18.8-xen\n");
        assertThat(GuestForm.XEN_HIDE.text(List.of(NIC), false, host.host())).isEqualTo("pciback.hide=(02:00.0)\n");
        assertThat(GuestForm.XEN_HIDE_MODULE.text(List.of(NIC), false, host.host())).isEqualTo("options pciback hide=(02:00.0)\n"
                + "install igb /sbin/modprobe pciback; /sbin/modprobe --ignore-install igb\n");
        host.file("/proc/sys/kernel/osrelease", "3.0.101-xen\n").file("/lib/modules/3.0.101-xen/modules.builtin", "kernel/drivers/xen/pciback/pciback.ko\n");
        assertThat(GuestForm.XEN_HIDE.text(List.of(NIC), false, host.host())).as("the kernel's own list goes before its age")
                .isEqualTo("pciback.hide=(02:00.0)\n");
        host.file("/sys/bus/pci/devices/" + SCREEN + "/vendor", "0x10de\n").file("/sys/bus/pci/devices/" + SCREEN + "/device", "0x1b80\n");
        host.file("/sys/bus/pci/devices/" + SOUND + "/vendor", "0x10de\n").file("/sys/bus/pci/devices/" + SOUND + "/device", "0x1b80\n");
        assertThat(GuestForm.XEN_PCI_STUB.text(List.of(SCREEN), false, host.host())).isEqualTo("# also takes 0000:03:00.1, which have the same ids\n"
                + "# for HVM guests of xend only (up to Xen 4.4): xl takes only what pciback has\npci-stub.ids=10de:1b80\n");
    }

    /** A line of the build configuration, the lists of modules, and what becomes of each form: prints, or the words in which it does not. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "CONFIG_PCI_STUB=y                          | ''                       | xen-pci-stub    | prints",
        "# CONFIG_PCI_STUB is not set               | ''                       | xen-pci-stub    | missing this kernel has no pci-stub",
        "CONFIG_PCI_STUB=m                          | ''                       | xen-pci-stub    | remark is a module",
        "CONFIG_PCI_STUB=m                          | kernel/net/xfrm.ko:      | xen-pci-stub    | missing pci-stub is not installed",
        "CONFIG_PCI_STUB=m                          | kernel/drivers/pci/pci-stub.ko.xz: | xen-pci-stub | remark is a module",
        "CONFIG_NET=y                               | ''                       | xen-pci-stub    | remark could not measure whether this kernel has pci-stub",
        "''                                         | ''                       | xen-pci-stub    | remark could not measure whether this kernel has pci-stub",
        "''                                         | kernel/net/xfrm.ko:      | xen-pci-stub    | missing this kernel has no pci-stub (neither",
        "''                                         | kernel/drivers/pci/pci-stub.ko: | xen-pci-stub | remark is a module",
        "''                                         | pci_stub.ko: vfio.ko     | xen-pci-stub    | remark is a module",
        "''                                         | vfio.ko: not-pci-stub.ko | xen-pci-stub    | missing this kernel has no pci-stub (neither",
        "CONFIG_XEN_PCIDEV_BACKEND=m                | ''                       | xen-hide        | remark --form xen-hide-module sees to that",
        "CONFIG_XEN_PCIDEV_BACKEND=m                | ''                       | xen-hide-module | prints",
        "CONFIG_XEN_PCIDEV_BACKEND=y                | ''                       | xen-hide        | prints",
        "CONFIG_XEN_PCIDEV_BACKEND=y                | ''                       | xen-hide-module | missing modprobe's options never reach it",
        "# CONFIG_XEN_PCIDEV_BACKEND is not set     | ''                       | xen-hide        | missing this kernel has no pciback",
        "# CONFIG_XEN_PCIDEV_BACKEND is not set     | ''                       | xl              | prints"
    })
    void aFormIsForWhatTheKernelHas(String option, String installed, String form, String expected) {
        delete("sys/bus/pci/drivers/pciback");
        if (!option.isEmpty()) {
            host.file("/boot/config-6.12.0", option + "\n");
        }
        if (!installed.isEmpty()) {
            host.file("/lib/modules/6.12.0/modules.dep", installed + "\n").file("/lib/modules/6.12.0/modules.builtin", "kernel/fs/ext4/ext4.ko\n");
        }
        GuestForm.Fit fit = GuestForm.of(form).orElseThrow().fit(host.host());
        assertThat(fit.missing().map(why -> "missing " + why).or(() -> fit.remark().map(remark -> "remark " + remark)).orElse("prints"))
                .startsWith(expected.substring(0, expected.contains(" ") ? expected.indexOf(' ') : expected.length()))
                .contains(expected.substring(expected.indexOf(' ') + 1));
    }

    @Test
    void atEachBootTakesAPciback() {
        host.file("/usr/sbin/update-initramfs", "").file("/etc/initramfs-tools/modules", "").folder("/etc/modprobe.d");
        assertThat(atBoot().steps()).as("that is not known: modprobe will tell").isNotEmpty();
        host.file("/boot/config-6.12.0", "CONFIG_XEN_PCIDEV_BACKEND=m\n").file("/lib/modules/6.12.0/modules.dep", "kernel/net/xfrm.ko:\n");
        assertThat(atBoot().steps()).as("it is loaded").isNotEmpty();
        delete("sys/bus/pci/drivers/pciback");
        assertThat(labels(new Planner(host.host(), Optional.empty()).answer(new Wish(List.of(NIC), Set.of(), Optional.empty(), Plug.usual(Map.of()), Set.of()),
                new BootWish(true, List.of())))).containsExactlyInAnyOrder("pciback:kernel", "boot-loader:pciback");
        assertThat(labels(answer(List.of(NIC)))).containsExactly("pciback:kernel");
        host.file("/lib/modules/6.12.0/modules.dep", "kernel/drivers/xen/xen-pciback/xen-pciback.ko.xz:\n");
        assertThat(plan(answer(List.of(NIC))).steps().getFirst().action()).isEqualTo(new Action.Run(List.of("modprobe", "xen-pciback")));
    }

    private void delete(String path) {
        try {
            Files.delete(folder.resolve(path));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aFormHasThePropertiesThatWereAskedForAndBindsWhatGoesAlong() {
        Map<String, String> properties = Map.of("permissive", "1", "addr", "05.0");
        assertThat(GuestForm.XL.text(List.of(NIC), false, host.host(), properties)).isEqualTo("pci = [ '0000:02:00.0@5,permissive=1' ]\n");
        assertThat(PciEntry.Device.of(NIC, Map.of("addr", "3f")).options()).as("left for XlRefusals to name").containsKey("addr");
        assertThat(new Wish(List.of(SCREEN), Set.of(SOUND), Optional.empty(), Map.of(), Set.of()).taken()).containsExactly(SCREEN, SOUND);
        assertThat(GuestForm.values()).filteredOn(GuestForm::binds).containsExactly(GuestForm.XEN_HIDE, GuestForm.XEN_HIDE_MODULE, GuestForm.XEN_PCI_STUB);
    }

    private Plan atBoot() {
        return plan(new Planner(host.host(), Optional.empty()).answer(new Wish(List.of(NIC), Set.of(), Optional.empty(), Plug.usual(Map.of()), Set.of()),
                new BootWish(true, List.of())));
    }

    private static String replaced(Plan plan, String path) {
        return plan.steps().stream().map(Step::action).filter(action -> action instanceof Action.Replace replace && replace.path().equals(path))
                .map(action -> ((Action.Replace) action).text()).findFirst().orElse("");
    }

    @Test
    void atEachBootByTheCommandLineWherePcibackIsBuiltIn() {
        host.file("/lib/modules/6.12.0/modules.builtin", "kernel/drivers/xen/xen-pciback/xen-pciback.ko\n").file("/usr/sbin/update-grub", "");
        host.file("/etc/default/grub", "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\nGRUB_CMDLINE_XEN_DEFAULT=\"iommu=verbose\"\n")
                .file("/boot/grub/grub.cfg", "menuentry 'Xen' {\n multiboot2 /xen.gz iommu=verbose\n module2 /vmlinuz quiet\n}\n");
        Plan plan = atBoot();
        assertThat(replaced(plan, "/etc/default/grub")).isEqualTo(
                "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet xen-pciback.hide=(02:00.0)\"\nGRUB_CMDLINE_XEN_DEFAULT=\"iommu=verbose\"\n");
        assertThat(plan.steps()).noneMatch(step -> step.action() instanceof Action.Reboot).anyMatch(step -> step.action().equals(
                new Action.Run(List.of("xl", "pci-assignable-add", NIC.toString()))));
        host.file("/etc/default/grub", "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet xen-pciback.hide=(07:00.0)\"\n")
                .file("/boot/grub/grub.cfg", "menuentry 'Xen' {\n multiboot2 /xen.gz\n module2 /vmlinuz quiet xen-pciback.hide=(07:00.0)\n}\n");
        assertThat(replaced(atBoot(), "/etc/default/grub")).as("what is hidden stays hidden").isEqualTo(
                "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet xen-pciback.hide=(07:00.0)(02:00.0)\"\n");
    }

    @Test
    void atEachBootByModprobeWherePcibackIsAModule() {
        host.file("/usr/sbin/update-initramfs", "").file("/etc/initramfs-tools/modules", "# loaded first\n").folder("/etc/modprobe.d");
        Plan plan = atBoot();
        assertThat(replaced(plan, "/etc/modprobe.d/dmarshal-0000-02-00-0.conf")).isEqualTo("# dmarshal: pciback has 0000:02:00.0 at each boot\n"
                + "options xen-pciback hide=(02:00.0)\nsoftdep igb pre: xen-pciback\n");
        assertThat(replaced(plan, "/etc/initramfs-tools/modules")).isEqualTo("# loaded first\nxen-pciback\n");
        host.file("/etc/modprobe.d/own.conf", "options xen_pciback hide=(07:00.0)\n");
        assertThat(labels(new Planner(host.host(), Optional.empty()).answer(new Wish(List.of(NIC), Set.of(), Optional.empty(), Plug.usual(Map.of()), Set.of()),
                new BootWish(true, List.of())))).containsExactly("boot-loader:/etc/modprobe.d/own.conf");
    }

    private void bind(Sbdf function, String driver) {
        String folder = "/sys/bus/pci/devices/" + function + "/";
        host.file(folder + "uevent", "DRIVER=" + driver + "\nPCI_CLASS=20000\nPCI_ID=8086:1533\nPCI_SUBSYS_ID=0000:0000\nPCI_SLOT_NAME=" + function + "\n");
        host.link("/sys/devices/pci0000:00/0000:00:1c.0/" + function + "/driver", "/sys/bus/pci/drivers/" + driver);
    }
}
