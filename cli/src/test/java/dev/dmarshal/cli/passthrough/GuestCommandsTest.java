package dev.dmarshal.cli.passthrough;

import static dev.dmarshal.cli.Run.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.dmarshal.cli.Run;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.config.PortType;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.fake.FakeHost;
import dev.dmarshal.host.fake.FakePci;
import dev.dmarshal.passthrough.guest.Guests;
import dev.dmarshal.passthrough.plan.Action;
import dev.dmarshal.passthrough.plan.Guest;
import dev.dmarshal.passthrough.wish.Answer;
import dev.dmarshal.passthrough.wish.GuestMoves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** plan for guests, switch and migrate as their user runs them, on the files of a host. */
class GuestCommandsTest {

    private static final Path ROOT = Path.of(System.getProperty("project.root", ".."));
    private static final Sbdf NIC = new Sbdf(0, 2, 0, 0);
    private static final String DOMAIN = """
            <domain type='kvm'><name>web</name><os><type machine='pc-q35-7.2'>hvm</type></os><devices>
            <controller type='pci' index='0' model='pcie-root'/><controller type='pci' index='1' model='pcie-root-port'/>%s</devices></domain>
            """;
    private static final String HAS = "<hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0' bus='3' slot='0' function='0'/></source>"
            + "<address type='pci' domain='0' bus='1' slot='0' function='0'/></hostdev>";

    @TempDir
    private Path folder;

    /** A host with one card in a group of its own and the definition of a guest of libvirt's. */
    private String host(String path, String definition) {
        FakeHost host = new FakeHost(folder.resolve("host")).file("/proc/sys/kernel/osrelease", "6.12.0\n").file("/proc/cmdline", "quiet\n")
                .file("/proc/interrupts", "  24:  0  IR-PCI-MSI-0000:00:1c.0 0-edge\n").file("/sys/class/iommu/dmar0/intel-iommu/cap", "1d2008c40660462\n")
                .file("/sys/class/iommu/dmar0/intel-iommu/ecap", "f050da\n").folder("/sys/class/net").folder("/sys/class/graphics").folder("/sys/class/block")
                .file("/proc/swaps", "Filename\n").file("/proc/self/mountinfo", "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n").file("/proc/net/route", "Iface\n")
                .file("/proc/bus/input/devices", "\n").folder("/proc/1/fd").folder("/sys/devices/pci0000:00").folder("/sys/bus/pci/drivers/vfio-pci")
                .file(path, definition);
        String port = FakePci.at(host, "pci0000:00", new Sbdf(0, 0, 0x1c, 0)).is(0x8086, 0xa110, 0).bridge(PortType.ROOT_PORT, 2, 2).separated().group(5)
                .make();
        FakePci.at(host, port, NIC).driver("igb").group(12).range(0xf0000000L, 0x100000, false).make();
        host.file("/sys/bus/pci/devices/" + NIC + "/driver_override", "(null)\n").file("/sys/bus/pci/devices/" + NIC + "/reset_method", "flr\n")
                .file("/sys/kernel/iommu_groups/12/type", "DMA\n");
        return folder.resolve("host").toString();
    }

    @Test
    void wrongArgumentsAreSixtyFour() {
        for (String[] wrong : new String[][] {{"switch"}, {"switch", "01:00.0"}, {"switch", "01:00.0", "--from", "a"}, {"switch", "01:00", "--from", "a",
                "--to", "b"},
                {"switch", "01:00.0", "--from", "a", "--to", "b", "--via", "xl"}, {"switch", "01:00.0", "--from", "a", "--to", "b", "--timeout", "0"},
                {"migrate"}, {"migrate", "prepare"}, {"migrate", "begin", "web"}, {"migrate", "finish", "web", "more"},
                {"plan", "02:00.0", "--form", "vmware"}, {"plan", "02:00.0", "--managed", "no"}, {"plan", "02:00.0", "--persistent"},
                {"plan", "02:00.0", "--guest", "web", "--via", "libvirt", "--managed", "perhaps"}, {"plan", "02:00.0", "--option", "bus=rp1"}}) {
            Run run = run(wrong);
            assertThat(run.code()).as(String.join(" ", wrong)).isEqualTo(Exit.USAGE);
            assertThat(run.err()).as(String.join(" ", wrong)).startsWith("dmarshal: ").contains("--help");
            assertThat(run.out()).isEmpty();
        }
    }

    @Test
    void aRunningGuestOfLibvirtGetsASlot() throws IOException {
        String host = host("/run/libvirt/qemu/web.xml", "<domstatus state='running'>" + DOMAIN.formatted("") + "</domstatus>");
        Run run = run("plan", "02:00.0", "--guest", "web", "--via", "libvirt", "--root", host);
        assertThat(run.code()).as(run.out() + run.err()).isZero();
        assertThat(run.out()).contains("plug 0000:02:00.0 into web, where it is 0000:01:00.0").contains("managed='yes'");
        assertThat(run("plan", "02:00.0", "--guest", "web", "--root", host)).as("libvirt is what a name means").isEqualTo(run);
        assertThat(run("plan", "02:00.0", "--guest", "/run/web.qmp", "--root", host).out()).as("a path is QEMU's").contains("run by qemu");
        Run json = run("plan", "02:00.0", "--guest", "web", "--via", "libvirt", "--managed", "no", "--persistent", "--root", host, "--json");
        conforms(json.out(), "plan-1.json");
        assertThat(json.out()).contains("managed='no'", "guest-keeps", "guest-has");
        assertThat(run("plan", "02:00.0", "--guest", "mail", "--via", "libvirt", "--root", host)).satisfies(refused -> assertThat(refused.code())
                .isEqualTo(Exit.FINDINGS)).satisfies(refused -> assertThat(refused.out()).contains("guest mail could not be looked at"));
    }

    @Test
    void aFormForADriverThatTheKernelLacksIsNotPrinted() throws IOException {
        String host = host("/boot/config-6.12.0", "# CONFIG_PCI_STUB is not set\nCONFIG_XEN_PCIDEV_BACKEND=y\n");
        Run stub = run("plan", "02:00.0", "--form", "xen-pci-stub", "--root", host);
        assertThat(stub.code()).isEqualTo(Exit.FINDINGS);
        assertThat(stub.out()).isEmpty();
        assertThat(stub.err()).contains("this kernel has no pci-stub (/boot/config-6.12.0: CONFIG_PCI_STUB is not set)").contains("--form xen-hide");
        assertThat(run("plan", "02:00.0", "--form", "xen-hide", "--root", host)).satisfies(run -> assertThat(run.code()).isEqualTo(Exit.FINE))
                .satisfies(run -> assertThat(run.out()).isEqualTo("xen-pciback.hide=(02:00.0)\n"));
        Files.delete(Path.of(host, "boot/config-6.12.0"));
        Run unknown = run("plan", "02:00.0", "--form", "xen-pci-stub", "--root", host);
        assertThat(unknown.code()).isEqualTo(Exit.FINE);
        assertThat(unknown.err()).contains("could not measure whether this kernel has pci-stub");
        assertThat(unknown.out()).contains("pci-stub.ids=");
    }

    @Test
    void formsOfAConfiguration() {
        String host = host("/etc/libvirt/qemu/web.xml", DOMAIN.formatted(""));
        assertThat(run("plan", "02:00.0", "--form", "proxmox", "--root", host)).isEqualTo(new Run(Exit.FINE, "hostpci0: 0000:02:00.0,pcie=1\n",
                "dmarshal: note: lines of /etc/pve/qemu-server/VMID.conf; pcie=1 needs machine: q35\n"));
        assertThat(run("plan", "02:00.0", "--form", "libvirt-xml", "--managed", "no", "--root", host).out()).contains("managed='no'", "bus='0x02'");
        assertThat(run("plan", "02:00.0", "--form", "qemu-iommufd", "--root", host).out()).contains("iommufd=iommufd0");
        assertThat(run("plan", "02:00.0", "--form", "virt-install", "--root", host).out()).isEqualTo("--hostdev pci_0000_02_00_0\n");
        assertThat(run("plan", "02:00.0", "--form", "nodedev-xml", "--root", host).out()).contains("<name>pci_0000_02_00_0</name>",
                "<parent>pci_0000_00_1c_0</parent>", "<iommuGroup number='12'>", "<name>igb</name>");
    }

    @Test
    void withoutLibvirtTheReasonIsNamed() {
        Run run = run("migrate", "prepare", "no-such-guest", "--journal", folder.toString());
        assertThat(run.code()).isEqualTo(Exit.FINDINGS);
        assertThat(run.out().replaceAll("\\s+", " ")).contains("guest no-such-guest could not be looked at", "libvirt");
    }

    @Test
    void whatAMigrationRemembersFitsItsSchema() throws IOException {
        HostRoot host = HostRoot.of(Path.of(host("/run/libvirt/qemu/web.xml", DOMAIN.formatted(HAS))));
        Answer answer = new GuestMoves(host, Guests.ofFiles(host), 5).prepare(new Guest("libvirt", "web"), Path.of("/var/lib/dmarshal/migration-web.json"));
        assertThat(answer).isInstanceOfSatisfying(Answer.Ready.class, ready -> assertThat(ready.plan().steps()).hasSize(2));
        List<String> texts = ((Answer.Ready) answer).plan().steps().stream().flatMap(step -> step.action() instanceof Action.Replace replace
                ? java.util.stream.Stream.of(replace.text()) : java.util.stream.Stream.empty()).toList();
        assertThat(texts).singleElement().satisfies(text -> conforms(text, "migration-1.json"));
        assertThat(texts.getFirst()).contains("0000:03:00.0", "0000:01:00.0");
    }

    private static void conforms(String json, String schema) throws IOException {
        var checked = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(Files.readString(ROOT.resolve("docs/schema/" + schema)));
        assertThat(checked.validate(json, InputFormat.JSON)).isEmpty();
    }
}
