package dev.dmarshal.host.fake;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.config.PortType;
import java.nio.file.Path;
import java.util.Optional;

/** A host on which every sort of holder that is looked for holds something, booted through every sort of boot loader's files. */
public final class BusyHost {

    /** A SATA controller with the root, swap, RAID, LVM and a pool on its drives. */
    public static final Sbdf DISKS = new Sbdf(0, 0, 0x17, 0);
    /** A network card with routes, a bond, a guest's macvtap, vDPA and RDMA. */
    public static final Sbdf NETWORK = new Sbdf(0, 2, 0, 0);
    /** A display with the console, a screen, sound and a program that draws. */
    public static final Sbdf DISPLAY = new Sbdf(0, 1, 0, 0);
    /** A card that a guest has. */
    public static final Sbdf GIVEN = new Sbdf(0, 3, 0, 0);
    /** A USB controller with the only keyboard, and the TPM, watchdog and serial line that other hosts have elsewhere. */
    public static final Sbdf SERIAL = new Sbdf(0, 0, 0x14, 0);

    private BusyHost() {
    }

    /** Lays it out. */
    public static FakeHost at(Path folder) {
        FakeHost host = new FakeHost(folder);
        machine(host);
        disks(host, FakePci.at(host, "pci0000:00", DISKS).is(0x8086, 0xa102, 0x010601).type(Optional.empty()).driver("ahci").group(3).make());
        String port = FakePci.at(host, "pci0000:00", new Sbdf(0, 0, 0x1c, 0)).is(0x8086, 0xa110, 0).bridge(PortType.ROOT_PORT, 2, 2).separated().group(5)
                .make();
        network(host, FakePci.at(host, port, NETWORK).driver("mlx5_core").group(12).range(0xf0000000L, 0x100000, false).make());
        String slot = FakePci.at(host, "pci0000:00", new Sbdf(0, 0, 1, 0)).is(0x8086, 0x1901, 0).bridge(PortType.ROOT_PORT, 1, 1).separated().group(4).make();
        display(host, FakePci.at(host, slot, DISPLAY).is(0x10de, 0x1c82, 0x030000).driver("nvidia").group(11).make());
        String other = FakePci.at(host, "pci0000:00", new Sbdf(0, 0, 0x1d, 0)).is(0x8086, 0xa118, 0).bridge(PortType.ROOT_PORT, 3, 3).separated().group(6)
                .make();
        String given = FakePci.at(host, other, GIVEN).is(0x144d, 0xa80a, 0x010802).driver("vfio-pci").group(13).make();
        host.classEntry("vfio-dev", "vfio0", given + "/vfio-dev/vfio0").link("/proc/70/fd/9", "/dev/vfio/13").link("/proc/70/fd/10", "/dev/vfio/devices/vfio0")
                .file("/proc/70/comm", "qemu-system-x86\n");
        serial(host, FakePci.at(host, "pci0000:00", SERIAL).is(0x8086, 0xa12f, 0x0c0330).type(Optional.empty()).driver("xhci_hcd").group(7).make());
        loaders(host);
        return host;
    }

    private static void machine(FakeHost host) {
        host.file("/proc/sys/kernel/osrelease", "6.12.0-9-amd64\n").file("/proc/version", "Linux version 6.12.0-9-amd64\n")
                .file("/proc/cpuinfo", "vendor_id\t: GenuineIntel\nflags\t\t: fpu vmx\naddress sizes\t: 39 bits physical, 48 bits virtual\n")
                .file("/proc/interrupts", " 24:  0  IR-PCI-MSI-0000:00:1c.0 0-edge\n").file("/sys/class/iommu/dmar0/intel-iommu/cap", "1d2008c40660462\n")
                .file("/sys/class/iommu/dmar0/intel-iommu/ecap", "f050da\n").file("/sys/class/iommu/dmar0/intel-iommu/address", "fed90000\n")
                .file("/proc/cmdline", "BOOT_IMAGE=/vmlinuz root=/dev/mapper/vg-root ro intel_iommu=on\n").folder("/proc/1/fd").folder("/dev/vfio")
                .file("/sys/kernel/debug/iommu/intel/iommu_regset", "IOMMU: dmar0 Register Base Address: fed90000\n").folder("/sys/bus/pci/slots")
                .file("/boot/config-6.12.0-9-amd64", "CONFIG_INTEL_IOMMU=y\nCONFIG_VFIO_PCI=m\n").folder("/sys/module/vfio_pci").folder("/sys/module/kvm");
    }

    private static void disks(FakeHost host, String ahci) {
        String ata = ahci + "/ata1";
        host.drive("sda", "8:0", ata).partition("sda", "sda1", "8:1", ata).partition("sda", "sda2", "8:2", ata).partition("sda", "sda3", "8:3", ata)
                .drive("sdb", "8:16", ahci + "/ata2").drive("sdc", "8:32", ahci + "/ata3").drive("sdd", "8:48", ahci + "/ata4")
                .stacked("md0", "9:0", "sda2").stacked("dm-0", "253:0", "md0").file("/sys/devices/virtual/block/dm-0/dm/name", "vg-root\n")
                .file("/sys/devices/virtual/block/dm-0/dm/uuid", "LVM-abcdef\n")
                .file("/proc/self/mountinfo", "22 1 253:0 / / rw,relatime shared:1 - ext4 /dev/mapper/vg-root rw\n"
                        + "23 22 8:32 /@home/molly /home/molly rw - btrfs /dev/sdc rw,subvol=/@home\n24 22 0:40 / /srv rw - zfs tank/srv rw\n")
                .file("/proc/mounts", "/dev/mapper/vg-root / ext4 rw 0 0\n").folder("/sys/fs/btrfs/11/devices/sdc").folder("/sys/fs/btrfs/11/devices/sdd")
                .file("/proc/swaps", "Filename\tType\n/dev/sda3    partition 8 0 -2\n").folder("/proc/spl/kstat/zfs/tank")
                .file("/run/udev/data/b8:1", "S:disk/by-id/ata-SAMSUNG_S4EWNX0R\nE:ID_SERIAL_SHORT=S4EWNX0R\n"
                        + "E:ID_PART_ENTRY_TYPE=c12a7328-f81f-11d2-ba4b-00a0c93ec93b\nE:ID_FS_LABEL=sprawl\n")
                .file("/run/udev/data/b8:16", "E:ID_FS_TYPE=zfs_member\nE:ID_FS_LABEL=tank\nE:ID_FS_UUID=5fa01c7e-0b1d-4a52-9d6f-0c54a1bb0e77\n")
                .link("/proc/71/fd/3", "/dev/sdb").file("/proc/71/comm", "smartd\n");
    }

    private static void network(FakeHost host, String card) {
        host.network("eth0", card).upper("eth0", card, "bond0").file("/sys/devices/virtual/net/bond0/uevent", "DEVTYPE=bond\n")
                .upper("eth0", card, "macvtap0").link("/sys/devices/virtual/net/macvtap0/lower_eth0", "/sys/devices/" + card + "/net/eth0")
                .classEntry("macvtap", "tap7", "virtual/net/macvtap0/tap7").link("/proc/72/fd/30", "/dev/tap7").file("/proc/72/comm", "qemu-system-x86\n")
                .classEntry("vhost-vdpa", "vhost-vdpa-0", card + "/vdpa0/vhost-vdpa-0").link("/proc/72/fd/31", "/dev/vhost-vdpa-0")
                .classEntry("infiniband", "mlx5_0", card + "/infiniband/mlx5_0").classEntry("infiniband_verbs", "uverbs0", card + "/infiniband_verbs/uverbs0")
                .link("/proc/73/fd/5", "/dev/infiniband/uverbs0").file("/proc/73/comm", "storaged\n").classEntry("uio", "uio0", card + "/uio/uio0")
                .file("/proc/net/route", "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\n"
                        + "bond0\t00000000\t0102A8C0\t0003\t0\t0\t0\t00000000\t0\n");
    }

    private static void display(FakeHost host, String card) {
        host.classEntry("drm", "card0", card + "/drm/card0").classEntry("drm", "card0-DP-1", card + "/drm/card0/card0-DP-1")
                .file("/sys/devices/" + card + "/drm/card0/card0-DP-1/status", "connected\n").file("/sys/devices/" + card + "/boot_vga", "1\n")
                .classEntry("graphics", "fb0", card + "/graphics/fb0").file("/sys/devices/" + card + "/graphics/fb0/name", "nvidia-drmdrmfb\n")
                .file("/sys/class/vtconsole/vtcon1/name", "(M) frame buffer device\n").file("/sys/class/vtconsole/vtcon1/bind", "1\n")
                .file("/sys/class/tty/console/active", "tty0 ttyS4\n").classEntry("sound", "card0", card + "/sound/card0")
                .file("/proc/asound/card0/pcm3p/sub0/status", "state: RUNNING\nowner_pid : 74\n").link("/proc/74/fd/4", "/dev/dri/card0")
                .file("/proc/74/comm", "Xorg\n").file("/proc/driver/nvidia/gpus/0000:01:00.0/information", "Model: \t\t made up\nDevice Minor: \t 0\n")
                .link("/proc/74/fd/5", "/dev/nvidia0").file("/proc/iomem", "00000000-00000000 : PCI Bus 0000:00\n");
    }

    private static void serial(FakeHost host, String controller) {
        host.file("/proc/bus/input/devices", "N: Name=\"A keyboard\"\nS: Sysfs=/devices/" + controller + "/usb1/1-2/input/input5\nH: Handlers=sysrq kbd\n\n")
                .classEntry("tty", "ttyS4", controller + "/tty/ttyS4").link("/proc/75/fd/0", "/dev/ttyS4").file("/proc/75/comm", "agetty\n")
                .classEntry("watchdog", "watchdog0", controller + "/watchdog/watchdog0")
                .file("/sys/devices/" + controller + "/watchdog/watchdog0/state", "active\n").classEntry("tpm", "tpm0", controller + "/tpm/tpm0");
    }

    private static void loaders(FakeHost host) {
        host.file("/etc/default/grub", "GRUB_CMDLINE_LINUX_DEFAULT=\"intel_iommu=on\"\n").file("/etc/default/grub.d/10.cfg", "GRUB_TIMEOUT=3\n")
                .file("/boot/grub/grub.cfg", "menuentry 'Debian' {\n linux /vmlinuz root=UUID=1 ro intel_iommu=on\n}\n").file("/boot/grub/grubenv", "# env\n")
                .file("/boot/efi/EFI/debian/grub.cfg", "configfile /boot/grub/grub.cfg\n").file("/boot/loader/entries/a.conf", "options quiet\n")
                .file("/etc/kernel/cmdline", "quiet\n").file("/etc/kernelstub/configuration", "{}\n").file("/etc/kernel/proxmox-boot-uuids", "\n");
    }
}
