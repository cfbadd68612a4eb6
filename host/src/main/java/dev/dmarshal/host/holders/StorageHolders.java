package dev.dmarshal.host.holders;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Who holds a device through its drives: mounts, swap, arrays, volumes, pools, and data that nobody uses now. */
final class StorageHolders {

    /** Partition type of the EFI system partition (UEFI specification, 5.3.3). */
    private static final String EFI_SYSTEM = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b";
    private static final Set<String> BOOT_POINTS = Set.of("/boot", "/boot/efi", "/efi", "/boot/firmware");
    private static final Set<String> SYSTEM_POINTS = Set.of("/usr", "/var", "/nix", "/nix/store");
    /** File systems whose source is not a block device of this machine and never was. */
    private static final Set<String> WITHOUT_DRIVE = Set.of("autofs", "bpf", "cgroup", "cgroup2", "configfs", "debugfs", "devpts", "devtmpfs", "efivarfs",
            "fusectl", "hugetlbfs", "mqueue", "nsfs", "proc", "pstore", "ramfs", "rpc_pipefs", "securityfs", "selinuxfs", "sysfs", "tmpfs", "tracefs", "xenfs",
            "binfmt_misc", "rootfs");

    private final HostRoot host;
    private final HolderLedger ledger;
    private final DeviceNodes classes;
    private final BlockGraph graph;

    StorageHolders(HostRoot host, DeviceNodes classes, HolderLedger ledger) {
        this.host = host;
        this.ledger = ledger;
        this.classes = classes;
        this.graph = new BlockGraph(host, classes);
    }

    void read() {
        classes.trouble("block").ifPresent(why -> ledger.unseen(HolderArea.STORAGE, why));
        readMounts();
        readSwaps();
        graph.names().forEach(this::readLayer);
        graph.names().forEach(this::readRecord);
    }

    private void readMounts() {
        Reading<List<MountTable.Mount>> mounts = MountTable.of(host);
        List<MountTable.Mount> list = mounts.present().orElse(List.of());
        if (list.isEmpty()) {
            ledger.unseen(HolderArea.STORAGE, mounts.trouble().orElse(mounts.path() + ": no mounts in it"));
        }
        Set<String> seen = new LinkedHashSet<>();
        for (MountTable.Mount mount : list) {
            if (!WITHOUT_DRIVE.contains(mount.type()) && seen.add(mount.device() + " " + mount.source() + " " + mount.point())) {
                readMount(mount, mounts.path());
            } else if (mount.point().equals("/") && list.stream().noneMatch(other -> other != mount && other.point().equals("/"))) {
                ledger.unseen(HolderArea.STORAGE, mounts.path() + ": / is a " + mount.type() + "; which drive the system came from is not in it");
            }
        }
    }

    private void readMount(MountTable.Mount mount, String evidence) {
        if (mount.type().equals("zfs")) {
            readPool(mount, evidence);
            return;
        }
        Optional<String> block = mount.device().flatMap(graph::byNumber).or(() -> graph.byNode(mount.source()));
        List<Sbdf> owners = block.map(this::ownersWithBtrfs).orElse(List.of());
        if (owners.isEmpty() && mount.point().equals("/")) {
            ledger.unseen(HolderArea.STORAGE, evidence + ": / is " + mount.type() + " from " + mount.source() + "; which drive that is on cannot be told");
        }
        String on = block.map(graph::words).orElse(mount.source());
        ledger.add(owners, kind(mount.point()), mount.type() + " mounted on " + mount.point() + " from " + on, evidence);
    }

    private static HolderKind kind(String point) {
        if (point.equals("/")) {
            return HolderKind.ROOT;
        }
        if (BOOT_POINTS.contains(point)) {
            return HolderKind.BOOT;
        }
        return SYSTEM_POINTS.contains(point) ? HolderKind.SYSTEM_FILES : HolderKind.MOUNT;
    }

    /** A btrfs may span drives, of which the mount names one ({@code /sys/fs/btrfs/UUID/devices}). */
    private List<Sbdf> ownersWithBtrfs(String block) {
        Set<Sbdf> owners = new LinkedHashSet<>(graph.owners(block));
        for (String uuid : host.list("/sys/fs/btrfs").present().orElse(List.of())) {
            List<String> members = host.list("/sys/fs/btrfs/" + uuid + "/devices").present().orElse(List.of());
            if (members.contains(block)) {
                members.forEach(member -> owners.addAll(graph.owners(member)));
            }
        }
        return List.copyOf(owners);
    }

    /** The kernel's files do not tell a pool's members; udev's records of labels do, where they are there. */
    private void readPool(MountTable.Mount mount, String evidence) {
        String pool = mount.source().split("/")[0];
        Set<Sbdf> owners = new LinkedHashSet<>();
        for (String name : graph.names()) {
            graph.number(name).flatMap(number -> UdevRecord.ofBlock(host, number)).filter(record -> record.get("ID_FS_LABEL").filter(pool::equals).isPresent()
                    && record.get("ID_FS_TYPE").filter("zfs_member"::equals).isPresent()).ifPresent(record -> owners.addAll(graph.owners(name)));
        }
        if (owners.isEmpty()) {
            ledger.unseen(HolderArea.STORAGE, evidence + ": " + mount.point() + " is in ZFS pool " + pool + ", whose drives no readable file names");
        }
        HolderKind kind = kind(mount.point());
        ledger.add(owners, kind == HolderKind.MOUNT ? HolderKind.ZFS : kind, "ZFS pool " + pool + ", mounted on " + mount.point(), evidence);
    }

    private void readSwaps() {
        Reading<String> swaps = host.text("/proc/swaps");
        if (swaps.present().isEmpty()) {
            ledger.unseen(HolderArea.STORAGE, swaps.trouble().orElse("/proc/swaps is not there"));
        }
        swaps.present().ifPresent(text -> text.lines().skip(1).forEach(line -> {
            String node = line.split("[ \t]", 2)[0];
            graph.byNode(node).ifPresent(block -> ledger.add(graph.owners(block), HolderKind.SWAP, "swap on " + graph.words(block), "/proc/swaps"));
        }));
    }

    /** An array or volume holds its members whether or not anything is mounted from it. */
    private void readLayer(String name) {
        Optional<HolderKind> layer = graph.layer(name);
        if (layer.isEmpty() || graph.below(name).isEmpty()) {
            return;
        }
        String what = switch (layer.get()) {
            case RAID -> "md array ";
            case BCACHE -> "bcache ";
            default -> graph.mapping(name) + " ";
        };
        ledger.add(graph.owners(name), layer.get(), what + graph.words(name), "/sys/class/block/" + name + "/slaves");
    }

    private void readRecord(String name) {
        if (!graph.hardware(name)) {
            return;
        }
        List<Sbdf> owners = graph.owners(name);
        if (!graph.partition(name)) {
            ledger.add(owners, HolderKind.DRIVE, "drive " + name, "/sys/class/block/" + name);
        }
        Optional<UdevRecord> record = graph.number(name).flatMap(number -> UdevRecord.ofBlock(host, number));
        if (record.isEmpty()) {
            return;
        }
        UdevRecord noted = record.get();
        if (noted.get("ID_PART_ENTRY_TYPE").filter(EFI_SYSTEM::equalsIgnoreCase).isPresent()) {
            ledger.add(owners, HolderKind.BOOT, "EFI system partition " + name, noted.path());
        }
        noted.get("ID_FS_TYPE").ifPresent(type -> {
            boolean imported = type.equals("zfs_member") && noted.get("ID_FS_LABEL").filter(label -> host.has("/proc/spl/kstat/zfs/" + label)).isPresent();
            String label = noted.get("ID_FS_LABEL").map(text -> " \"" + text + "\"").orElse("");
            ledger.add(owners, imported ? HolderKind.ZFS : HolderKind.SIGNATURE, imported ? "ZFS pool" + label + " is imported, with " + name
                    : name + " holds " + type + label, noted.path());
        });
    }
}
