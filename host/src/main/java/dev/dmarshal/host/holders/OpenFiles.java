package dev.dmarshal.host.holders;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which processes have a device node open ({@code /proc/PID/fd}): VFIO groups and devices, DRM, sound, drives, user I/O, RDMA, vDPA, macvtap. */
final class OpenFiles {

    /** Classes whose entries have a device node, and the folder in which devtmpfs puts it. */
    private static final Map<String, String> NODES = Map.of("drm", "/dev/dri/", "sound", "/dev/snd/", "block", "/dev/", "nvme", "/dev/", "uio", "/dev/",
            "vfio-dev", "/dev/vfio/devices/", "infiniband_verbs", "/dev/infiniband/", "vhost-vdpa", "/dev/", "watchdog", "/dev/", "tty", "/dev/");
    private static final String GROUP = "/dev/vfio/";
    private static final int MOST_OPEN = 65_536;

    private final HostRoot host;
    private final DeviceNodes classes;
    private final HolderLedger ledger;
    private final Map<String, List<Sbdf>> owners = new HashMap<>();

    OpenFiles(HostRoot host, DeviceNodes classes, HolderLedger ledger) {
        this.host = host;
        this.classes = classes;
        this.ledger = ledger;
    }

    void read() {
        List<String> processes = host.list("/proc").present().orElse(List.of()).stream().filter(OpenFiles::number).toList();
        if (processes.stream().noneMatch(process -> host.has("/proc/" + process + "/fd"))) {
            ledger.unseen(HolderArea.PROCESSES, "/proc/*/fd: no process can be looked into");
            return;
        }
        readOwners();
        int hidden = 0;
        for (String process : processes) {
            hidden += readProcess(process) ? 0 : 1;
        }
        if (hidden > 0) {
            ledger.unseen(HolderArea.PROCESSES, "/proc/*/fd: " + hidden + " of " + processes.size() + " processes could not be looked into; root can");
        }
        if (contained()) {
            ledger.unseen(HolderArea.PROCESSES, "this is a container: processes outside it cannot be seen");
        }
    }

    private static boolean number(String name) {
        return !name.isEmpty() && name.chars().allMatch(digit -> digit >= '0' && digit <= '9');
    }

    /** What container runtimes leave behind: systemd's container interface and the marker files of Podman and Docker. */
    private boolean contained() {
        return host.has("/run/.containerenv") || host.has("/.dockerenv") || host.has("/run/systemd/container");
    }

    private void readOwners() {
        NODES.forEach((className, folder) -> {
            for (DeviceNodes.Node node : classes.of(className)) {
                if (!node.owners().isEmpty()) {
                    owners.put(folder + node.name(), node.owners());
                }
            }
        });
        for (DeviceNodes.Node tap : classes.of("macvtap")) {
            readTap(tap);
        }
        for (String gpu : host.list("/proc/driver/nvidia/gpus").present().orElse(List.of())) {
            String minor = host.text("/proc/driver/nvidia/gpus/" + gpu + "/information").present().orElse("").lines()
                    .filter(line -> line.startsWith("Device Minor:")).map(line -> line.substring("Device Minor:".length()).strip()).findFirst().orElse("");
            Sbdf.parse(gpu).filter(address -> number(minor)).ifPresent(address -> owners.put("/dev/nvidia" + minor, List.of(address)));
        }
    }

    /** The node of a macvtap is its guest's end of a card: {@code …/virtual/net/macvtap0/tap7}, with {@code lower_eth0} beside it (drivers/net/macvtap.c). */
    private void readTap(DeviceNodes.Node tap) {
        String[] path = tap.path().split("/");
        String folder = "/sys/class/net/" + (path.length > 1 ? path[path.length - 2] : "");
        Set<Sbdf> cards = new LinkedHashSet<>();
        for (String entry : host.list(folder).present().orElse(List.of())) {
            if (entry.startsWith("lower_")) {
                classes.of("net").stream().filter(node -> node.name().equals(entry.substring("lower_".length()))).forEach(node -> cards.addAll(node.owners()));
            }
        }
        if (!cards.isEmpty()) {
            owners.put("/dev/" + tap.name(), List.copyOf(cards));
        }
    }

    /** False if the process could not be looked into. One that has ended meanwhile counts as looked into. */
    private boolean readProcess(String process) {
        String folder = "/proc/" + process + "/fd";
        Reading<List<String>> open = host.list(folder);
        Set<String> nodes = new LinkedHashSet<>();
        for (String fd : open.present().orElse(List.of()).stream().limit(MOST_OPEN).toList()) {
            host.link(folder + "/" + fd).present().filter(target -> target.startsWith("/dev/")).ifPresent(nodes::add);
        }
        for (String node : nodes) {
            List<Sbdf> devices = ownersOf(node);
            if (!devices.isEmpty()) {
                String name = host.text("/proc/" + process + "/comm").present().map(text -> " (" + text.strip() + ")").orElse("");
                ledger.add(devices, node.startsWith(GROUP) ? HolderKind.GUEST : HolderKind.OPEN_FILE, "process " + process + name + " has " + node + " open",
                        folder);
            }
        }
        return open.trouble().isEmpty();
    }

    private List<Sbdf> ownersOf(String node) {
        if (node.startsWith(GROUP) && number(node.substring(GROUP.length()))) {
            String group = "/sys/kernel/iommu_groups/" + node.substring(GROUP.length()) + "/devices";
            return host.list(group).present().orElse(List.of()).stream().map(Sbdf::parse).flatMap(Optional::stream).toList();
        }
        return owners.getOrDefault(node, List.of());
    }
}
