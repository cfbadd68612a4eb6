package dev.dmarshal.lab.rehearsal;

import dev.dmarshal.core.pci.topology.FabricRole;
import dev.dmarshal.core.pci.topology.PciBus;
import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.core.pci.topology.PciTree;
import dev.dmarshal.host.groups.IommuGroups;
import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.machine.MachineSpec;
import dev.dmarshal.lab.machine.Part;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The machine that comes nearest to a host's PCI topology in QEMU: same slots on bus 0, ports where the host has ports, with ACS where the kernel would take
 * them for isolating, and below them devices of the same class.
 *
 * @param spec       the machine
 * @param standIns   what stands for which function
 * @param models     models in use, by their part's name
 * @param shortfalls what could not be mirrored, in words
 */
record Mirror(MachineSpec spec, List<StandIn> standIns, Map<String, Model> models, List<String> shortfalls) {

    /** Mirrors a host whose groups were computed for the planned kernel and command line. */
    static Mirror of(IommuGroups groups) throws LabFailure {
        return new Maker(groups).make();
    }

    private static final class Maker {

        private static final int MEMORY_MIB = 1024;
        private static final int LAST_SLOT = 0x1f;
        private static final int MOST_WITH_PORTS = 8;
        private static final Map<Integer, String> CHIPSET = Map.of(0, "Q35 ISA bridge", 2, "Q35 AHCI", 3, "Q35 SMBus");

        private final IommuGroups groups;
        private final PciTree tree;
        private final MachineSpec.Builder builder = MachineSpec.builder().memory(MEMORY_MIB);
        private final List<StandIn> standIns = new ArrayList<>();
        private final Map<String, Model> models = new HashMap<>();
        private final Set<String> shortfalls = new LinkedHashSet<>();
        private final Set<Integer> ownSlots = new LinkedHashSet<>();
        private int withPorts;
        private int bridges;
        private int virtual;

        Maker(IommuGroups groups) {
            this.groups = groups;
            this.tree = groups.tree();
        }

        Mirror make() throws LabFailure {
            Collection<PciBus> buses = tree.buses();
            buses.stream().filter(this::isMain).flatMap(bus -> bus.functions().stream()).forEach(function -> ownSlots.add(function.address().device()));
            for (PciBus bus : buses) {
                if (isMain(bus)) {
                    bus(bus, Part.ROOT_COMPLEX);
                } else if (bus.kind() == PciBus.Kind.ROOT && bus.segment() == 0) {
                    furtherRoot(bus);
                } else if (bus.kind() == PciBus.Kind.ROOT) {
                    lost(bus.functions(), "PCI segment " + bus.segment() + ": QEMU's Q35 has segment 0 alone");
                } else if (bus.kind() == PciBus.Kind.ORPHAN) {
                    lost(bus.functions(), "the bridge above bus " + bus + " was not recorded");
                }
            }
            if (virtual > 0) {
                shortfalls.add(virtual + " virtual function" + (virtual == 1 ? "" : "s") + ": no driver makes them here");
            }
            return new Mirror(builder.build(), List.copyOf(standIns), Map.copyOf(models), List.copyOf(shortfalls));
        }

        private boolean isMain(PciBus bus) {
            return bus.kind() == PciBus.Kind.ROOT && bus.segment() == 0 && bus.number() == 0;
        }

        /** A host bridge of its own: QEMU's expander, which takes a slot on bus 0. */
        private void furtherRoot(PciBus bus) {
            int slot = LAST_SLOT - 1;
            while (slot > 0 && ownSlots.contains(slot)) {
                slot--;
            }
            if (slot == 0) {
                lost(bus.functions(), "root bus " + bus + ": no slot is left on bus 0 for QEMU's expander");
                return;
            }
            ownSlots.add(slot);
            String id = String.format(Locale.ROOT, "root%02x", bus.number());
            builder.part(Part.device("pxb-pcie", id).at(address(slot, 0)).with("bus_nr", Integer.toString(bus.number())));
            shortfalls.add("root bus " + bus + " hangs from QEMU's expander, which adds a function of its own at 0000:00:" + address(slot, 0));
            bus(bus, id);
        }

        private void bus(PciBus bus, String on) {
            Map<Integer, List<PciFunction>> slots = new TreeMap<>();
            for (PciFunction function : bus.functions()) {
                if (function.virtual()) {
                    virtual++;
                } else {
                    slots.computeIfAbsent(function.address().device(), none -> new ArrayList<>()).add(function);
                }
            }
            boolean belowPort = bus.bridge().flatMap(PciFunction::role).filter(FabricRole::downstream).isPresent();
            for (Map.Entry<Integer, List<PciFunction>> slot : slots.entrySet()) {
                if (belowPort && slot.getKey() > 0) {
                    lost(slot.getValue(), "device " + slot.getKey() + " below a port: QEMU's models have no alternative routing ids");
                } else {
                    slot(bus, on, slot.getKey(), slot.getValue());
                }
            }
        }

        private void slot(PciBus bus, String on, int slot, List<PciFunction> functions) {
            boolean main = isMain(bus);
            boolean conventional = bus.bridge().flatMap(PciFunction::role).filter(role -> role == FabricRole.CONVENTIONAL
                    || role == FabricRole.PCIE_TO_PCI_BRIDGE).isPresent();
            int at = slot;
            if (conventional && slot == 0) {
                at = LAST_SLOT;
                shortfalls.add(functions.getFirst().address() + ": is device 1f here, because QEMU's bridge keeps slot 0 to itself");
            }
            int shift = main && slot == LAST_SLOT ? 0 : functions.getFirst().address().function();
            if (shift > 0) {
                shortfalls.add(functions.getFirst().address() + ": is function 0 here, because the host hides its function 0");
            }
            for (PciFunction function : functions) {
                int number = function.address().function() == shift ? 0 : function.address().function();
                if (main && slot == 0) {
                    hostBridge(function);
                } else if (main && slot == LAST_SLOT && CHIPSET.containsKey(number)) {
                    standIns.add(new StandIn(function, CHIPSET.get(number), Optional.empty()));
                } else {
                    function(function, on, address(at, number));
                }
            }
        }

        private void hostBridge(PciFunction function) {
            if (function.address().function() == 0) {
                standIns.add(new StandIn(function, "Q35 host bridge", Optional.empty()));
            } else {
                lost(List.of(function), "QEMU's host bridge has no further functions");
            }
        }

        private void function(PciFunction function, String on, String address) {
            String id = String.format(Locale.ROOT, "p%02x-%02x-%d", function.address().bus(), function.address().device(), function.address().function());
            Optional<Part> port = port(function, id, on);
            if (port.isPresent()) {
                add(function, port.get().on(on).at(address), port.get().model());
                tree.busBelow(function).ifPresent(below -> bus(below, id));
            } else if (function.bridge()) {
                lost(List.of(function), "no model for a " + function.described().replaceAll(" [0-9a-f:.]+$", "") + " in this place");
                tree.busBelow(function).ifPresent(this::lostBelow);
            } else {
                endpoint(function, id, on, address);
            }
        }

        private void endpoint(PciFunction function, String id, String on, String address) {
            Model model = Model.of(function, withPorts < MOST_WITH_PORTS);
            withPorts += model.driver().filter("e1000e"::equals).isPresent() ? 1 : 0;
            Part part = Part.device(model.name(), id).on(on).at(address);
            add(function, model.name().equals("nvme") ? part.with("serial", id) : part, model.name());
            models.put(id, model);
            boolean express = function.role().filter(FabricRole::express).isPresent();
            if (express && tree.multifunction(function) && groups.isolation(function).isolates()) {
                shortfalls.add(function.address() + ": the host's keeps its functions apart, QEMU's " + model.name() + " does not");
            }
        }

        /** The bridge or port that stands for one; empty for what is none or has no counterpart there. */
        private Optional<Part> port(PciFunction function, String id, String on) {
            boolean isolates = groups.isolation(function).isolates();
            FabricRole role = function.role().orElse(function.bridge() ? FabricRole.CONVENTIONAL : FabricRole.ENDPOINT);
            boolean root = on.equals(Part.ROOT_COMPLEX) || on.startsWith("root");
            return switch (role) {
                case ROOT_PORT -> root ? Optional.of(isolates ? Part.rootPort(id) : Part.rootPort(id).withoutAcs()) : Optional.empty();
                case UPSTREAM_PORT -> root ? Optional.empty() : Optional.of(Part.switchUpstream(id));
                case DOWNSTREAM_PORT -> {
                    if (isolates) {
                        shortfalls.add(function.address() + ": the host's switch port isolates (ACS), QEMU's cannot; what is below it shares a group here");
                    }
                    yield Optional.of(Part.switchDownstream(id));
                }
                case PCIE_TO_PCI_BRIDGE -> Optional.of(Part.pciBridge(id));
                case CONVENTIONAL -> !function.bridge() ? Optional.empty() : Optional.of(root ? Part.device("i82801b11-bridge", id)
                        : Part.device("pci-bridge", id).with("chassis_nr", Integer.toString(100 + bridges++)).with("shpc", "off"));
                default -> Optional.empty();
            };
        }

        private void add(PciFunction function, Part part, String model) {
            builder.part(part);
            standIns.add(new StandIn(function, model, Optional.of(part.id())));
        }

        private void lostBelow(PciBus bus) {
            lost(bus.functions(), "what it hangs from is not mirrored");
            bus.functions().forEach(function -> tree.busBelow(function).ifPresent(this::lostBelow));
        }

        private void lost(List<PciFunction> functions, String why) {
            functions.forEach(function -> shortfalls.add(function.address() + ": not mirrored: " + why));
        }

        private static String address(int device, int function) {
            return String.format(Locale.ROOT, "%02x.%d", device, function);
        }
    }
}
