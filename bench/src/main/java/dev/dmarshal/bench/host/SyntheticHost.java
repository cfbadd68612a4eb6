package dev.dmarshal.bench.host;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.config.AcsCapability;
import dev.dmarshal.core.pci.config.CapabilityKind;
import dev.dmarshal.core.pci.config.ConfigHeader;
import dev.dmarshal.core.pci.config.ConfigSpace;
import dev.dmarshal.core.pci.config.ConfigSpaceBuilder;
import dev.dmarshal.core.pci.config.HeaderType;
import dev.dmarshal.core.pci.config.PcieRegisters;
import dev.dmarshal.core.pci.config.PortType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Writes the files of a large host into a folder: root ports with ACS, below each a card of many functions, each function in a group of its own. */
public final class SyntheticHost {

    private static final int PORTS = 30 * 8;
    private static final int MOST_BELOW = 64;
    private static final int ACS_ALL = 0x1f;

    private final Path root;
    private int group;

    private SyntheticHost(Path root) {
        this.root = root;
    }

    /** Takes the folder and how many functions. */
    public static void main(String[] arguments) throws IOException {
        new SyntheticHost(Path.of(arguments[0])).write(Integer.parseInt(arguments[1]));
    }

    private void write(int functions) throws IOException {
        text("proc/cmdline", "BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro intel_iommu=on\n");
        text("proc/sys/kernel/osrelease", "6.12.0\n");
        text("proc/cpuinfo", "vendor_id\t: GenuineIntel\nflags\t\t: fpu vmx\naddress sizes\t: 46 bits physical, 48 bits virtual\n");
        text("proc/interrupts", " 24:  0  IR-PCI-MSI-0000:00:01.0 x\n");
        text("proc/swaps", "Filename\n");
        text("proc/self/mountinfo", "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n");
        text("sys/class/iommu/dmar0/intel-iommu/cap", "1d2008c40660462\n");
        text("sys/class/iommu/dmar0/intel-iommu/ecap", "f050da\n");
        int below = Math.min(MOST_BELOW, Math.max(1, functions / 20 - 1));
        int left = functions;
        for (int segment = 0; left > 0; segment++) {
            for (int port = 0; port < PORTS && left > 0; port++) {
                int here = Math.min(below, left - 1);
                port(segment, port, here);
                left -= 1 + here;
            }
        }
    }

    private void port(int segment, int port, int below) throws IOException {
        int bus = port + 1;
        Sbdf address = new Sbdf(segment, 0, 1 + port / 8, port % 8);
        String place = String.format(Locale.ROOT, "pci%04x:00/%s", segment, address);
        ConfigSpaceBuilder bridge = ConfigSpace.builder(ConfigSpace.EXTENDED_BYTES).ids(0x8086, 0xa110 + port % 8).classCode(0x060400).multifunction(true)
                .type(HeaderType.BRIDGE).bridge(0, bus, bus);
        function(address, place, express(bridge, PortType.ROOT_PORT, 0).extended(CapabilityKind.ACCESS_CONTROL, 1, 8).set(AcsCapability.ACS_CAP, ACS_ALL)
                .set(AcsCapability.ACS_CTL, ACS_ALL).done().build(), "pcieport");
        for (int function = 0; function < below; function++) {
            Sbdf card = new Sbdf(segment, bus, function / 8, function % 8);
            ConfigSpaceBuilder endpoint = ConfigSpace.builder(ConfigSpace.EXTENDED_BYTES).ids(0x8086, function == 0 ? 0x1572 : 0x154c).classCode(0x020000)
                    .multifunction(true);
            function(card, place + "/" + card, express(endpoint, PortType.ENDPOINT, 1).extended(CapabilityKind.ACCESS_CONTROL, 1, 8)
                    .set(AcsCapability.ACS_CAP, 0).done().build(), function == 0 ? "i40e" : "iavf");
        }
    }

    private static ConfigSpaceBuilder express(ConfigSpaceBuilder builder, PortType type, int reset) {
        return builder.capability(CapabilityKind.PCI_EXPRESS, 0x3c).set(PcieRegisters.PCIE_CAP, PcieRegisters.VERSION, 2)
                .set(PcieRegisters.PCIE_CAP, PcieRegisters.TYPE, type.code()).set(PcieRegisters.DEVICE_CAP, PcieRegisters.FUNCTION_LEVEL_RESET, reset).done();
    }

    private void function(Sbdf address, String place, ConfigSpace config, String driver) throws IOException {
        String folder = "sys/devices/" + place + "/";
        ConfigHeader header = config.header();
        text(folder + "uevent", String.format(Locale.ROOT, "DRIVER=%s%nPCI_CLASS=%X%nPCI_ID=%04X:%04X%nPCI_SUBSYS_ID=8086:0000%nPCI_SLOT_NAME=%s%n", driver,
                header.classCode().orElseThrow(), header.vendorId().orElseThrow(), header.deviceId().orElseThrow(), address));
        Files.write(root.resolve(folder + "config"), config.toBytes());
        text(folder + "resource", "0x00000000f0000000 0x00000000f00fffff 0x0000000000040200\n");
        text(folder + "power_state", "D0\n");
        text(folder + "reset_method", "flr bus\n");
        link("sys/bus/pci/devices/" + address, "../../../devices/" + place);
        String up = "../".repeat(place.split("/").length + 1);
        link(folder + "driver", up + "bus/pci/drivers/" + driver);
        link(folder + "iommu_group", up + "kernel/iommu_groups/" + group);
        String own = "sys/kernel/iommu_groups/" + group++ + "/";
        link(own + "devices/" + address, "../../../../devices/" + place);
        text(own + "reserved_regions", "0x00000000fee00000 0x00000000feefffff msi\n");
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
