package dev.dmarshal.host.pci;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.config.ConfigSpace;
import dev.dmarshal.core.pci.topology.BusRange;
import dev.dmarshal.core.pci.topology.FunctionIds;
import dev.dmarshal.core.pci.topology.FunctionLinks;
import dev.dmarshal.core.pci.topology.FunctionReader;
import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.core.pci.topology.PciTree;
import dev.dmarshal.host.Halves;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * The PCI functions of a host ({@code /sys/bus/pci/devices}, Documentation/ABI/testing/sysfs-bus-pci), read at two depths: what sysfs lists, and the topology,
 * for which configuration spaces are read.
 */
public final class PciHost {

    private static final String DEVICES = "/sys/bus/pci/devices";

    private final HostRoot host;
    private final List<ListedFunction> listed = new ArrayList<>();
    private final List<String> odd = new ArrayList<>();
    private final Map<Sbdf, ConfigSpace> spaces = new HashMap<>();
    private Optional<PciTree> tree = Optional.empty();

    private PciHost(HostRoot host, List<String> names) {
        this.host = host;
        FunctionLister lister = new FunctionLister(host);
        List<String> functions = new ArrayList<>(names.size());
        for (String name : names) {
            if (Sbdf.parse(name).isPresent()) {
                functions.add(name);
            } else {
                odd.add(DEVICES + "/" + name + ": this is no address of a PCI function");
            }
        }
        listed.addAll(Halves.map(functions, () -> name -> lister.read(DEVICES + "/" + name + "/", Sbdf.parse(name).orElseThrow())));
    }

    /** Lists a host's functions. */
    public static Reading<PciHost> of(HostRoot host) {
        return host.list(DEVICES).map(names -> new PciHost(host, names));
    }

    /** All functions, in the order of their names. */
    public List<ListedFunction> listed() {
        return List.copyOf(listed);
    }

    /** What is listed there and cannot be a function, in words. */
    public List<String> odd() {
        return List.copyOf(odd);
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
        Map<Sbdf, PciFunction> alone = new HashMap<>();
        for (Optional<Read> read : Halves.map(listed, () -> this::readSpace)) {
            read.ifPresent(found -> {
                spaces.put(found.function.address(), found.space);
                alone.put(found.function.address(), found.function);
            });
        }
        Map<Sbdf, PciFunction> decoded = new HashMap<>();
        FunctionReader.tied(alone, spaces).forEach(function -> decoded.put(function.address(), function));
        Set<String> roots = new HashSet<>();
        List<PciFunction> functions = new ArrayList<>(listed.size());
        boolean placed = !listed.isEmpty();
        for (ListedFunction function : listed) {
            Optional<String> root = function.place().flatMap(FunctionPlace::root);
            placed &= root.isPresent();
            root.ifPresent(roots::add);
            functions.add(complete(decoded.getOrDefault(function.address(), PciFunction.at(function.address())), function));
        }
        return placed ? PciTree.of(functions, roots) : PciTree.of(functions);
    }

    /** A space, and what it tells of its function by itself. */
    private record Read(ConfigSpace space, PciFunction function) {
    }

    private Optional<Read> readSpace(ListedFunction function) {
        return host.bytes(function.folder() + "config", ConfigSpace.EXTENDED_BYTES).present().filter(bytes -> bytes.length > 0).map(ConfigSpace::of)
                .map(space -> new Read(space, FunctionReader.read(function.address(), space)));
    }

    /** What configuration space did not tell comes from sysfs: it keeps ids of sleeping devices and knows virtual functions. */
    private static PciFunction complete(PciFunction decoded, ListedFunction function) {
        FunctionIds ids = decoded.ids();
        FunctionIds own = function.ids();
        PciFunction full = decoded.with(own.vendor().isPresent() && own.device().isPresent() ? new FunctionIds(own.vendor(), own.device(),
                own.subsystemVendor().isPresent() ? own.subsystemVendor() : ids.subsystemVendor(), own.subsystem().isPresent() ? own.subsystem()
                        : ids.subsystem())
                : ids);
        if (full.classCode().isEmpty() && function.classCode().isPresent()) {
            full = full.withClass(function.classCode().getAsInt());
        }
        ListedFunction.BelowBridge buses = function.buses();
        if (full.buses().isEmpty() && range(buses.first()) && range(buses.last())) {
            full = full.with(new BusRange(buses.first().getAsInt(), buses.last().getAsInt()));
        }
        int segment = function.address().segment();
        FunctionLinks links = decoded.links();
        return full.with(new FunctionLinks(function.place().flatMap(place -> place.upstream(segment)).or(links::upstream),
                function.physicalFunction().or(links::physicalFunction), function.place().flatMap(place -> place.dmaOwner(segment)).or(links::dmaOwner)));
    }

    private static boolean range(OptionalInt bus) {
        return bus.isPresent() && bus.getAsInt() >>> 8 == 0;
    }
}
