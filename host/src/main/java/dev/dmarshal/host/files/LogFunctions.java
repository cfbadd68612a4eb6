package dev.dmarshal.host.files;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The PCI functions that a kernel's log of its boot tells of: ids and class of each, buses below bridges, IOMMU groups (Linux drivers/pci/probe.c,
 * {@code pci_setup_device} and {@code pci_setup_bridge}; drivers/iommu/iommu.c, {@code iommu_group_add_device}). Drivers, ranges and capabilities are not in
 * it, or not reliably, and stay unmeasured.
 */
final class LogFunctions {

    private static final String DEVICES = "/sys/bus/pci/devices/";
    private static final int MOST = 1 << 16;
    private static final String ADDRESS = "((?:[0-9a-f]{4,8}):[0-9a-f]{2}:[01][0-9a-f]\\.[0-7])";
    /** Until 3.2 the type had one digit, and the class was printed without its programming interface. */
    private static final Pattern FOUND = Pattern.compile("\\bpci " + ADDRESS + ": \\[([0-9a-f]{4}):([0-9a-f]{4})\\] type ([0-9a-f]{1,2}) class 0x([0-9a-f]{6})");
    private static final Pattern BRIDGE = Pattern.compile("\\bpci " + ADDRESS + ": PCI bridge to \\[bus ([0-9a-f]{2})(?:-([0-9a-f]{2}))?\\]");
    private static final Pattern GROUP = Pattern.compile("\\b" + ADDRESS + ": Add(?:ing)? to iommu group ([0-9]{1,9})\\b|\\biommu: Adding device " + ADDRESS
            + " to group ([0-9]{1,9})\\b");

    private final Map<String, Map<String, String>> files = new TreeMap<>();
    private final Map<String, String> groups = new TreeMap<>();

    private LogFunctions() {
    }

    /** Puts the functions of one boot's log at their places; nothing if it tells of none. */
    static void read(byte[] text, MemoryTree tree) {
        LogFunctions reader = new LogFunctions();
        new String(text, StandardCharsets.ISO_8859_1).lines().forEach(reader::line);
        reader.write(tree);
    }

    private void line(String line) {
        if (line.contains("pci ") && files.size() < MOST) {
            found(line);
        } else if (line.contains(" group ") && groups.size() < MOST) {
            group(line);
        }
    }

    private void found(String line) {
        Matcher function = FOUND.matcher(line);
        if (function.find()) {
            Map<String, String> own = new TreeMap<>(Map.of("vendor", "0x" + function.group(2), "device", "0x" + function.group(3)));
            if (function.group(4).length() == 2) {
                own.put("class", "0x" + function.group(5));
            }
            files.put(function.group(1), own);
            return;
        }
        Matcher bridge = BRIDGE.matcher(line);
        if (bridge.find() && files.containsKey(bridge.group(1))) {
            String last = bridge.group(3) == null ? bridge.group(2) : bridge.group(3);
            files.get(bridge.group(1)).put("secondary_bus_number", String.valueOf(Integer.parseInt(bridge.group(2), 16)));
            files.get(bridge.group(1)).put("subordinate_bus_number", String.valueOf(Integer.parseInt(last, 16)));
            return;
        }
        group(line);
    }

    private void group(String line) {
        Matcher group = GROUP.matcher(line);
        if (group.find()) {
            boolean older = group.group(1) == null;
            groups.put(group.group(older ? 3 : 1), group.group(older ? 4 : 2));
        }
    }

    private void write(MemoryTree tree) {
        files.forEach((address, own) -> own.forEach((name, value) -> tree.file(DEVICES + address + "/" + name,
                (value + "\n").getBytes(StandardCharsets.US_ASCII))));
        groups.forEach((address, group) -> {
            if (files.containsKey(address)) {
                tree.link(DEVICES + address + "/iommu_group", "../../../../kernel/iommu_groups/" + group);
                tree.link("/sys/kernel/iommu_groups/" + group + "/devices/" + address, "../../../../bus/pci/devices/" + address);
            }
        });
    }
}
