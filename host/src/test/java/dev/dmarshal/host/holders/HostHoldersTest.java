package dev.dmarshal.host.holders;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.fake.FakeHost;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holders of every area, on hosts laid out by code. */
class HostHoldersTest {

    private static final String AHCI = "pci0000:00/0000:00:17.0";
    private static final Sbdf AHCI_AT = new Sbdf(0, 0, 0x17, 0);
    private static final String NIC = "pci0000:00/0000:00:1c.0/0000:02:00.0";
    private static final Sbdf NIC_AT = new Sbdf(0, 2, 0, 0);
    private static final String XHCI = "pci0000:00/0000:00:14.0";
    private static final Sbdf XHCI_AT = new Sbdf(0, 0, 0x14, 0);
    private static final String GPU = "pci0000:00/0000:00:01.0/0000:01:00.0";
    private static final Sbdf GPU_AT = new Sbdf(0, 1, 0, 0);

    @TempDir
    private Path folder;
    private FakeHost fake;

    @BeforeEach
    void layOut() {
        fake = new FakeHost(folder).folder("/sys/class/block").folder("/sys/class/net").folder("/sys/class/graphics").file("/proc/swaps", "Filename\n");
    }

    private HostHolders read() {
        return HostHolders.of(fake.host(), Optional.empty());
    }

    private List<HolderKind> kinds(Sbdf device) {
        return read().of(device).holders().stream().map(Holder::kind).toList();
    }

    @Test
    void findsTheRootThroughLuksLvmAndRaid() {
        fake.drive("sda", "8:0", AHCI + "/ata1").partition("sda", "sda2", "8:2", AHCI + "/ata1").drive("sdb", "8:16", XHCI + "/usb2")
                .stacked("md0", "9:0", "sda2", "sdb").stacked("dm-0", "253:0", "md0").stacked("dm-1", "253:1", "dm-0")
                .file("/sys/devices/virtual/block/dm-1/dm/name", "vg-root\n").file("/sys/devices/virtual/block/dm-1/dm/uuid", "LVM-abc\n")
                .file("/proc/self/mountinfo", "22 1 253:1 / / rw,relatime shared:1 - ext4 /dev/mapper/vg-root rw\n");
        assertThat(kinds(AHCI_AT)).startsWith(HolderKind.ROOT).contains(HolderKind.RAID, HolderKind.MAPPER, HolderKind.DRIVE);
        assertThat(kinds(XHCI_AT)).as("the second half of the mirror is on USB").startsWith(HolderKind.ROOT);
        assertThat(read().of(AHCI_AT).holders().getFirst().what()).isEqualTo("ext4 mounted on / from dm-1 (vg-root) on dm-0");
    }

    @Test
    void findsSwapBootAndUnmountedData() {
        fake.drive("sda", "8:0", AHCI + "/ata1").partition("sda", "sda1", "8:1", AHCI + "/ata1").partition("sda", "sda3", "8:3", AHCI + "/ata1")
                .drive("sdb", "8:16", XHCI + "/usb2").file("/proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n/dev/sda3    partition 8 0 -2\n")
                .file("/run/udev/data/b8:1", "S:disk/by-id/x\nE:ID_PART_ENTRY_TYPE=c12a7328-f81f-11d2-ba4b-00a0c93ec93b\n")
                .file("/run/udev/data/b8:16", "E:ID_FS_TYPE=ext4\nE:ID_FS_LABEL=photos\n");
        assertThat(kinds(AHCI_AT)).startsWith(HolderKind.SWAP, HolderKind.BOOT);
        assertThat(read().of(XHCI_AT).of(Stake.NOTICE)).extracting(Holder::what).contains("sdb holds ext4 \"photos\"");
    }

    @Test
    void findsEveryMemberOfABtrfsAndTheRootOfAZfsPool() {
        fake.drive("sda", "8:0", AHCI + "/ata1").drive("sdb", "8:16", XHCI + "/usb2").file("/proc/mounts", "/dev/sda /srv btrfs rw 0 0\n")
                .folder("/sys/fs/btrfs/11/devices/sda").folder("/sys/fs/btrfs/11/devices/sdb");
        assertThat(kinds(XHCI_AT)).contains(HolderKind.MOUNT);
        fake.file("/proc/mounts", "tank/root / zfs rw 0 0\n").file("/run/udev/data/b8:0", "E:ID_FS_TYPE=zfs_member\nE:ID_FS_LABEL=tank\n");
        assertThat(kinds(AHCI_AT)).contains(HolderKind.ROOT);
        fake.file("/proc/mounts", "pool2/root / zfs rw 0 0\n");
        assertThat(kinds(AHCI_AT)).doesNotContain(HolderKind.ROOT);
        assertThat(read().unseen(HolderArea.STORAGE)).anyMatch(why -> why.contains("pool2"));
    }

    @Test
    void followsNativeMultipathToTheControllersAndVmdToItsEndpoint() {
        fake.classEntry("nvme", "nvme0", "pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/10000:e1:00.0/nvme/nvme0")
                .folder("/sys/class/nvme-subsystem/nvme-subsys0/nvme0").drive("nvme0n1", "259:0", "virtual/nvme-subsystem/nvme-subsys0")
                .file("/proc/mounts", "/dev/nvme0n1 / ext4 rw 0 0\n");
        fake.link("/sys/class/block/nvme0n1", "/sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1");
        assertThat(kinds(new Sbdf(0x10000, 0xe1, 0, 0))).contains(HolderKind.ROOT);
        assertThat(kinds(new Sbdf(0, 0, 0x0e, 0))).as("the VMD takes its segment with it").contains(HolderKind.ROOT);
        assertThat(kinds(new Sbdf(0x10000, 0xe0, 6, 0))).as("bridges between are not handed over").isEmpty();
    }

    @Test
    void aRootThatCannotBeTracedIsUnseenAndNotAbsent() {
        fake.file("/proc/mounts", "overlay / overlay rw 0 0\n");
        assertThat(read().unseen(HolderArea.STORAGE)).anyMatch(why -> why.contains("overlay"));
    }

    @Test
    void findsRoutesThroughBridgesBondsAndTheSession() {
        fake.network("eth0", NIC).upper("eth0", NIC, "bond0").file("/sys/devices/virtual/net/bond0/uevent", "DEVTYPE=bond\n")
                .link("/sys/devices/virtual/net/bond0/upper_br0", "/sys/devices/virtual/net/br0").classEntry("net", "br0", "virtual/net/br0")
                .file("/proc/net/route", "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\n"
                        + "br0\t00000000\t0102A8C0\t0003\t0\t0\t0\t00000000\t0\nbr0\t0002A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\n");
        assertThat(kinds(NIC_AT)).containsExactly(HolderKind.DEFAULT_ROUTE, HolderKind.NET_PORT);
        HostHolders asked = HostHolders.of(fake.host(), Optional.of("198.51.100.7 50000 192.168.2.9 22"));
        assertThat(asked.of(NIC_AT).holders()).extracting(Holder::kind).contains(HolderKind.SESSION);
        assertThat(asked.of(NIC_AT).holders()).extracting(Holder::what).contains("eth0 is a port of bond bond0, br0");
    }

    @Test
    void findsTheSessionByItsSixthVersionAddress() {
        fake.network("eth0", NIC).file("/proc/net/route", "Iface\n").file("/proc/net/if_inet6", "20010db8000000000000000000000005 02 40 00 80 eth0\n");
        HostHolders asked = HostHolders.of(fake.host(), Optional.of("2001:db8::1 50000 2001:db8::5 22"));
        assertThat(asked.of(NIC_AT).holders()).extracting(Holder::kind).contains(HolderKind.SESSION);
        HostHolders other = HostHolders.of(fake.host(), Optional.of("2001:db8::1 50000 2001:db8::6 22"));
        assertThat(other.unseen(HolderArea.NETWORK)).anyMatch(why -> why.contains("SSH_CONNECTION"));
    }

    @Test
    void aConsoleIsTheOnlyOneUnlessALineHasOneToo() {
        fake.classEntry("graphics", "fb0", GPU + "/graphics/fb0").file("/sys/class/vtconsole/vtcon1/name", "(M) frame buffer device\n")
                .file("/sys/class/vtconsole/vtcon1/bind", "1\n").file("/sys/class/tty/console/active", "tty0\n");
        assertThat(kinds(GPU_AT)).containsExactly(HolderKind.ONLY_CONSOLE);
        fake.file("/sys/class/tty/console/active", "tty0 ttyS0\n");
        assertThat(kinds(GPU_AT)).containsExactly(HolderKind.FRAME_BUFFER);
        fake.file("/sys/class/vtconsole/vtcon1/bind", "0\n");
        assertThat(kinds(GPU_AT)).isEmpty();
    }

    @Test
    void firmwaresFrameBufferBelongsToTheDeviceWhoseMemoryItLiesIn() {
        fake.classEntry("graphics", "fb0", "platform/efi-framebuffer.0/graphics/fb0").file("/sys/class/vtconsole/vtcon1/name", "(M) frame buffer device\n")
                .file("/sys/class/vtconsole/vtcon1/bind", "1\n").file("/sys/class/tty/console/active", "tty0\n")
                .file("/proc/iomem", "00000000-00000000 : PCI Bus 0000:00\n  00000000-00000000 : PCI Bus 0000:01\n"
                        + "    00000000-00000000 : 0000:01:00.0\n      00000000-00000000 : efifb\n");
        assertThat(kinds(GPU_AT)).containsExactly(HolderKind.ONLY_CONSOLE);
    }

    @Test
    void knowsTheControllerOfTheOnlyKeyboard() {
        String usb = "N: Name=\"A keyboard\"\nS: Sysfs=/devices/" + XHCI + "/usb1/1-2/input/input5\nH: Handlers=sysrq kbd event3 leds\n\n";
        String button = "N: Name=\"Power Button\"\nS: Sysfs=/devices/LNXSYSTM:00/input/input0\nH: Handlers=kbd event0\n\n";
        fake.file("/proc/bus/input/devices", button + usb);
        assertThat(kinds(XHCI_AT)).containsExactly(HolderKind.ONLY_KEYBOARD);
        fake.file("/proc/bus/input/devices", usb + "N: Name=\"AT\"\nS: Sysfs=/devices/platform/i8042/serio0/input/input1\nH: Handlers=sysrq kbd leds\n");
        assertThat(kinds(XHCI_AT)).containsExactly(HolderKind.KEYBOARD);
    }

    @Test
    void findsProcessesBehindVfioGroupsAndDeviceNodes() {
        fake.folder("/sys/kernel/iommu_groups/13/devices/0000:01:00.0").folder("/sys/kernel/iommu_groups/13/devices/0000:01:00.1")
                .classEntry("drm", "card1", NIC + "/drm/card1").link("/proc/77/fd/9", "/dev/vfio/13").file("/proc/77/comm", "qemu-system-x86\n")
                .link("/proc/78/fd/4", "/dev/dri/card1").file("/proc/78/comm", "Xorg\n");
        assertThat(read().of(GPU_AT.withFunction(1)).holders()).extracting(Holder::what)
                .containsExactly("process 77 (qemu-system-x86) has /dev/vfio/13 open");
        assertThat(kinds(NIC_AT)).containsExactly(HolderKind.OPEN_FILE);
        assertThat(read().unseen(HolderArea.PROCESSES)).isEmpty();
    }

    @Test
    void aCaptureWithoutProcessesDoesNotSayThatNobodyHoldsTheDevice() {
        assertThat(read().unseen(HolderArea.PROCESSES)).isNotEmpty();
        assertThat(read().unseen(HolderArea.INPUT)).isNotEmpty();
        assertThat(read().unseen(HolderArea.NETWORK)).isNotEmpty();
    }

    @Test
    void findsRunningStreamsAndSerialConsoles() {
        fake.classEntry("sound", "card0", GPU + "/sound/card0").file("/proc/asound/card0/pcm3p/sub0/status", "state: RUNNING\nowner_pid : 9\n")
                .classEntry("tty", "ttyS4", XHCI + "/tty/ttyS4").file("/sys/class/tty/console/active", "ttyS4\n");
        assertThat(kinds(GPU_AT)).containsExactly(HolderKind.SOUND);
        assertThat(kinds(XHCI_AT)).containsExactly(HolderKind.SERIAL_CONSOLE);
    }
}
