package dev.dmarshal.host.survey;

import dev.dmarshal.core.acpi.DeviceScope;
import dev.dmarshal.core.acpi.DmarStructure;
import dev.dmarshal.core.acpi.DmarTable;
import dev.dmarshal.core.acpi.ScopeResolver;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.topology.BusRange;
import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.core.pci.topology.PciTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which unit of a DMAR table covers a function, and which reserved regions name it, as Linux decides it (drivers/iommu/intel/iommu.c,
 * {@code device_lookup_iommu} and {@code device_has_rmrr}): a scope means a function itself, or the bridge that it hangs below.
 */
public final class DmarCoverage {

    private record Scoped<T>(T structure, Set<Sbdf> devices) {
    }

    private final PciTree tree;
    private final List<Scoped<DmarStructure.Drhd>> units = new ArrayList<>();
    private final List<Scoped<DmarStructure.Rmrr>> regions = new ArrayList<>();
    private final List<String> astray = new ArrayList<>();

    /** Resolves the scopes of a table among a host's functions. */
    public DmarCoverage(DmarTable table, PciTree tree) {
        this.tree = tree;
        ScopeResolver resolver = new ScopeResolver(bridge -> tree.function(bridge).flatMap(PciFunction::buses).map(BusRange::secondary).map(OptionalInt::of)
                .orElse(OptionalInt.empty()));
        table.drhds().forEach(unit -> units.add(new Scoped<>(unit, devices(resolver, unit))));
        table.rmrrs().forEach(region -> regions.add(new Scoped<>(region, devices(resolver, region))));
    }

    private Set<Sbdf> devices(ScopeResolver resolver, DmarStructure.Scoped structure) {
        List<Sbdf> devices = new ArrayList<>();
        for (DeviceScope scope : structure.scopes()) {
            if (scope.kind() == DeviceScope.Kind.ENDPOINT || scope.kind() == DeviceScope.Kind.BRIDGE) {
                if (resolver.resolve(structure.segment(), scope) instanceof ScopeResolver.Resolved resolved) {
                    devices.add(resolved.function());
                } else {
                    astray.add(structure.name() + " names a device by a path that leads nowhere");
                }
            }
        }
        return devices.stream().collect(Collectors.toUnmodifiableSet());
    }

    /** The unit that covers a function. A virtual function is looked up as its parent, one in a VMD domain as its controller. */
    public Optional<DmarStructure.Drhd> unitOf(Sbdf address) {
        Set<Sbdf> meant = meant(address);
        int segment = meant.iterator().next().segment();
        for (Scoped<DmarStructure.Drhd> unit : units) {
            if (unit.structure().segment() == segment && unit.devices().stream().anyMatch(meant::contains)) {
                return Optional.of(unit.structure());
            }
        }
        return units.stream().map(Scoped::structure).filter(unit -> unit.includePciAll() && unit.segment() == segment).findFirst();
    }

    /** The reserved regions that name a function or a bridge above it. */
    public List<DmarStructure.Rmrr> regionsOf(Sbdf address) {
        Set<Sbdf> meant = meant(address);
        return regions.stream().filter(region -> region.devices().stream().anyMatch(meant::contains)).map(Scoped::structure).toList();
    }

    /** The functions that a region names and that are there. */
    public List<Sbdf> namedBy(DmarStructure.Rmrr region) {
        return regions.stream().filter(scoped -> scoped.structure() == region).flatMap(scoped -> scoped.devices().stream()).sorted().toList();
    }

    /** Scopes whose paths lead nowhere, in words. */
    public List<String> astray() {
        return List.copyOf(astray);
    }

    private Set<Sbdf> meant(Sbdf address) {
        Optional<PciFunction> function = tree.function(address);
        Sbdf start = function.flatMap(found -> found.links().dmaOwner()).or(() -> function.flatMap(found -> found.links().physicalFunction())).orElse(address);
        List<Sbdf> meant = new ArrayList<>(List.of(start));
        Optional<PciFunction> at = tree.function(start).flatMap(tree::bridgeAbove);
        while (at.isPresent() && meant.size() < 256) {
            meant.add(at.get().address());
            at = tree.bridgeAbove(at.get());
        }
        return new java.util.LinkedHashSet<>(meant);
    }
}
