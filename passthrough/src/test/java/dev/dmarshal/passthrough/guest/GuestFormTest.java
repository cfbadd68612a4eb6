package dev.dmarshal.passthrough.guest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Forms of other programs, held against what those programs read. Proxmox: the format {@code pve-qm-hostpci} in qemu-server 6223caf16f8e,
 * src/PVE/QemuServer/PCI.pm, as properties of PVE::JSONSchema's property strings; its words are repeated here as a reader of our own.
 */
class GuestFormTest {

    private static final Sbdf SCREEN = new Sbdf(0, 1, 0, 0);
    private static final Sbdf SOUND = new Sbdf(0, 1, 0, 1);
    private static final Sbdf BEHIND_VMD = new Sbdf(0x10000, 2, 0, 0);
    /** Each key of the format, and what its value is. */
    private static final Map<String, Pattern> KEYS = new TreeMap<>(Map.ofEntries(Map.entry("host", Pattern.compile(".+")),
            Map.entry("mapping", Pattern.compile("[A-Za-z][\\w-]+")), Map.entry("rombar", Pattern.compile("[01]")),
            Map.entry("romfile", Pattern.compile("[^,;]+")), Map.entry("pcie", Pattern.compile("[01]")), Map.entry("x-vga", Pattern.compile("[01]")),
            Map.entry("legacy-igd", Pattern.compile("[01]")), Map.entry("mdev", Pattern.compile("[^/.:]+")),
            Map.entry("vendor-id", Pattern.compile("0x[0-9a-fA-F]{4}")), Map.entry("device-id", Pattern.compile("0x[0-9a-fA-F]{4}")),
            Map.entry("sub-vendor-id", Pattern.compile("0x[0-9a-fA-F]{4}")), Map.entry("sub-device-id", Pattern.compile("0x[0-9a-fA-F]{4}"))));
    /** One id of a host's function: small letters, the domain of four digits or more, the function of one. */
    private static final Pattern ID = Pattern.compile("(?:[a-f0-9]{4,}:)?[a-f0-9]{2}:[a-f0-9]{2}(?:\\.[a-f0-9])?");

    @TempDir
    Path folder;

    private String proxmox(List<Sbdf> devices) {
        return GuestForm.PROXMOX.text(devices, true, HostRoot.of(folder));
    }

    /** Reads a line as Proxmox would; what it takes from the host. */
    private static List<String> read(String line) {
        Matcher entry = Pattern.compile("hostpci(\\d|1[0-5]): (\\S+)").matcher(line);
        assertThat(entry.matches()).as(line).isTrue();
        List<String> ids = new ArrayList<>();
        Set<String> seen = new java.util.HashSet<>();
        for (String part : entry.group(2).split(",")) {
            // The key that may be left out is host.
            String key = part.contains("=") ? part.substring(0, part.indexOf('=')) : "host";
            String value = part.substring(part.indexOf('=') + 1);
            assertThat(KEYS).as(line).containsKey(key);
            assertThat(value).as(line).matches(KEYS.get(key));
            assertThat(seen.add(key)).as("%s once in %s", key, line).isTrue();
            if (key.equals("host")) {
                ids.addAll(List.of(value.split(";")));
            }
        }
        assertThat(ids).as(line).isNotEmpty().allMatch(id -> ID.matcher(id).matches()).doesNotHaveDuplicates();
        return ids;
    }

    @Test
    void proxmoxReadsEachLineByItsSchema() {
        List<String> lines = proxmox(List.of(SOUND, SCREEN, BEHIND_VMD)).lines().toList();
        assertThat(lines).hasSize(2);
        // The first of a slot becomes its function 0.
        assertThat(read(lines.get(0))).containsExactly("0000:01:00.0", "0000:01:00.1");
        assertThat(read(lines.get(1))).containsExactly("10000:02:00.0");
        assertThat(lines).allMatch(line -> line.endsWith(",pcie=1"));
    }

    @Test
    void proxmoxHasSixteenKeys() {
        List<String> lines = proxmox(IntStream.range(0, 17).mapToObj(bus -> new Sbdf(0, bus + 1, 0, 0)).toList()).lines().toList();
        lines.subList(0, 16).forEach(line -> assertThat(read(line)).hasSize(1));
        assertThat(lines.get(16)).startsWith("# ").contains("0000:11:00.0");
    }
}
