package dev.dmarshal.host.holders;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Block devices and what lies on what: partitions, device-mapper, md, bcache ({@code slaves/} of Documentation/ABI/stable/sysfs-block), NVMe multipath. */
final class BlockGraph {

    private static final String CLASS = "/sys/class/block/";
    private static final int DEEPEST = 32;

    private final HostRoot host;
    private final Map<String, DeviceNodes.Node> nodes = new LinkedHashMap<>();
    private final Map<String, String> byNumber = new HashMap<>();
    private final Map<String, String> byMapperName = new HashMap<>();
    private final Map<String, List<String>> below = new HashMap<>();
    private final Map<String, List<Sbdf>> nvmeControllers = new HashMap<>();

    BlockGraph(HostRoot host, DeviceNodes classes) {
        this.host = host;
        for (DeviceNodes.Node node : classes.of("nvme")) {
            nvmeControllers.put(node.name(), node.owners());
        }
        for (DeviceNodes.Node node : classes.of("block")) {
            nodes.put(node.name(), node);
            host.text(CLASS + node.name() + "/dev").present().ifPresent(number -> byNumber.put(number.strip(), node.name()));
            if (virtual(node)) {
                below.put(node.name(), host.list(CLASS + node.name() + "/slaves").present().orElse(List.of()));
                if (node.name().startsWith("dm-")) {
                    host.text(CLASS + node.name() + "/dm/name").present().ifPresent(name -> byMapperName.put(name.strip(), node.name()));
                }
            }
        }
    }

    private static boolean virtual(DeviceNodes.Node node) {
        return node.owners().isEmpty();
    }

    Collection<String> names() {
        return nodes.keySet();
    }

    Optional<String> byNumber(String device) {
        return Optional.ofNullable(byNumber.get(device));
    }

    Optional<String> number(String name) {
        return host.text(CLASS + name + "/dev").present().map(String::strip);
    }

    /** The block device of a node such as {@code /dev/sda1} or {@code /dev/mapper/vg-root}. */
    Optional<String> byNode(String node) {
        if (node.startsWith("/dev/mapper/")) {
            return Optional.ofNullable(byMapperName.get(node.substring("/dev/mapper/".length())));
        }
        String name = node.startsWith("/dev/") ? node.substring("/dev/".length()).replace('/', '!') : "";
        return nodes.containsKey(name) ? Optional.of(name) : Optional.empty();
    }

    /** The devices that a stacked one lies on. */
    List<String> below(String name) {
        return below.getOrDefault(name, List.of());
    }

    /** Whether a device is itself a piece of hardware's, and not stacked on others. */
    boolean hardware(String name) {
        return nodes.containsKey(name) && !owners(name).isEmpty() && below(name).isEmpty();
    }

    /** Whether it is a partition. */
    boolean partition(String name) {
        return nodes.containsKey(name) && diskOf(name).isPresent();
    }

    /** The disk of a partition: sysfs nests it in the disk's folder. */
    Optional<String> diskOf(String name) {
        String[] parts = nodes.get(name).path().split("/");
        return parts.length > 1 && nodes.containsKey(parts[parts.length - 2]) ? Optional.of(parts[parts.length - 2]) : Optional.empty();
    }

    /** The PCI functions that a device's bytes go through, down all layers. */
    List<Sbdf> owners(String name) {
        Set<Sbdf> owners = new LinkedHashSet<>();
        descend(name, 0, new LinkedHashSet<>(), owners);
        return List.copyOf(owners);
    }

    private void descend(String name, int depth, Set<String> seen, Set<Sbdf> owners) {
        DeviceNodes.Node node = nodes.get(name);
        if (node == null || depth > DEEPEST || !seen.add(name)) {
            return;
        }
        owners.addAll(node.owners());
        owners.addAll(multipath(node));
        for (String lower : below(name)) {
            descend(lower, depth + 1, seen, owners);
        }
        if (node.owners().isEmpty()) {
            diskOf(name).ifPresent(disk -> descend(disk, depth + 1, seen, owners));
        }
    }

    /** With native multipath an NVMe drive hangs on a virtual subsystem; its controllers are entries there (drivers/nvme/host/multipath.c). */
    private List<Sbdf> multipath(DeviceNodes.Node node) {
        int at = node.path().indexOf("/nvme-subsystem/");
        if (at < 0) {
            return List.of();
        }
        String subsystem = node.path().substring(at + "/nvme-subsystem/".length()).split("/")[0];
        List<Sbdf> owners = new ArrayList<>();
        for (String entry : host.list("/sys/class/nvme-subsystem/" + subsystem).present().orElse(List.of())) {
            owners.addAll(nvmeControllers.getOrDefault(entry, List.of()));
        }
        return owners;
    }

    /** A stacked device's name and what it is made of, in words: {@code dm-0 (vg-root) on nvme0n1p3}. */
    String words(String name) {
        String alias = host.text(CLASS + name + "/dm/name").present().map(text -> " (" + text.strip() + ")").orElse("");
        List<String> lower = below(name);
        return name + alias + (lower.isEmpty() ? "" : " on " + String.join(", ", lower.stream().limit(4).toList()) + (lower.size() > 4 ? ", …" : ""));
    }

    /** The kind of layer that a stacked device is. */
    Optional<HolderKind> layer(String name) {
        if (name.startsWith("md")) {
            return Optional.of(HolderKind.RAID);
        }
        if (name.startsWith("dm-")) {
            return Optional.of(HolderKind.MAPPER);
        }
        return name.startsWith("bcache") ? Optional.of(HolderKind.BCACHE) : Optional.empty();
    }

    /** What kind of mapping a device-mapper device is, by the prefix of its uuid (LVM2, cryptsetup and multipath-tools write it). */
    String mapping(String name) {
        String uuid = host.text(CLASS + name + "/dm/uuid").present().orElse("").strip();
        if (uuid.startsWith("LVM-")) {
            return "LVM volume";
        }
        if (uuid.startsWith("CRYPT-")) {
            return "encrypted volume";
        }
        return uuid.startsWith("mpath-") ? "multipath device" : "device-mapper device";
    }
}
