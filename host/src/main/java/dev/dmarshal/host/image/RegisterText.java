package dev.dmarshal.host.image;

import dev.dmarshal.core.tables.UnitTables;
import dev.dmarshal.core.tables.UnitTables.Confidence;
import dev.dmarshal.core.vtd.CommandFields.Rtaddr;
import dev.dmarshal.core.vtd.UnitCapabilities;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where texts say that remapping units have their tables: the kernel's debugfs files {@code iommu_regset}, {@code dmar_translation_struct} and {@code
 * ir_translation_struct}, the lines of its log about units ("dmar0: reg_base_addr … cap … ecap …", "Host address width"), and the registers that Xen prints when
 * something is wrong with a unit. All of them may be in one text; units are matched by their names.
 *
 * <p>Source: Linux {@code drivers/iommu/intel/debugfs.c} iommu_regset_show, root_tbl_walk, print_tbl_walk, ir_translation_struct_show; {@code
 * drivers/iommu/intel/dmar.c} alloc_iommu; Xen {@code xen/drivers/passthrough/vtd/utils.c} print_iommu_regs.
 */
public final class RegisterText {
    private static final Pattern HEADING = Pattern.compile("IOMMU: (\\S+) Register Base Address: ([0-9a-fA-F]+)");
    private static final Pattern REGISTER = Pattern.compile("^\\s*([A-Z][A-Z0-9_]*)\\s+0x([0-9a-fA-F]+)\\s+0x([0-9a-fA-F]{1,16})\\s*$");
    private static final Pattern BOOT = Pattern.compile("(dmar\\d+): reg_base_addr ([0-9a-f]+) ver \\d+:\\d+ cap ([0-9a-f]{1,16}) ecap ([0-9a-f]{1,16})");
    private static final Pattern WIDTH = Pattern.compile("Host address width (\\d{1,4})");
    private static final Pattern ROOT = Pattern.compile("IOMMU (dmar\\d+): Root Table Address: 0x([0-9a-f]{1,16})");
    /** A device of {@code dmar_translation_struct}; the PASID of legacy mode is -1. */
    private static final Pattern DEVICE = Pattern.compile("^[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7]\\s+0x[0-9a-f]+:0x[0-9a-f]+\\s+0x[0-9a-f]+:0x[0-9a-f]+\\s+(-?\\d+)\\s");
    private static final Pattern REMAPPED = Pattern.compile("Remapped Interrupt supported on IOMMU: (dmar\\d+)");
    private static final Pattern INTERRUPTS = Pattern.compile("IR table address:([0-9a-f]{1,16})");
    private static final Pattern XEN_UNIT = Pattern.compile("drhd->address = ([0-9a-f]{1,16})");
    private static final Pattern XEN_REGISTER = Pattern.compile("\\b(CAP|ECAP|RTADDR) = ([0-9a-f]{1,16})\\s*$");
    private static final int MOST_UNITS = 1024;
    /** Linux gives every table 65,536 entries (INTR_REMAP_TABLE_REG_SIZE). */
    private static final long TABLE_SIZE_CODE = 0xF;

    private final Map<String, Map<String, Long>> units = new LinkedHashMap<>();
    private Map<String, Long> current = new LinkedHashMap<>();
    private int width;

    private RegisterText() {
    }

    /** The units of a text, in order; those whose root table the text does not give have none. */
    public static List<UnitTables> units(String text) {
        RegisterText reader = new RegisterText();
        for (String line : text.split("\n")) {
            if (!reader.debugfs(line)) {
                reader.log(line);
            }
        }
        List<UnitTables> found = new ArrayList<>();
        reader.units.forEach((name, registers) -> found.add(unit(name, registers, reader.width)));
        return found;
    }

    private boolean debugfs(String line) {
        Matcher heading = HEADING.matcher(line);
        Matcher register = REGISTER.matcher(line);
        Matcher root = ROOT.matcher(line);
        Matcher device = DEVICE.matcher(line);
        Matcher remapped = REMAPPED.matcher(line);
        Matcher interrupts = INTERRUPTS.matcher(line);
        if (heading.find()) {
            current = named(heading.group(1));
        } else if (root.find()) {
            current = named(root.group(1));
            current.putIfAbsent("RTADDR", number(root.group(2)));
        } else if (device.find()) {
            boolean scalable = !device.group(1).equals("-1");
            current.computeIfPresent("RTADDR", (name, value) -> scalable ? Rtaddr.TTM.set(value, UnitTables.SCALABLE) : value);
        } else if (remapped.find()) {
            current = named(remapped.group(1));
        } else if (interrupts.find()) {
            current.putIfAbsent("IRTA", number(interrupts.group(1)) | TABLE_SIZE_CODE);
        } else if (register.find()) {
            current.put(register.group(1), number(register.group(3)));
        } else {
            return false;
        }
        return true;
    }

    private void log(String line) {
        Matcher boot = BOOT.matcher(line);
        Matcher hostWidth = WIDTH.matcher(line);
        Matcher xenUnit = XEN_UNIT.matcher(line);
        Matcher xenRegister = XEN_REGISTER.matcher(line);
        if (boot.find()) {
            Map<String, Long> unit = named(boot.group(1));
            unit.putIfAbsent("CAP", number(boot.group(3)));
            unit.putIfAbsent("ECAP", number(boot.group(4)));
        } else if (hostWidth.find()) {
            // Linux prints the width that it reads from the table, which is the number of bits.
            width = Math.clamp(Integer.parseInt(hostWidth.group(1)), 32, 52);
        } else if (xenUnit.find()) {
            current = named("drhd@0x" + xenUnit.group(1));
        } else if (xenRegister.find()) {
            current.put(xenRegister.group(1), number(xenRegister.group(2)));
        }
    }

    /** A unit by its name; beyond the bound what is said of further ones is forgotten. */
    private Map<String, Long> named(String name) {
        return units.size() < MOST_UNITS ? units.computeIfAbsent(name, key -> new LinkedHashMap<>()) : units.getOrDefault(name, new LinkedHashMap<>());
    }

    private static long number(String digits) {
        return Long.parseUnsignedLong(digits, 16);
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
