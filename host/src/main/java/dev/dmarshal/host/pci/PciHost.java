package dev.dmarshal.host.pci;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.config.ConfigSpace;
import dev.dmarshal.core.pci.topology.BusRange;
import dev.dmarshal.core.pci.topology.FunctionIds;
import dev.dmarshal.core.pci.topology.FunctionLinks;
import dev.dmarshal.core.pci.topology.FunctionReader;
import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.core.pci.topology.PciTree;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The PCI functions of a host ({@code /sys/bus/pci/devices}, Documentation/ABI/testing/sysfs-bus-pci), read at two depths: what sysfs lists, and the topology,
 * for which configuration spaces and places in {@code /sys/devices} are read.
 */
public final class PciHost {

    private static final String DEVICES = "/sys/bus/pci/devices";
    private static final Pattern HOST_BRIDGE = Pattern.compile("pci([0-9a-f]{4,8}:[0-9a-f]{2})");

    private final HostRoot host;
    private final List<ListedFunction> listed;
    private final Map<Sbdf, ConfigSpace> spaces = new TreeMap<>();
    private Optional<PciTree> tree = Optional.empty();

    private PciHost(HostRoot host, List<ListedFunction> listed) {
        this.host = host;
        this.listed = listed;
    }

    /** Lists a host's functions. */
    public static Reading<PciHost> of(HostRoot host) {
        return host.list(DEVICES).map(names -> new PciHost(host, names.stream().flatMap(name -> Sbdf.parse(name).stream().map(address -> listed(host, name,
                address))).toList()));
    }

    /** All functions, in the order of their names. */
    public List<ListedFunction> listed() {
        return listed;
    }

    /** The functions of each IOMMU group that the kernel made; empty where it made none, or the source does not say. */
    public Map<Integer, List<Sbdf>> kernelGroups() {
        Map<Integer, List<Sbdf>> groups = new TreeMap<>();
        listed.stream().filter(function -> function.group().isPresent())
                .forEach(function -> groups.computeIfAbsent(function.group().getAsInt(), number -> new ArrayList<>()).add(function.address()));
        return groups;
    }

    /** The configuration space of a function as far as it could be read; reads all of them the first time. */
    public Optional<ConfigSpace> space(Sbdf address) {
        tree();
        return Optional.ofNullable(spaces.get(address));
    }

    /** The tree of the functions, from configuration spaces, and from sysfs for what they do not tell; read the first time. */
    public PciTree tree() {
        if (tree.isEmpty()) {
            tree = Optional.of(readTree());
        }
        return tree.get();
    }

    private PciTree readTree() {
        for (ListedFunction function : listed) {
            host.bytes(function.folder() + "config").present()
                    .ifPresent(bytes -> spaces.put(function.address(),
                            ConfigSpace.of(Arrays.copyOf(bytes, Math.min(bytes.length, ConfigSpace.EXTENDED_BYTES)))));
        }
        Map<Sbdf, PciFunction> decoded = new HashMap<>();
        FunctionReader.readAll(spaces).forEach(function -> decoded.put(function.address(), function));
        Set<String> roots = new HashSet<>();
        List<PciFunction> functions = new ArrayList<>();
        boolean placed = !listed.isEmpty();
        for (ListedFunction function : listed) {
            Optional<Place> place = host.realPath(function.folder()).present().flatMap(Place::of);
            placed &= place.isPresent();
            place.ifPresent(at -> roots.add(at.root()));
            functions.add(complete(decoded.getOrDefault(function.address(), PciFunction.at(function.address())), function, place));
        }
        return placed ? PciTree.of(functions, roots) : PciTree.of(functions);
    }

    /** What configuration space did not tell comes from sysfs: it keeps ids of sleeping devices and knows virtual functions. */
    private PciFunction complete(PciFunction decoded, ListedFunction function, Optional<Place> place) {
        FunctionIds ids = decoded.ids();
        FunctionIds own = function.ids();
        PciFunction full = decoded.with(own.vendor().isPresent() && own.device().isPresent() ? new FunctionIds(own.vendor(), own.device(),
                own.subsystemVendor().isPresent() ? own.subsystemVendor() : ids.subsystemVendor(), own.subsystem().isPresent() ? own.subsystem()
                        : ids.subsystem())
                : ids);
        if (full.classCode().isEmpty() && function.classCode().isPresent()) {
            full = full.withClass(function.classCode().getAsInt());
        }
        if (full.buses().isEmpty() && range(function.secondary()) && range(function.last())) {
            full = full.with(new BusRange(function.secondary().getAsInt(), function.last().getAsInt()));
        }
        Optional<Sbdf> owner = host.linkName(function.folder() + "physfn").present().flatMap(Sbdf::parse);
        return full.with(new FunctionLinks(place.flatMap(Place::upstream).or(() -> decoded.links().upstream()),
                owner.or(() -> decoded.links().physicalFunction()), place.flatMap(Place::dmaOwner).or(() -> decoded.links().dmaOwner())));
    }

    private static boolean range(OptionalInt bus) {
        return bus.isPresent() && bus.getAsInt() >>> 8 == 0;
    }

    /**
     * Where sysfs has a function: {@code /sys/devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/10000:e1:00.0}.
     *
     * @param root     its host bridge's bus
     * @param upstream the bridge above it
     * @param dmaOwner the function below which its host bridge is
     */
    private record Place(String root, Optional<Sbdf> upstream, Optional<Sbdf> dmaOwner) {

        static Optional<Place> of(String path) {
            String[] part = path.split("/");
            Optional<Sbdf> upstream = part.length > 1 ? Sbdf.parse(part[part.length - 2]) : Optional.empty();
            for (int i = part.length - 1; i > 0; i--) {
                Matcher bridge = HOST_BRIDGE.matcher(part[i]);
                if (bridge.matches()) {
                    return Optional.of(new Place(bridge.group(1), upstream, Sbdf.parse(part[i - 1])));
                }
            }
            return Optional.empty();
        }
    }

    private static ListedFunction listed(HostRoot host, String name, Sbdf address) {
        String folder = DEVICES + "/" + name + "/";
        FunctionIds ids = new FunctionIds(number(host, folder + "vendor"), number(host, folder + "device"), number(host, folder + "subsystem_vendor"),
                number(host, folder + "subsystem_device"));
        return new ListedFunction(address, folder, ids, number(host, folder + "class"), host.linkName(folder + "driver").present(), group(host, folder),
                number(host, folder + "secondary_bus_number"), number(host, folder + "subordinate_bus_number"));
    }

    private static OptionalInt group(HostRoot host, String folder) {
        return host.linkName(folder + "iommu_group").present().filter(text -> text.matches("[0-9]{1,9}")).map(text -> OptionalInt.of(Integer.parseInt(text)))
                .orElse(OptionalInt.empty());
    }

    /** sysfs writes ids as {@code 0x8086} and bus numbers in decimal. */
    private static OptionalInt number(HostRoot host, String path) {
        String text = host.text(path).present().orElse("").strip();
        if (text.matches("0x[0-9a-f]{1,7}")) {
            return OptionalInt.of(Integer.parseInt(text.substring(2), 16));
        }
        return text.matches("[0-9]{1,9}") ? OptionalInt.of(Integer.parseInt(text)) : OptionalInt.empty();
    }
}
