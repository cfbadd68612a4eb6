package dev.dmarshal.bench;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.topology.Acs;
import dev.dmarshal.core.pci.topology.BusRange;
import dev.dmarshal.core.pci.topology.FabricRole;
import dev.dmarshal.core.pci.topology.FunctionIds;
import dev.dmarshal.core.pci.topology.PciFunction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What decoded text of {@code lspci -v} tells about groups where the dump has no bytes. For measuring only: names are turned back into ids where pci.ids
 * has them.
 */
final class LspciVerbose {

    private static final Pattern FUNCTION = Pattern.compile("(?:([0-9a-f]{4,8}):)?([0-9a-f]{2}):([0-9a-f]{2})\\.([0-7])"
            + " ([^:\\[]*?)(?: \\[[0-9a-f]{4}\\])?: (.*)");
    private static final Pattern IDS = Pattern.compile("\\[([0-9a-f]{4}):([0-9a-f]{4})\\]");
    private static final Pattern GROUP = Pattern.compile("\\s+IOMMU group: ([0-9]+)");
    private static final Pattern BUSES = Pattern.compile("\\s+Bus: primary=[0-9a-f]+, secondary=([0-9a-f]+), subordinate=([0-9a-f]+).*");
    private static final Pattern EXPRESS = Pattern.compile("\\s+Capabilities: \\[[0-9a-f]+\\] Express(?: \\(v[0-9]\\))? (.*)");
    private static final Path NAMES = Path.of("/usr/share/misc/pci.ids");
    private static final List<Map.Entry<String, FabricRole>> ROLES = List.of(Map.entry("Root Port", FabricRole.ROOT_PORT),
            Map.entry("Root Complex Integrated", FabricRole.INTEGRATED_ENDPOINT), Map.entry("Root Complex Event", FabricRole.EVENT_COLLECTOR),
            Map.entry("Upstream", FabricRole.UPSTREAM_PORT), Map.entry("Downstream", FabricRole.DOWNSTREAM_PORT),
                    Map.entry("Legacy", FabricRole.LEGACY_ENDPOINT),
            Map.entry("Endpoint", FabricRole.ENDPOINT), Map.entry("PCI-Express to PCI", FabricRole.PCIE_TO_PCI_BRIDGE),
            Map.entry("PCI/PCI-X to", FabricRole.PCI_TO_PCIE_BRIDGE));

    private final Map<Integer, List<Sbdf>> groups = new TreeMap<>();
    private final List<PciFunction> functions = new ArrayList<>();
    private final Map<String, FunctionIds> names;
    private boolean denied;
    private boolean express;

    private LspciVerbose(Map<String, FunctionIds> names) {
        this.names = names;
    }

    static LspciVerbose read(Path file, Map<String, FunctionIds> names) throws IOException {
        LspciVerbose listing = new LspciVerbose(names);
        for (String line : new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).split("\n")) {
            listing.line(line.stripTrailing());
        }
        listing.end();
        return listing;
    }

    List<PciFunction> functions() {
        return functions;
    }

    Map<Integer, List<Sbdf>> groups() {
        return groups;
    }

    private void line(String line) {
        Matcher function = FUNCTION.matcher(line);
        if (function.matches()) {
            end();
            begin(function);
            return;
        }
        if (functions.isEmpty()) {
            return;
        }
        PciFunction at = functions.getLast();
        Matcher group = GROUP.matcher(line);
        Matcher buses = BUSES.matcher(line);
        Matcher type = EXPRESS.matcher(line);
        if (group.matches()) {
            groups.computeIfAbsent(Integer.parseInt(group.group(1)), number -> new ArrayList<>()).add(at.address());
        } else if (buses.matches()) {
            set(at.with(new BusRange(Integer.parseInt(buses.group(1), 16), Integer.parseInt(buses.group(2), 16))));
        } else if (type.matches()) {
            express = true;
            set(at.with(ROLES.stream().filter(role -> type.group(1).startsWith(role.getKey())).findFirst().map(Map.Entry::getValue)
                    .orElse(FabricRole.RESERVED)));
        } else if (line.contains("Access Control Services")) {
            // In a printed listing the control register is what the kernel made of it; the computation starts from there.
            set(at.with(new Acs.Present(0x1d, 0)));
        } else if (line.contains("access denied") || line.contains("Unknown header type")) {
            denied = true;
        }
    }

    private void begin(Matcher function) {
        Sbdf address = new Sbdf(function.group(1) == null ? 0 : Integer.parseUnsignedInt(function.group(1), 16), Integer.parseInt(function.group(2), 16),
                Integer.parseInt(function.group(3), 16), Integer.parseInt(function.group(4)));
        Matcher ids = IDS.matcher(function.group(6));
        String name = function.group(6).replaceAll(" \\(rev [0-9a-f]+\\).*| \\(prog-if.*", "");
        FunctionIds known = ids.find() ? FunctionIds.of(Integer.parseInt(ids.group(1), 16), Integer.parseInt(ids.group(2), 16))
                : Optional.ofNullable(names.get(name)).orElse(name.startsWith("Intel Corporation") ? FunctionIds.of(0x8086, 0) : FunctionIds.UNKNOWN);
        functions.add(PciFunction.at(address).with(known).with(Acs.ABSENT));
    }

    private void end() {
        if (!functions.isEmpty()) {
            PciFunction last = functions.getLast();
            if (denied) {
                set(last.with(Acs.UNMEASURED));
            } else if (!express) {
                set(last.with(FabricRole.CONVENTIONAL));
            }
        }
        denied = false;
        express = false;
    }

    private void set(PciFunction function) {
        functions.set(functions.size() - 1, function);
    }

    /** Names to ids, from the system's pci.ids; empty where there is none. */
    static Map<String, FunctionIds> names() throws IOException {
        Map<String, FunctionIds> names = new HashMap<>();
        String vendor = "";
        int vendorId = 0;
        for (String line : Files.exists(NAMES) ? Files.readAllLines(NAMES) : List.<String>of()) {
            if (line.startsWith("C ")) {
                break;
            }
            if (line.matches("[0-9a-f]{4}  .*")) {
                vendorId = Integer.parseInt(line.substring(0, 4), 16);
                vendor = line.substring(6);
            } else if (line.matches("\t[0-9a-f]{4}  .*")) {
                names.putIfAbsent(vendor + " " + line.substring(7), FunctionIds.of(vendorId, Integer.parseInt(line.substring(1, 5), 16)));
            }
        }
        return names;
    }
}
