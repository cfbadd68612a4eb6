package dev.dmarshal.trials.inside;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All of a machine's sysfs that a plan about PCI functions may change: two equal pictures are byte for byte the same there. Interrupt numbers, network interface
 * numbers and power counters are left out: the kernel gives them anew at each bind.
 */
final class SysfsPicture {

    private static final List<String> ATTRIBUTES = List.of("driver_override", "enable", "vendor", "device", "subsystem_vendor", "subsystem_device", "class",
            "reset_method", "d3cold_allowed", "msi_bus", "numa_node");
    private static final Path DEVICES = Path.of("/sys/bus/pci/devices");
    private static final Path DRIVERS = Path.of("/sys/bus/pci/drivers");
    private static final Path GROUPS = Path.of("/sys/kernel/iommu_groups");
    private static final Path NODES = Path.of("/dev/vfio");

    private SysfsPicture() {
    }

    /** As lines, sorted. */
    static String take() throws IOException {
        Map<String, String> picture = new TreeMap<>();
        for (Path device : list(DEVICES)) {
            for (String name : ATTRIBUTES) {
                Path file = device.resolve(name);
                if (Files.exists(file)) {
                    picture.put(file.toString(), Files.readString(file));
                }
            }
            for (String name : List.of("driver", "iommu_group", "vfio-dev")) {
                Path link = device.resolve(name);
                if (Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
                    picture.put(link.toString(), Files.isSymbolicLink(link) ? Files.readSymbolicLink(link).toString() : list(link).toString());
                }
            }
        }
        for (Path driver : list(DRIVERS)) {
            picture.put(driver.toString(), list(driver).toString());
        }
        for (Path group : list(GROUPS)) {
            picture.put(group.toString(), list(group.resolve("devices")) + Files.readString(group.resolve("type"))
                    + Files.readString(group.resolve("reserved_regions")));
        }
        // The container's node belongs to the module vfio, which may stay.
        List<Path> nodes = new ArrayList<>(list(NODES));
        nodes.remove(NODES.resolve("vfio"));
        picture.put(NODES.toString(), nodes.toString());
        StringBuilder lines = new StringBuilder();
        picture.forEach((path, text) -> lines.append(path).append(' ').append(text.strip().replace('\n', '|')).append('\n'));
        return lines.toString();
    }

    private static List<Path> list(Path folder) throws IOException {
        List<Path> paths = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
                entries.forEach(paths::add);
            }
        }
        paths.sort(null);
        return paths;
    }
}
