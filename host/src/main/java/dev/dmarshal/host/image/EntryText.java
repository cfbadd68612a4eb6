package dev.dmarshal.host.image;

import dev.dmarshal.core.vtd.RootEntry;
import dev.dmarshal.host.image.SeenEntries.SeenInterrupt;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads entries of remapping tables out of logs: what Linux prints with {@code CONFIG_DMAR_DEBUG} and Xen with {@code iommu=debug} after a fault, and the
 * interrupt-remapping entries of Xen's debug key {@code V}. Neither says where the tables are; {@link TableLocator} finds them by their contents.
 *
 * <p>Source: Linux {@code drivers/iommu/intel/iommu.c} dmar_fault_dump_ptes (5.19 and later, after the line of {@code dmar.c} dmar_fault_do_one, which names the
 * device); Xen {@code xen/drivers/passthrough/vtd/utils.c} print_vtd_entries, vtd_dump_iommu_info, whose columns differ between versions and are taken from its
 * headings.
 */
public final class EntryText {
    private static final Pattern LINUX_DEVICE = Pattern.compile("Request device \\[(?:0x)?(?:[0-9a-f]{4,}:)?([0-9a-f]{2}):(?:0x)?([0-9a-f]{2})\\.([0-7])]");
    private static final Pattern LINUX_UNIT = Pattern.compile("Dump (\\S{1,32}) table entries for IOVA");
    private static final Pattern LINUX_ROOT = Pattern.compile("\\broot entry: 0x([0-9a-f]{1,16})\\b");
    private static final Pattern LINUX_SCALABLE = Pattern.compile("scalable mode root entry: hi 0x([0-9a-f]{1,16}), low 0x([0-9a-f]{1,16})\\b");
    private static final Pattern XEN_ENTRIES = Pattern.compile("print_vtd_entries: iommu (#?[0-9a-zA-Z]{1,20}) dev");
    private static final Pattern XEN_ROOT = Pattern.compile("root_entry\\[([0-9a-f]{1,2})] = ([0-9a-f]{1,16})\\b");
    private static final Pattern XEN_UNIT = Pattern.compile("\\biommu ([0-9a-f]{1,4}): nr_pt_levels = ");
    private static final Pattern XEN_COLUMNS = Pattern.compile("(?:\\b([RP]):)?\\s+(SVT\\s+SQ\\s+SID\\s.*)$");
    private static final Pattern XEN_ENTRY = Pattern.compile("(?:\\b([RP]):)?\\s+([0-9a-f]{4}):((?:\\s+[0-9a-f]{1,16}){8,14})\\s*$");
    private static final int MOST_UNITS = 1024;
    /** Two words a bus. */
    private static final int BUS_WORDS = 2;
    private static final int BUSES = 256;

    private final Map<String, Map<Integer, Long>> roots = new LinkedHashMap<>();
    private final Map<String, Map<Integer, SeenInterrupt>> interrupts = new LinkedHashMap<>();
    private final List<String> scalable = new ArrayList<>();
    private final Map<String, List<String>> columns = new LinkedHashMap<>();
    private String unit = "";
    private int bus = BUSES;

    private EntryText() {
    }

    /** The units of which a text shows entries, in order. */
    public static List<SeenEntries> read(String text) {
        EntryText reader = new EntryText();
        text.lines().forEach(reader::line);
        List<SeenEntries> seen = new ArrayList<>();
        for (String name : reader.roots.keySet()) {
            Map<Integer, Long> words = reader.roots.get(name);
            Map<Integer, SeenInterrupt> entries = reader.interrupts.get(name);
            if (!words.isEmpty() || !entries.isEmpty()) {
                seen.add(new SeenEntries(name, reader.scalable.contains(name), words, entries));
            }
        }
        return seen;
    }

    private void line(String line) {
        if (!linux(line)) {
            xen(line);
        }
    }

    private boolean linux(String line) {
        Matcher device = LINUX_DEVICE.matcher(line);
        Matcher dump = LINUX_UNIT.matcher(line);
        Matcher scalableRoot = LINUX_SCALABLE.matcher(line);
        Matcher root = LINUX_ROOT.matcher(line);
        if (device.find()) {
            bus = Integer.parseInt(device.group(1), 16);
        } else if (dump.find()) {
            unit(dump.group(1));
        } else if (scalableRoot.find()) {
            if (!scalable.contains(unit)) {
                scalable.add(unit);
            }
            root(bus * BUS_WORDS + 1, scalableRoot.group(1));
            root(bus * BUS_WORDS, scalableRoot.group(2));
        } else if (root.find()) {
            root(bus * BUS_WORDS, root.group(1));
        } else {
            return false;
        }
        return true;
    }

    private void xen(String line) {
        Matcher entries = XEN_ENTRIES.matcher(line);
        Matcher root = XEN_ROOT.matcher(line);
        Matcher named = XEN_UNIT.matcher(line);
        Matcher heading = XEN_COLUMNS.matcher(line);
        Matcher entry = XEN_ENTRY.matcher(line);
        if (entries.find()) {
            unit("iommu" + entries.group(1).replace("#", ""));
        } else if (root.find()) {
            root(Integer.parseInt(root.group(1), 16) * BUS_WORDS, root.group(2));
        } else if (named.find()) {
            unit("iommu" + Integer.parseInt(named.group(1), 16));
        } else if (heading.find()) {
            columns.put(form(heading.group(1)), List.of(heading.group(2).strip().split("\\s+")));
        } else if (entry.find()) {
            interrupt(columns.getOrDefault(form(entry.group(1)), List.of()), Integer.parseInt(entry.group(2), 16), entry.group(3).strip().split("\\s+"));
        }
    }

    private static String form(String letter) {
        return letter == null ? "R" : letter;
    }

    private void unit(String name) {
        unit = roots.size() < MOST_UNITS || roots.containsKey(name) ? name : "";
        roots.computeIfAbsent(unit, key -> new LinkedHashMap<>());
        interrupts.computeIfAbsent(unit, key -> new LinkedHashMap<>());
    }

    /** What is printed later is what was there later. An entry that is not present says nothing by which a table is known. */
    private void root(int word, String digits) {
        long value = Long.parseUnsignedLong(digits, 16);
        if (word < BUSES * BUS_WORDS && RootEntry.PRESENT.isSet(value) && roots.containsKey(unit)) {
            roots.get(unit).put(word, value);
        }
    }

    private void interrupt(List<String> names, int index, String[] values) {
        if (names.size() == values.length && interrupts.containsKey(unit)) {
            interrupts.get(unit).put(index, new SeenInterrupt(field(names, values, "SVT"), field(names, values, "SQ"), field(names, values, "SID")));
        }
    }

    private static int field(List<String> names, String[] values, String name) {
        return (int) (Long.parseUnsignedLong(values[names.indexOf(name)], 16) & 0xFFFF);
    }
}
