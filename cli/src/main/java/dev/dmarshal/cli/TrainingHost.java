package dev.dmarshal.cli;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.config.AcsCapability;
import dev.dmarshal.core.pci.config.CapabilityKind;
import dev.dmarshal.core.pci.config.ConfigSpace;
import dev.dmarshal.core.pci.config.ConfigSpaceBuilder;
import dev.dmarshal.core.pci.config.HeaderType;
import dev.dmarshal.core.pci.config.PcieRegisters;
import dev.dmarshal.core.pci.config.PortType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files of a small machine, for the commands that look at one to be trained on. */
public final class TrainingHost {

    private static final int PORTS = 8;
    private static final int FUNCTIONS = 8;
    private static final int ACS_ALL = 0x1f;

    private final Path root;
    private int group;

    private TrainingHost(Path root) {
        this.root = root;
    }

    public static void write(Path root) throws IOException {
        TrainingHost host = new TrainingHost(root);
        host.text("proc/cmdline", "BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro intel_iommu=on pci=noats\n");
        host.text("proc/sys/kernel/osrelease", "6.12.0\n");
        host.text("proc/cpuinfo", "vendor_id\t: GenuineIntel\nflags\t\t: fpu vmx\naddress sizes\t: 46 bits physical, 48 bits virtual\n");
        host.text("proc/interrupts", " 24:  0  IR-PCI-MSI-0000:00:01.0 x\n");
        host.text("proc/swaps", "Filename\n");
        host.text("proc/self/mountinfo", "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n");
        host.text("proc/net/route", "Iface\n");
        host.text("sys/class/iommu/dmar0/intel-iommu/cap", "1d2008c40660462\n");
        host.text("sys/class/iommu/dmar0/intel-iommu/ecap", "f050da\n");
        host.text("etc/default/grub", "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet intel_iommu=on\"\n");
        host.text("boot/grub/grub.cfg", "menuentry 'Debian' {\n linux /vmlinuz root=UUID=1 ro intel_iommu=on\n}\n");
        for (int port = 0; port < PORTS; port++) {
            host.port(port);
        }
    }

    private void port(int port) throws IOException {
        Sbdf address = new Sbdf(0, 0, 0x1c, port);
        String place = "pci0000:00/" + address;
        ConfigSpaceBuilder bridge = ConfigSpace.builder(ConfigSpace.EXTENDED_BYTES).ids(0x8086, 0xa110 + port).classCode(0x060400).multifunction(true)
                .type(HeaderType.BRIDGE).bridge(0, port + 1, port + 1).capability(CapabilityKind.PCI_EXPRESS, 0x3c)
                .set(PcieRegisters.PCIE_CAP, PcieRegisters.VERSION, 2).set(PcieRegisters.PCIE_CAP, PcieRegisters.TYPE, PortType.ROOT_PORT.code()).done();
        if (port > 0) {
            bridge.extended(CapabilityKind.ACCESS_CONTROL, 1, 8).set(AcsCapability.ACS_CAP, ACS_ALL).set(AcsCapability.ACS_CTL, ACS_ALL).done();
        }
        function(address, place, bridge.build(), "DRIVER=pcieport\nPCI_CLASS=60400\nPCI_ID=8086:A110\n");
        for (int function = 0; function < FUNCTIONS; function++) {
            Sbdf card = new Sbdf(0, port + 1, 0, function);
            ConfigSpaceBuilder endpoint = ConfigSpace.builder(ConfigSpace.EXTENDED_BYTES).ids(0x8086, 0x1572).classCode(0x020000).multifunction(true)
                    .capability(CapabilityKind.PCI_EXPRESS, 0x3c).set(PcieRegisters.PCIE_CAP, PcieRegisters.VERSION, 2)
                    .set(PcieRegisters.DEVICE_CAP, PcieRegisters.FUNCTION_LEVEL_RESET, function & 1).done();
            function(card, place + "/" + card, endpoint.build(), "DRIVER=i40e\nPCI_CLASS=20000\nPCI_ID=8086:1572\n");
        }
    }

    private void function(Sbdf address, String place, ConfigSpace config, String event) throws IOException {
        String folder = "sys/devices/" + place + "/";
        text(folder + "uevent", event + "PCI_SUBSYS_ID=8086:0000\n");
        Files.write(root.resolve(folder + "config"), config.toBytes());
        text(folder + "resource", "0x00000000f0000000 0x00000000f00fffff 0x0000000000040200\n");
        text(folder + "reset_method", "flr bus\n");
        link("sys/bus/pci/devices/" + address, "../../../devices/" + place);
        link(folder + "driver", "../".repeat(place.split("/").length + 1) + "bus/pci/drivers/i40e");
        link(folder + "iommu_group", "../".repeat(place.split("/").length + 1) + "kernel/iommu_groups/" + group);
        text("sys/kernel/iommu_groups/" + group++ + "/reserved_regions", "0x00000000fee00000 0x00000000feefffff msi\n");
    }

    private void text(String path, String text) throws IOException {
        Files.createDirectories(root.resolve(path).getParent());
        Files.writeString(root.resolve(path), text);
    }

    private void link(String path, String target) throws IOException {
        Files.createDirectories(root.resolve(path).getParent());
        Files.createSymbolicLink(root.resolve(path), Path.of(target));
    }
}
