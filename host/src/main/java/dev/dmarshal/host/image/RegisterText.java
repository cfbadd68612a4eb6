package dev.dmarshal.host.image;

import dev.dmarshal.core.tables.UnitTables;
import dev.dmarshal.core.tables.UnitTables.Confidence;
import dev.dmarshal.core.vtd.UnitCapabilities;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Register values of remapping units in text: the kernel's debugfs file {@code iommu_regset} (a heading a unit, then name, offset, contents), and the lines of
 * its log about units ("dmar0: reg_base_addr … cap … ecap …", "Host address width"). Both may be in one text; units are matched by their names.
 *
 * <p>Source: Linux {@code drivers/iommu/intel/debugfs.c} iommu_regset_show; {@code drivers/iommu/intel/dmar.c} alloc_iommu.
 */
public final class RegisterText {
    private static final Pattern HEADING = Pattern.compile("IOMMU: (\\S+) Register Base Address: ([0-9a-fA-F]+)");
    private static final Pattern REGISTER = Pattern.compile("^\\s*([A-Z][A-Z0-9_]*)\\s+0x([0-9a-fA-F]+)\\s+0x([0-9a-fA-F]{1,16})\\s*$");
    private static final Pattern BOOT = Pattern.compile("(dmar\\d+): reg_base_addr ([0-9a-f]+) ver \\d+:\\d+ cap ([0-9a-f]{1,16}) ecap ([0-9a-f]{1,16})");
    private static final Pattern WIDTH = Pattern.compile("Host address width (\\d+)");
    private static final int MOST_UNITS = 1024;

    private RegisterText() {
    }

    /** The units of a text, in order; those whose root table the text does not give have none. */
    public static List<UnitTables> units(String text) {
        Map<String, Map<String, Long>> units = new LinkedHashMap<>();
        int width = 0;
        Map<String, Long> current = null;
        for (String line : text.split("\n")) {
            Matcher heading = HEADING.matcher(line);
            Matcher boot = BOOT.matcher(line);
            Matcher hostWidth = WIDTH.matcher(line);
            Matcher register = REGISTER.matcher(line);
            if (heading.find() && units.size() < MOST_UNITS) {
                current = units.computeIfAbsent(heading.group(1), name -> new LinkedHashMap<>());
            } else if (boot.find() && units.size() < MOST_UNITS) {
                Map<String, Long> unit = units.computeIfAbsent(boot.group(1), name -> new LinkedHashMap<>());
                unit.putIfAbsent("CAP", Long.parseUnsignedLong(boot.group(3), 16));
                unit.putIfAbsent("ECAP", Long.parseUnsignedLong(boot.group(4), 16));
            } else if (hostWidth.find()) {
                // Linux prints the width that it reads from the table, which is the number of bits.
                width = Math.clamp(Long.parseLong(hostWidth.group(1).substring(0, Math.min(4, hostWidth.group(1).length()))), 32, 52);
            } else if (current != null && register.find()) {
                current.put(register.group(1), Long.parseUnsignedLong(register.group(3), 16));
            }
        }
        List<UnitTables> found = new ArrayList<>();
        for (Map.Entry<String, Map<String, Long>> unit : units.entrySet()) {
            found.add(unit(unit.getKey(), unit.getValue(), width));
        }
        return found;
    }

    private static UnitTables unit(String name, Map<String, Long> registers, int width) {
        boolean known = registers.containsKey("CAP") && registers.containsKey("ECAP");
        UnitCapabilities capabilities = known ? new UnitCapabilities(registers.get("CAP"), registers.get("ECAP"), width == 0 ? 52 : width)
                : UnitTables.anyUnit();
        return new UnitTables(name, value(registers, "RTADDR"), value(registers, "IRTA"), capabilities, known, "register values in a text", Confidence.TOLD);
    }

    private static OptionalLong value(Map<String, Long> registers, String name) {
        Long value = registers.get(name);
        return value == null || value == 0 ? OptionalLong.empty() : OptionalLong.of(value);
    }
}
