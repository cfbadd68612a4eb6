package dev.dmarshal.doctor.assign;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.config.PortType;
import dev.dmarshal.host.fake.FakeHost;
import dev.dmarshal.host.fake.FakePci;
import dev.dmarshal.host.survey.HostSurvey;
import dev.dmarshal.host.survey.Surveyor;
import java.nio.file.Path;
import java.util.Optional;

/** Hosts on which everything is in order, for tests to spoil one thing at a time. */
final class FakeMachineRoom {

    static final Sbdf PORT = new Sbdf(0, 0, 0x1c, 0);
    static final Sbdf NIC = new Sbdf(0, 2, 0, 0);

    private FakeMachineRoom() {
    }

    /** An IOMMU that is on, remapped interrupts, all areas of holders to be seen, no device. */
    static FakeHost host(Path folder) {
        return new FakeHost(folder).file("/proc/sys/kernel/osrelease", "6.12.0\n").file("/proc/cpuinfo", "address sizes\t: 39 bits physical, 48 bits virtual\n")
                .file("/proc/interrupts", "  24:  0  IR-PCI-MSI-0000:00:1c.0 0-edge\n").file("/sys/class/iommu/dmar0/intel-iommu/cap", "1d2008c40660462\n")
                .file("/sys/class/iommu/dmar0/intel-iommu/ecap", "f050da\n").folder("/sys/class/block").folder("/sys/class/net").folder("/sys/class/graphics")
                .file("/proc/swaps", "Filename\n").file("/proc/self/mountinfo", "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n").file("/proc/net/route", "Iface\n")
                .file("/proc/bus/input/devices", "\n").folder("/proc/1/fd").folder("/sys/devices/pci0000:00");
    }

    /** The same with a drive for the root, a root port with ACS, and a network card alone below it, in group 12. */
    static FakeHost withCard(Path folder) {
        FakeHost host = host(folder);
        String ahci = FakePci.at(host, "pci0000:00", new Sbdf(0, 0, 0x17, 0)).is(0x8086, 0xa102, 0x010601).type(Optional.empty()).driver("ahci").group(3)
                .make();
        host.drive("sda", "8:0", ahci + "/ata1").partition("sda", "sda1", "8:1", ahci + "/ata1");
        String port = FakePci.at(host, "pci0000:00", PORT).is(0x8086, 0xa110, 0).bridge(PortType.ROOT_PORT, 2, 2).separated().group(5).make();
        FakePci.at(host, port, NIC).driver("igb").group(12).range(0xf0000000L, 0x100000, false).make();
        host.file("/sys/bus/pci/devices/" + NIC + "/reset_method", "flr bus\n");
        return host;
    }

    static HostSurvey look(FakeHost host) {
        return Surveyor.survey(host.host(), Optional.empty());
    }

    static Assignability judge(FakeHost host, Sbdf device) {
        return Assigner.forKvm(look(host)).judge(device).orElseThrow();
    }
}
