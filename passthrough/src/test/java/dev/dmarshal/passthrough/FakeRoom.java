package dev.dmarshal.passthrough;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.config.PortType;
import dev.dmarshal.host.fake.FakeHost;
import dev.dmarshal.host.fake.FakePci;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A host on which everything is in order, for tests to spoil one thing at a time: VT-d is on, every area of holders can be seen. */
public final class FakeRoom {

    /** A network card alone in group 12, below a root port that isolates. */
    public static final Sbdf NIC = new Sbdf(0, 2, 0, 0);
    /** A card of two functions in group 13: display and sound. */
    public static final Sbdf SCREEN = new Sbdf(0, 3, 0, 0);
    /** The other function of that card. */
    public static final Sbdf SOUND = new Sbdf(0, 3, 0, 1);
    /** The controller of the system's drive, in group 3. */
    public static final Sbdf DRIVE = new Sbdf(0, 0, 0x17, 0);

    private FakeRoom() {
    }

    /** Lays it out. */
    public static FakeHost in(Path folder) {
        FakeHost host = new FakeHost(folder).file("/proc/sys/kernel/osrelease", "6.12.0\n").file("/proc/cmdline", "BOOT_IMAGE=/vmlinuz-6.12.0 root=/dev/sda1"
                + " ro\n")
                .file("/proc/cpuinfo", "vendor_id\t: GenuineIntel\naddress sizes\t: 39 bits physical, 48 bits virtual\n")
                .file("/proc/interrupts", "  24:  0  IR-PCI-MSI-0000:00:1c.0 0-edge\n").file("/sys/class/iommu/dmar0/intel-iommu/cap", "1d2008c40660462\n")
                .file("/sys/class/iommu/dmar0/intel-iommu/ecap", "f050da\n").folder("/sys/class/net").folder("/sys/class/graphics")
                .file("/proc/swaps", "Filename\n").file("/proc/self/mountinfo", "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n").file("/proc/net/route", "Iface\n")
                .file("/proc/bus/input/devices", "\n").folder("/proc/1/fd").folder("/sys/devices/pci0000:00").folder("/sys/bus/pci/drivers/vfio-pci");
        String ahci = FakePci.at(host, "pci0000:00", DRIVE).is(0x8086, 0xa102, 0x010601).type(Optional.empty()).driver("ahci").group(3).make();
        host.drive("sda", "8:0", ahci + "/ata1").partition("sda", "sda1", "8:1", ahci + "/ata1");
        String first = FakePci.at(host, "pci0000:00", new Sbdf(0, 0, 0x1c, 0)).is(0x8086, 0xa110, 0).bridge(PortType.ROOT_PORT, 2, 2).separated().group(5)
                .make();
        FakePci.at(host, first, NIC).driver("igb").group(12).range(0xf0000000L, 0x100000, false).make();
        String second = FakePci.at(host, "pci0000:00", new Sbdf(0, 0, 1, 0)).is(0x8086, 0x1901, 0).bridge(PortType.ROOT_PORT, 3, 3).separated().group(6).make();
        FakePci.at(host, second, SCREEN).is(0x10de, 0x1b80, 0x030000).multifunction().driver("nouveau").group(13).make();
        FakePci.at(host, second, SOUND).is(0x10de, 0x10f0, 0x040300).multifunction().driver("snd_hda_intel").group(13).make();
        for (Sbdf function : List.of(NIC, SCREEN, SOUND, DRIVE)) {
            overridable(host, function);
            host.file("/sys/bus/pci/devices/" + function + "/reset_method", "flr bus\n");
        }
        return host;
    }

    /** Gives a function what a plan reads of it. */
    public static void overridable(FakeHost host, Sbdf function) {
        host.file("/sys/bus/pci/devices/" + function + "/driver_override", "(null)\n");
    }
}
