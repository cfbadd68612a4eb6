package dev.dmarshal.host.pci;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.config.ConfigSpace;
import dev.dmarshal.core.pci.topology.PciBus;
import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.core.pci.topology.PciTree;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.groups.HostGroups;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Functions and topology of a host out of a sysfs of the test's own making. */
class PciHostTest {

    @TempDir
    private Path root;

    private void function(String place, String vendor, ConfigSpace space) throws IOException {
        Path folder = Files.createDirectories(root.resolve("sys/devices").resolve(place));
        Files.writeString(folder.resolve("vendor"), vendor + "\n");
        Files.writeString(folder.resolve("device"), "0x0042\n");
        Files.writeString(folder.resolve("class"), "0x020000\n");
        Files.write(folder.resolve("config"), space.toBytes());
        Path list = Files.createDirectories(root.resolve("sys/bus/pci/devices"));
        Files.createSymbolicLink(list.resolve(folder.getFileName()), Path.of("../../../devices").resolve(place));
    }

    private void link(String place, String name, String target) throws IOException {
        Files.createSymbolicLink(root.resolve("sys/devices").resolve(place).resolve(name), Path.of(target));
    }

    private static ConfigSpace card() {
        return ConfigSpace.builder(256).ids(0x8086, 0x0042).classCode(0x020000).build();
    }

    @Test
    void placesInSysfsGiveBridgesRootsAndVmdControllers() throws IOException {
        function("pci0000:00/0000:00:0e.0", "0x8086", card());
        function("pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0", "0x8086", card());
        function("pci0000:17/0000:17:00.0", "0x8086", card());
        function("pci0000:17/0000:17:00.0/0000:18:00.0", "0x10de", card());
        link("pci0000:17/0000:17:00.0", "iommu_group", "../../../kernel/iommu_groups/5");
        PciHost host = PciHost.of(HostRoot.of(root)).present().orElseThrow();
        PciTree tree = host.tree();
        assertThat(tree.knownRoots()).contains(java.util.Set.of("0000:00", "10000:e0", "0000:17"));
        PciFunction below = tree.function(new Sbdf(0, 0x18, 0, 0)).orElseThrow();
        assertThat(tree.busOf(below).kind()).isEqualTo(PciBus.Kind.BRIDGED);
        assertThat(tree.bridgeAbove(below).map(PciFunction::address)).contains(new Sbdf(0, 0x17, 0, 0));
        assertThat(tree.function(new Sbdf(0x10000, 0xe0, 6, 0)).orElseThrow().links().dmaOwner()).contains(new Sbdf(0, 0, 0x0e, 0));
        assertThat(host.kernelGroups()).containsOnlyKeys(5);
    }

    @Test
    void virtualFunctionsHangFromTheirPhysicalOne() throws IOException {
        function("pci0000:00/0000:00:01.0", "0x8086", card());
        function("pci0000:00/0000:02:10.0", "0x8086", ConfigSpace.builder(256).ids(0xffff, 0xffff).build());
        link("pci0000:00/0000:02:10.0", "physfn", "../0000:00:01.0");
        PciTree tree = PciHost.of(HostRoot.of(root)).present().orElseThrow().tree();
        PciFunction virtual = tree.function(new Sbdf(0, 2, 0x10, 0)).orElseThrow();
        assertThat(virtual.virtual()).isTrue();
        assertThat(virtual.ids().pair()).contains("8086:0042");
        assertThat(tree.busOf(virtual).kind()).isEqualTo(PciBus.Kind.VIRTUAL);
    }

    @Test
    void sleepingDevicesKeepTheIdsThatSysfsRemembers() throws IOException {
        byte[] ones = new byte[256];
        java.util.Arrays.fill(ones, (byte) 0xff);
        function("pci0000:00/0000:00:02.0", "0x10de", ConfigSpace.of(ones));
        PciFunction asleep = PciHost.of(HostRoot.of(root)).present().orElseThrow().tree().functions().iterator().next();
        assertThat(asleep.ids().pair()).contains("10de:0042");
        assertThat(asleep.role()).isEmpty();
        assertThat(asleep.classCode()).hasValue(0x020000);
    }

    @Test
    void aHostWithoutPciIsNotAnEmptyOne() {
        assertThat(HostGroups.of(HostRoot.of(root)).present()).isEmpty();
    }

    @Test
    void aDomainZeroIsSaidToHaveNoGroups() throws IOException {
        function("pci0000:00/0000:00:01.0", "0x8086", card());
        Files.createDirectories(root.resolve("sys/hypervisor"));
        Files.writeString(root.resolve("sys/hypervisor/type"), "xen\n");
        Files.createDirectories(root.resolve("proc/xen"));
        Files.writeString(root.resolve("proc/xen/capabilities"), "control_d\n");
        assertThat(HostGroups.of(HostRoot.of(root)).present().orElseThrow().notes()).anyMatch(note -> note.contains("Xen dom0"));
    }
}
