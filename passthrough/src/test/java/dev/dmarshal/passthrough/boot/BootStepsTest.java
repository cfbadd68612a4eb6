package dev.dmarshal.passthrough.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.params.CommandLine;
import dev.dmarshal.host.version.Platform;
import dev.dmarshal.passthrough.apply.Applier;
import dev.dmarshal.passthrough.apply.Outcome;
import dev.dmarshal.passthrough.bind.StepList;
import dev.dmarshal.passthrough.journal.Entry;
import dev.dmarshal.passthrough.journal.Journal;
import dev.dmarshal.passthrough.journal.JournalContents;
import dev.dmarshal.passthrough.plan.Action;
import dev.dmarshal.passthrough.plan.Condition;
import dev.dmarshal.passthrough.plan.Deed;
import dev.dmarshal.passthrough.plan.Plan;
import dev.dmarshal.passthrough.plan.PlanJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each boot loader and each maker of initramfs, on fake hosts whose programs do what the real ones do. */
class BootStepsTest {

    private static final Sbdf NIC = new Sbdf(0, 1, 0, 0);
    private static final String DEVICE = "/sys/bus/pci/devices/";
    private static final String DEFAULTS = "# set by hand\nGRUB_DEFAULT=0\nGRUB_CMDLINE_LINUX_DEFAULT=\"quiet splash\" # two words\nGRUB_CMDLINE_LINUX=\"\"\n";

    @TempDir
    Path folder;
    private int round;
    private FakeBootHost host;
    private BootSteps boot;
    private Plan plan;
    private Path file;

    private static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    private FakeBootHost fresh() {
        host = new FakeBootHost(folder.resolve("host" + ++round)).file("/proc/sys/kernel/osrelease", "6.12.0\n");
        return host;
    }

    private FakeBootHost debian() {
        fresh().file("/proc/cmdline", "BOOT_IMAGE=/vmlinuz root=/dev/sda1 quiet splash\n").file("/etc/default/grub", DEFAULTS)
                .program("/usr/sbin/update-grub", command -> updateGrub());
        updateGrub();
        return host;
    }

    /** What grub-mkconfig makes of the defaults. */
    private Deed updateGrub() {
        String line = host.text("/etc/default/grub").lines().filter(row -> row.startsWith("GRUB_CMDLINE_LINUX_DEFAULT=")).findFirst().orElseThrow()
                .replaceAll("^[^\"]*\"([^\"]*)\".*$", "$1");
        host.file("/boot/grub/grub.cfg", "set default=\"0\"\nmenuentry 'Debian' --class debian $menuentry_id_option 'gnulinux-simple-1' {\n\tlinux\t/vmlinuz"
                + " root=/dev/sda1 " + line + "\n\tinitrd\t/initrd.img\n}\n");
        return new Deed.Done();
    }

    private void device(String name, String ids, String driver) throws IOException {
        host.file(DEVICE + name + "/vendor", "0x" + ids.split(":")[0] + "\n").file(DEVICE + name + "/device", "0x" + ids.split(":")[1] + "\n");
        Path link = folder.resolve("host" + round + DEVICE + name + "/driver");
        Files.createSymbolicLink(link, Path.of("../../../../bus/pci/drivers/" + driver));
    }

    private Plan plan(BootWish wish, Sbdf... functions) {
        boot = new BootSteps(host.root(), wish, List.of(functions));
        StepList steps = new StepList();
        List<Condition> goal = new ArrayList<>();
        boot.add(steps, goal);
        plan = new Plan(Plan.FORMAT, "boot", "boot", List.of(), List.of(), List.of(), steps.steps(), goal);
        file = folder.resolve("boot" + round + ".journal");
        assertThat(PlanJson.read(PlanJson.write(plan))).isEqualTo(plan);
        return plan;
    }

    private Plan parameter(String... parameters) {
        return plan(new BootWish(false, List.of(parameters)));
    }

    private List<String> titles() {
        return plan.steps().stream().map(step -> step.title()).toList();
    }

    private String replaced(String path) {
        return plan.steps().stream().map(step -> step.action()).filter(action -> action instanceof Action.Replace replace && replace.path().equals(path))
                .map(action -> ((Action.Replace) action).text()).findFirst().orElseThrow();
    }

    private Outcome apply(int deadline) throws IOException {
        AtomicInteger left = new AtomicInteger(deadline);
        try (Journal journal = Journal.create(file, new Entry.Begun("2026-01-01T00:00:00Z", host.bootId(), plan))) {
            return new Applier(host, moment -> {
                if (left.decrementAndGet() == 0) {
                    throw new Killed();
                }
            }).apply(plan, journal);
        } catch (Killed e) {
            return new Outcome.Refused(List.of("killed"));
        }
    }

    private Outcome settle(boolean forward) throws IOException {
        JournalContents contents = JournalContents.read(file);
        try (Journal journal = Journal.open(file, contents)) {
            Applier applier = new Applier(host, moment -> {
            });
            return forward ? applier.resume(contents, journal) : applier.undo(contents, journal);
        }
    }

    @Test
    void grubOfDebianIsEditedWrittenAnewAndVerifiedAfterTheRestart() throws IOException {
        debian();
        Map<String, String> before = host.picture();
        parameter("intel_iommu=on");
        assertThat(titles()).containsExactly("edit /etc/default/grub", "write GRUB's menu anew", "wait for the host to be restarted");
        assertThat(replaced("/etc/default/grub")).isEqualTo(DEFAULTS.replace("quiet splash", "quiet splash intel_iommu=on"));
        assertThat(apply(0)).isEqualTo(new Outcome.Waiting(3));
        assertThat(host.text("/boot/grub/grub.cfg")).contains("quiet splash intel_iommu=on\n");
        assertThat(settle(true)).as("without a restart it goes on waiting").isEqualTo(new Outcome.Waiting(3));
        host.restart("BOOT_IMAGE=/vmlinuz root=/dev/sda1 quiet splash intel_iommu=on\n");
        assertThat(settle(true)).isEqualTo(new Outcome.Applied());
        assertThat(settle(false)).isEqualTo(new Outcome.Undone(""));
        assertThat(host.picture()).isEqualTo(before);
    }

    @Test
    void killedAtEveryMomentThenTakenBackByteForByte() throws IOException {
        boolean waiting = false;
        for (int point = 1; !waiting; point++) {
            debian();
            Map<String, String> before = host.picture();
            parameter("intel_iommu=on");
            waiting = apply(point).equals(new Outcome.Waiting(3));
            assertThat(settle(false)).as("point %d", point).isEqualTo(new Outcome.Undone(""));
            assertThat(host.picture()).as("point %d", point).isEqualTo(before);
        }
    }

    @Test
    void aProgramThatDoesNotHandItOverIsAFailureAndTakenBack() throws IOException {
        debian().program("/usr/sbin/update-grub", command -> new Deed.Done());
        Map<String, String> before = host.picture();
        parameter("intel_iommu=on");
        assertThat(apply(0)).isInstanceOfSatisfying(Outcome.Undone.class, undone -> assertThat(undone.reason()).contains("next boot has intel_iommu=on"));
        assertThat(host.picture()).isEqualTo(before);
    }

    @Test
    void whatIsThereAlreadyIsNotDoneAgain() {
        debian().file("/etc/default/grub", DEFAULTS.replace("quiet", "intel_iommu=on quiet"));
        updateGrub();
        host.restart("BOOT_IMAGE=/vmlinuz intel_iommu=on quiet\n");
        assertThat(parameter("intel_iommu=on").steps()).isEmpty();
    }

    @Test
    void aLineThatAShellWouldHaveToWorkOutIsLeftAlone() {
        debian().file("/etc/default/grub", "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet $MORE\"\n");
        parameter("intel_iommu=on");
        assertThat(boot.objections()).singleElement().satisfies(one -> assertThat(one.reason()).contains("by hand"));
    }

    @Test
    void grubWithEntriesGoesThroughGrubby() {
        fresh().file("/proc/cmdline", "BOOT_IMAGE=/vmlinuz ro\n").file("/boot/grub2/grub.cfg", "blscfg\n").file("/boot/loader/entries/a-6.12.0.conf",
                "title Fedora\nversion 6.12.0\nlinux /vmlinuz\noptions root=/dev/sda1 ro\n").program("/usr/sbin/grubby", command -> new Deed.Done());
        parameter("intel_iommu=on");
        assertThat(boot.objections()).isEmpty();
        assertThat(plan.steps().getFirst().action()).isEqualTo(new Action.Run(List.of("/usr/sbin/grubby", "--update-kernel=ALL", "--args=intel_iommu=on")));
        assertThat(plan.steps().getFirst().undo()).containsExactly(new Action.Run(List.of("/usr/sbin/grubby", "--update-kernel=ALL",
                "--remove-args=intel_iommu=on")));
    }

    @Test
    void systemdBootByKernelInstallOrByTheEntryItself() {
        fresh().file("/proc/cmdline", "initrd=\\x root=/dev/sda2 rw\n").file("/boot/loader/loader.conf", "default arch.conf\n")
                .file("/boot/loader/entries/arch.conf", "title Arch\nlinux /vmlinuz-linux\noptions root=/dev/sda2 rw\n");
        parameter("intel_iommu=on");
        assertThat(boot.objections()).isEmpty();
        assertThat(replaced("/boot/loader/entries/arch.conf")).contains("options root=/dev/sda2 rw intel_iommu=on\n");
        host.file("/etc/kernel/cmdline", "root=/dev/sda2 rw\n").file("/lib/modules/6.12.0/vmlinuz", "").program("/usr/bin/kernel-install",
                command -> new Deed.Done());
        parameter("intel_iommu=on");
        assertThat(replaced("/etc/kernel/cmdline")).isEqualTo("root=/dev/sda2 rw intel_iommu=on\n");
        assertThat(plan.step(2).action()).isEqualTo(new Action.Run(List.of("/usr/bin/kernel-install", "add", "6.12.0", "/lib/modules/6.12.0/vmlinuz")));
    }

    @Test
    void kernelstubAndProxmox() throws IOException {
        fresh().file("/proc/cmdline", "initrd=\\x root=/dev/sda2\n").file("/etc/kernelstub/configuration", "{\"user\": {\"kernel_options\": [\"quiet\"]}}")
                .file("/boot/efi/loader/entries/Pop_OS-current.conf", "title Pop\nlinux /vmlinuz\noptions root=/dev/sda2 quiet\n")
                .program("/usr/bin/kernelstub", command -> new Deed.Done());
        parameter("intel_iommu=on");
        assertThat(plan.steps().getFirst().action()).isEqualTo(new Action.Run(List.of("/usr/bin/kernelstub", "-a", "intel_iommu=on")));
        fresh().file("/proc/cmdline", "initrd=\\x root=ZFS=rpool/ROOT/pve-1 boot=zfs\n").file("/etc/kernel/proxmox-boot-uuids", "ABCD-0123\n")
                .file("/etc/kernel/cmdline", "root=ZFS=rpool/ROOT/pve-1 boot=zfs\n").program("/usr/sbin/proxmox-boot-tool", command -> new Deed.Done());
        Map<String, String> before = host.picture();
        parameter("intel_iommu=on");
        assertThat(apply(0)).isEqualTo(new Outcome.Waiting(3));
        assertThat(host.text("/etc/kernel/cmdline")).isEqualTo("root=ZFS=rpool/ROOT/pve-1 boot=zfs intel_iommu=on\n");
        assertThat(settle(false)).isEqualTo(new Outcome.Undone(""));
        assertThat(host.picture()).isEqualTo(before);
        assertThat(host.ran()).as("and once more over the old file").containsExactly("/usr/sbin/proxmox-boot-tool refresh", "/usr/sbin/proxmox-boot-tool"
                + " refresh");
    }

    @Test
    void anUnknownLoaderIsSaid() {
        fresh().file("/proc/cmdline", "quiet\n");
        parameter("intel_iommu=on");
        assertThat(boot.objections()).singleElement().satisfies(one -> assertThat(one.reason()).contains("which boot loader"));
    }

    @Test
    void parametersThatDoNothingOrLowerProtectionAreRefusedByName() {
        debian();
        for (String parameter : List.of("intel_iommu=pt", "intel_iommu=off", "iommu=pt", "intel_iomu=on")) {
            parameter(parameter);
            assertThat(boot.objections()).as(parameter).anySatisfy(one -> {
                assertThat(one.label()).isEqualTo("parameter");
                assertThat(one.about()).isEqualTo(parameter);
                assertThat(one.forcible()).isTrue();
            });
        }
        parameter("intel_iommu=on");
        assertThat(boot.objections()).isEmpty();
    }

    @Test
    void eachMakerOfInitramfsIsToldItsOwnWay() throws IOException {
        debian().file("/etc/initramfs-tools/modules", "# none\n").program("/usr/sbin/update-initramfs", command -> new Deed.Done());
        device(NIC.toString(), "8086:10d3", "e1000e");
        Map<String, String> before = host.picture();
        plan(new BootWish(true, List.of()), NIC);
        assertThat(replaced("/etc/modprobe.d/dmarshal-0000-01-00-0.conf")).contains("softdep e1000e pre: vfio-pci\noptions vfio-pci ids=8086:10d3\n");
        assertThat(replaced("/etc/initramfs-tools/modules")).isEqualTo("# none\nvfio-pci\n");
        assertThat(apply(0)).isEqualTo(new Outcome.Applied());
        assertThat(settle(false)).isEqualTo(new Outcome.Undone(""));
        assertThat(host.picture()).isEqualTo(before);
        assertThat(host.ran()).containsExactly("/usr/sbin/update-initramfs -u -k all", "/usr/sbin/update-initramfs -u -k all");

        debian().program("/usr/bin/dracut", command -> new Deed.Done());
        device(NIC.toString(), "8086:10d3", "e1000e");
        plan(new BootWish(true, List.of()), NIC);
        assertThat(replaced("/etc/dracut.conf.d/dmarshal-vfio.conf")).isEqualTo("force_drivers+=\" vfio-pci \"\n");

        debian().file("/etc/mkinitcpio.conf", "MODULES=(btrfs)\nHOOKS=(base udev modconf)\n").program("/usr/bin/mkinitcpio", command -> new Deed.Done());
        device(NIC.toString(), "8086:10d3", "e1000e");
        plan(new BootWish(true, List.of()), NIC);
        assertThat(replaced("/etc/mkinitcpio.conf")).isEqualTo("MODULES=(vfio-pci btrfs)\nHOOKS=(base udev modconf)\n");

        debian();
        device(NIC.toString(), "8086:10d3", "e1000e");
        plan(new BootWish(true, List.of()), NIC);
        assertThat(boot.objections()).extracting(BootSteps.Objection::label).containsExactly("initramfs");
    }

    @Test
    void twinsAreToldApartByAddress() throws IOException {
        debian().program("/usr/bin/dracut", command -> new Deed.Done());
        device(NIC.toString(), "8086:10d3", "e1000e");
        device("0000:07:00.0", "8086:10d3", "e1000e");
        plan(new BootWish(true, List.of()), NIC);
        assertThat(replaced("/etc/modprobe.d/dmarshal-0000-01-00-0.conf")).doesNotContain("ids=");
        assertThat(replaced("/etc/udev/rules.d/05-dmarshal-0000-01-00-0.rules")).contains("KERNEL==\"0000:01:00.0\", ATTR{driver_override}=\"vfio-pci\"\n");
        assertThat(boot.remarks()).anyMatch(remark -> remark.contains("0000:07:00.0 has the same ids"));
    }

    @Test
    void parametersFindTheirPlace() {
        assertThat(Parameters.with("root=/dev/sda1 quiet", "intel_iommu=on")).isEqualTo("root=/dev/sda1 quiet intel_iommu=on");
        assertThat(Parameters.with("a intel_iommu=off b", "intel_iommu=on")).isEqualTo("a intel_iommu=on b");
        assertThat(Parameters.with("intel_iommu=igfx_off", "intel_iommu=on")).isEqualTo("intel_iommu=igfx_off,on");
        assertThat(Parameters.with("intel_iommu=on,sm_on x", "intel_iommu=on")).isEqualTo("intel_iommu=on,sm_on x");
        assertThat(Parameters.with("a=\"x y\" -- init", "b=1")).isEqualTo("a=\"x y\" b=1 -- init");
        assertThat(Parameters.with("b=0 c b=2", "b=1")).isEqualTo("b=1 c");
        assertThat(Parameters.has(CommandLine.parse(Platform.LINUX, "x -- intel_iommu=on"), "intel_iommu=on")).isFalse();
    }
}
