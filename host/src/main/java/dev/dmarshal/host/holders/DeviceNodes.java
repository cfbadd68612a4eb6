package dev.dmarshal.host.holders;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The entries of {@code /sys/class}, each with its place in the device tree and the PCI functions above it. */
final class DeviceNodes {

    /**
     * One entry.
     *
     * @param name   such as {@code sda1}, {@code eth0}, {@code card0}
     * @param path   where its link leads, below {@code /sys/devices}
     * @param owners PCI functions that it hangs on; empty for virtual ones
     */
    record Node(String name, String path, List<Sbdf> owners) {
    }

    private static final int MOST_ENTRIES = 65_536;

    private final HostRoot host;
    private final Map<String, List<Node>> byClass = new HashMap<>();
    private final Map<String, String> trouble = new HashMap<>();

    private DeviceNodes(HostRoot host) {
        this.host = host;
    }

    static DeviceNodes of(HostRoot host) {
        return new DeviceNodes(host);
    }

    /** The entries of a class; empty if there are none or if it cannot be seen ({@link #trouble} tells which). */
    List<Node> of(String className) {
        return byClass.computeIfAbsent(className, this::read);
    }

    /** Why a class could not be listed. */
    Optional<String> trouble(String className) {
        of(className);
        return Optional.ofNullable(trouble.get(className));
    }

    private List<Node> read(String className) {
        String folder = "/sys/class/" + className;
        Reading<List<String>> names = host.list(folder);
        names.trouble().ifPresent(why -> trouble.put(className, why));
        List<Node> nodes = new ArrayList<>();
        for (String name : names.present().orElse(List.of())) {
            // bonding_masters and the like are files, not links.
            Optional<String> path = host.link(folder + "/" + name).present();
            if (path.isPresent() && nodes.size() < MOST_ENTRIES) {
                nodes.add(new Node(name, path.get(), PciPath.owners(path.get())));
            }
        }
        return List.copyOf(nodes);
    }
}
