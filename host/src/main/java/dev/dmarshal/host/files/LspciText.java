package dev.dmarshal.host.files;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text of {@code lspci}, best with {@code -xxxx} and {@code -v}: the functions that it shows become folders of {@code /sys/bus/pci/devices}, with what sysfs
 * would derive from the same bytes (drivers/pci/pci-sysfs.c). Without bytes, {@code -nn} gives the ids.
 */
final class LspciText {

    private static final Pattern FUNCTION = Pattern.compile("(?:([0-9a-f]{4,8}):)?([0-9a-f]{2}):([0-9a-f]{2})\\.([0-7]) (\\S.*)");
    private static final Pattern IDS = Pattern.compile(".*?\\[([0-9a-f]{4})\\]: .*\\[([0-9a-f]{4}):([0-9a-f]{4})\\](?: \\(rev ([0-9a-f]{2})\\))?.*");
    private static final Pattern BYTES = Pattern.compile("([0-9a-f]{2,3}): ((?:[0-9a-f]{2} ){15}[0-9a-f]{2})\\s*");
    private static final Pattern NUMBERED = Pattern.compile("\\s+(?:IOMMU group: ([0-9]{1,9})|NUMA node: ([0-9]{1,9})|Kernel driver in use:"
            + " ([\\w-]{1,64}))(?:,.*)?\\s*");
    private static final String DEVICES = "/sys/bus/pci/devices/";
    private static final int CONFIG = 4096;
    private static final int FEW_BYTES = 64;
    private static final int FEW = 3;

    private final MemoryTree tree;
    private final byte[] config = new byte[CONFIG];
    private int length;
    private String folder = "";
    private String words = "";

    private LspciText(MemoryTree tree) {
        this.tree = tree;
    }

    /** Whether a text that starts so is one: functions with bytes, or at least {@link #FEW} functions and little else at the start of lines. */
    static boolean looksLike(String start) {
        int functions = 0;
        int others = 0;
        for (String line : start.split("\n", 20_000)) {
            // Most texts that are looked at are logs, and patterns cost.
            if (line.isEmpty() || Character.digit(line.charAt(0), 16) < 0) {
                others += line.isBlank() || Character.isWhitespace(line.charAt(0)) ? 0 : 1;
            } else if (FUNCTION.matcher(line.stripTrailing()).matches()) {
                functions++;
            } else if (functions > 0 && BYTES.matcher(line).matches()) {
                return true;
            } else {
                others++;
            }
        }
        return functions >= FEW && functions > others;
    }

    static void read(byte[] text, MemoryTree tree) {
        LspciText reader = new LspciText(tree);
        new String(text, StandardCharsets.UTF_8).lines().forEach(reader::line);
        reader.end();
    }

    private void line(String line) {
        Matcher function = FUNCTION.matcher(line);
        if (function.matches()) {
            end();
            folder = DEVICES + (function.group(1) == null ? "0000" : function.group(1)) + ":" + function.group(2) + ":" + function.group(3) + "."
                    + function.group(4)
                    + "/";
            tree.folder(folder);
            words = function.group(5);
            return;
        }
        Matcher bytes = BYTES.matcher(line);
        if (bytes.matches()) {
            bytes(Integer.parseInt(bytes.group(1), 16), bytes.group(2));
            return;
        }
        Matcher numbered = folder.isEmpty() ? null : NUMBERED.matcher(line);
        if (numbered != null && numbered.matches()) {
            said(numbered);
        }
    }

    /** Rows come in order and without gaps; one that does not belongs to something else. */
    private void bytes(int at, String row) {
        if (at == length && at <= CONFIG - 16) {
            System.arraycopy(HexFormat.ofDelimiter(" ").parseHex(row), 0, config, at, 16);
            length = at + 16;
        }
    }

    private void said(Matcher line) {
        if (line.group(1) != null) {
            String name = folder.substring(DEVICES.length(), folder.length() - 1);
            tree.link(folder + "iommu_group", "../../../../kernel/iommu_groups/" + line.group(1));
            tree.link("/sys/kernel/iommu_groups/" + line.group(1) + "/devices/" + name, "../../../../bus/pci/devices/" + name);
        } else if (line.group(2) != null) {
            number("numa_node", line.group(2));
        } else {
            tree.link(folder + "driver", "../../../../bus/pci/drivers/" + line.group(3));
        }
    }

    private void end() {
        if (length >= FEW_BYTES && !folder.isEmpty()) {
            tree.file(folder + "config", Arrays.copyOf(config, length));
            if (word(0) != 0xffff) {
                derive();
            }
        } else if (!folder.isEmpty()) {
            ids();
        }
        length = 0;
        folder = "";
    }

    /** The class that is printed lacks its last byte, the programming interface: then there is no class file. */
    private void ids() {
        Matcher ids = IDS.matcher(words);
        if (ids.matches()) {
            number("vendor", "0x" + ids.group(2));
            number("device", "0x" + ids.group(3));
        }
        if (ids.matches() && ids.group(4) != null) {
            number("revision", "0x" + ids.group(4));
        }
    }

    private void derive() {
        number("vendor", hex(word(0), 4));
        number("device", hex(word(2), 4));
        number("revision", hex(config[8] & 0xff, 2));
        number("class", hex(word(10) << 8 | config[9] & 0xff, 6));
        int type = config[0x0e] & 0x7f;
        if (type == 0) {
            number("subsystem_vendor", hex(word(0x2c), 4));
            number("subsystem_device", hex(word(0x2e), 4));
        } else {
            number("secondary_bus_number", Integer.toString(config[0x19] & 0xff));
            number("subordinate_bus_number", Integer.toString(config[0x1a] & 0xff));
        }
    }

    private void number(String name, String text) {
        tree.file(folder + name, (text + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private static String hex(int value, int digits) {
        return "0x" + HexFormat.of().toHexDigits(value, digits);
    }

    private int word(int at) {
        return config[at] & 0xff | (config[at + 1] & 0xff) << 8;
    }
}
