package dev.dmarshal.core.pci.topology;

import dev.dmarshal.core.pci.Sbdf;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The functions of a host, hung under each other by the bus numbers in their bridges. Never invents a bridge: a bus whose bridge was not measured is an
 * {@link PciBus.Kind#ORPHAN}. Immutable once made.
 */
public final class PciTree {

    private static final int MOST_BUSES_DEEP = 256;

    private final Map<Sbdf, PciFunction> functions = new TreeMap<>();
    private final Map<Long, PciBus> buses = new TreeMap<>();
    private final Map<Sbdf, PciBus> below = new HashMap<>();
    private final Optional<Set<String>> roots;

    private PciTree(Collection<PciFunction> all, Optional<Set<String>> roots) {
        this.roots = roots;
        all.forEach(function -> functions.putIfAbsent(function.address(), function));
        for (PciFunction function : functions.values()) {
            buses.computeIfAbsent(key(function.address()), key -> new PciBus(function.address().segment(), function.address().bus())).add(function);
        }
        Map<Long, PciFunction> bySecondary = new HashMap<>();
        for (PciFunction function : functions.values()) {
            function.buses().filter(range -> range.secondary() > function.address().bus())
                    .ifPresent(range -> bySecondary.putIfAbsent(key(function.address().segment(), range.secondary()), function));
        }
        Map<Integer, boolean[]> covered = covered();
        buses.forEach((key, bus) -> hang(bus, Optional.ofNullable(bySecondary.get(key)), covered));
        buses.values().forEach(this::cutLoop);
        buses.values().forEach(bus -> bus.bridge().ifPresent(bridge -> below.putIfAbsent(bridge.address(), bus)));
    }

    /** The tree of a host's functions. Of two at one address the first counts. */
    public static PciTree of(Collection<PciFunction> functions) {
        return new PciTree(functions, Optional.empty());
    }

    /** The same where it is known which buses are right below host bridges, as {@code dddd:bb}. */
    public static PciTree of(Collection<PciFunction> functions, Set<String> rootBuses) {
        return new PciTree(functions, Optional.of(Set.copyOf(rootBuses)));
    }

    /** The buses right below host bridges as {@code dddd:bb}, if the host said which they are; otherwise they are guessed from what is above nothing. */
    public Optional<Set<String>> knownRoots() {
        return roots;
    }

    /** All functions by address. */
    public Collection<PciFunction> functions() {
        return Collections.unmodifiableCollection(functions.values());
    }

    /** The function at an address. */
    public Optional<PciFunction> function(Sbdf address) {
        return Optional.ofNullable(functions.get(address));
    }

    /** All buses that have functions on them, by number. */
    public Collection<PciBus> buses() {
        return Collections.unmodifiableCollection(buses.values());
    }

    /** The bus that a function of this tree is on. */
    public PciBus busOf(PciFunction function) {
        PciBus bus = buses.get(key(function.address()));
        if (bus == null) {
            throw new IllegalArgumentException("not in this tree: " + function.address());
        }
        return bus;
    }

    /** The bus behind a bridge, if anything is on it. */
    public Optional<PciBus> busBelow(PciFunction bridge) {
        return Optional.ofNullable(below.get(bridge.address()));
    }

    /** The bridge right above a function; virtual buses are skipped. */
    public Optional<PciFunction> bridgeAbove(PciFunction function) {
        PciBus bus = busOf(function);
        while (bus.kind() == PciBus.Kind.VIRTUAL) {
            bus = bus.parent().orElseThrow();
        }
        return bus.bridge();
    }

    /** Whether every bridge between a function and its host bridge is known. */
    public boolean rooted(PciFunction function) {
        PciBus bus = busOf(function);
        while (bus.parent().isPresent()) {
            bus = bus.parent().get();
        }
        return bus.kind() == PciBus.Kind.ROOT;
    }

    /**
     * Whether a function belongs to a device with several functions. Linux takes function 0's word from its header, and calls every other function that it
     * finds multi-function (drivers/pci/probe.c, pci_scan_slot); a virtual function never is (drivers/pci/iov.c).
     */
    public boolean multifunction(PciFunction function) {
        if (function.virtual()) {
            return false;
        }
        if (function.devfn() != 0 && (function.address().function() > 0 || ariSlot(function))) {
            return true;
        }
        return function.multifunction().orElseGet(() -> busOf(function).functions().stream()
                .anyMatch(other -> other.address().device() == function.address().device() && other.address().function() > 0));
    }

    /**
     * All functions in the order in which Linux finds them: a bus whole, then bridge by bridge what is behind them (drivers/pci/probe.c,
     * pci_scan_child_bus_extend), host bridges by number; virtual functions last, for their driver makes them.
     */
    public List<PciFunction> probeOrder() {
        List<PciFunction> order = new ArrayList<>(functions.size());
        List<PciFunction> virtual = new ArrayList<>();
        for (PciBus bus : buses.values()) {
            if (bus.kind() == PciBus.Kind.ROOT || bus.kind() == PciBus.Kind.ORPHAN) {
                visit(bus, order, virtual);
            } else if (bus.kind() == PciBus.Kind.VIRTUAL) {
                bus.functions().forEach(virtual::add);
            }
        }
        order.addAll(virtual);
        return order;
    }

    private void visit(PciBus bus, List<PciFunction> order, List<PciFunction> virtual) {
        bus.functions().forEach(function -> (function.virtual() ? virtual : order).add(function));
        bus.functions().forEach(function -> busBelow(function).ifPresent(next -> visit(next, order, virtual)));
    }

    /** With alternative routing ids the device number is a part of the function number, and only device 0 is below a port. */
    private boolean ariSlot(PciFunction function) {
        return busOf(function).bridge().flatMap(PciFunction::role).filter(FabricRole::downstream).isPresent()
                && busOf(function).functions().getFirst().devfn() == 0;
    }

    private void hang(PciBus bus, Optional<PciFunction> bridge, Map<Integer, boolean[]> covered) {
        Optional<PciFunction> above = bridge.or(() -> bus.functions().stream().filter(function -> !function.virtual())
                .flatMap(function -> function.links().upstream().stream()).findFirst().flatMap(this::function));
        if (above.isPresent()) {
            bus.hang(PciBus.Kind.BRIDGED, above.get(), buses.get(key(above.get().address())));
            return;
        }
        if (bus.functions().stream().allMatch(PciFunction::virtual)) {
            Optional<PciFunction> owner = function(bus.functions().getFirst().links().physicalFunction().orElseThrow());
            bus.hang(owner.isPresent() ? PciBus.Kind.VIRTUAL : PciBus.Kind.ORPHAN, null, owner.map(this::busOf).orElse(null));
            return;
        }
        boolean root = roots.map(known -> known.contains(bus.toString()))
                .orElseGet(() -> !covered.getOrDefault(bus.segment(), new boolean[256])[bus.number()] && mayBeRoot(bus));
        bus.hang(root ? PciBus.Kind.ROOT : PciBus.Kind.ORPHAN, null, null);
    }

    /** Express endpoints and switch ports need a port above them; on bus 0 hypervisors show them without one. */
    private static boolean mayBeRoot(PciBus bus) {
        return bus.number() == 0 || bus.functions().stream().noneMatch(function -> function.role().filter(type -> type == FabricRole.ENDPOINT
                || type == FabricRole.LEGACY_ENDPOINT || type == FabricRole.UPSTREAM_PORT || type == FabricRole.DOWNSTREAM_PORT).isPresent());
    }

    /** The buses of each segment that are inside some bridge's range. */
    private Map<Integer, boolean[]> covered() {
        Map<Integer, boolean[]> covered = new HashMap<>();
        for (PciFunction function : functions.values()) {
            function.buses().filter(range -> range.secondary() > function.address().bus()).ifPresent(range -> {
                boolean[] inside = covered.computeIfAbsent(function.address().segment(), segment -> new boolean[256]);
                for (int bus = range.secondary(); bus <= range.subordinate(); bus++) {
                    inside[bus] = true;
                }
            });
        }
        return covered;
    }

    /** Links that a host or a capture states wrongly could form a ring; the bus where the walk finds that hangs from nothing. */
    private void cutLoop(PciBus start) {
        PciBus bus = start;
        for (int step = 0; step < MOST_BUSES_DEEP; step++) {
            if (bus.parent().isEmpty()) {
                return;
            }
            bus = bus.parent().get();
        }
        start.hang(PciBus.Kind.ORPHAN, null, null);
    }

    private static long key(Sbdf address) {
        return key(address.segment(), address.bus());
    }

    private static long key(int segment, int bus) {
        return (long) segment << 8 | bus;
    }
}
