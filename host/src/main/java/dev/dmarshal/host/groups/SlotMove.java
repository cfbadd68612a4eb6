package dev.dmarshal.host.groups;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.core.pci.topology.BusRange;
import dev.dmarshal.core.pci.topology.PciBus;
import dev.dmarshal.core.pci.topology.PciFunction;
import dev.dmarshal.core.pci.topology.PciTree;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A card plugged into another slot, on paper. What was in that slot goes to the card's old one.
 *
 * @param tree  the tree afterwards; which bus numbers the firmware would really give is not known, and does not matter for groups
 * @param moved old addresses to new ones
 */
public record SlotMove(PciTree tree, Map<Sbdf, Sbdf> moved) {

    /** Keeps an own copy. */
    public SlotMove {
        moved = Map.copyOf(moved);
    }

    /**
     * Moves the device that a function belongs to, and all that is below it, under a port. Throws IllegalArgumentException, in words for people, for what
     * cannot be.
     */
    public static SlotMove of(PciTree tree, Sbdf device, Sbdf port) {
        PciFunction function = tree.function(device).orElseThrow(() -> new IllegalArgumentException("no such function: " + device));
        PciFunction target = tree.function(port).orElseThrow(() -> new IllegalArgumentException("no such function: " + port));
        if (target.buses().filter(range -> range.secondary() > 0).isEmpty()) {
            throw new IllegalArgumentException(port + " is no bridge with a bus below it");
        }
        PciBus from = tree.busOf(function);
        if (from.bridge().isEmpty()) {
            throw new IllegalArgumentException(device + " is built in: nothing is known above it that it could be unplugged from");
        }
        if (from.bridge().get().address().equals(port)) {
            throw new IllegalArgumentException(device + " is below " + port + " already");
        }
        Optional<PciFunction> above = Optional.of(target);
        while (above.isPresent()) {
            if (tree.busOf(above.get()) == from && above.get().address().device() == device.device()) {
                throw new IllegalArgumentException(port + " is a part of what is to be moved");
            }
            above = tree.bridgeAbove(above.get());
        }
        return new Mover(tree).move(from, target);
    }

    private static final class Mover {

        private final PciTree tree;
        private final Map<Sbdf, Sbdf> moved = new HashMap<>();
        private final Map<Sbdf, BusRange> ranges = new HashMap<>();
        private BitSet used = new BitSet(256);

        Mover(PciTree tree) {
            this.tree = tree;
        }

        SlotMove move(PciBus from, PciFunction target) {
            int segment = target.address().segment();
            for (PciFunction function : tree.functions()) {
                if (function.address().segment() == segment) {
                    used.set(function.address().bus());
                    function.buses().ifPresent(range -> used.set(range.secondary(), Math.max(range.secondary(), range.subordinate()) + 1));
                }
            }
            int bus = target.buses().orElseThrow().secondary();
            Optional<PciBus> displaced = tree.busBelow(target);
            renumber(from, segment, bus);
            displaced.ifPresent(there -> renumber(there, from.segment(), from.number()));
            List<PciFunction> after = new ArrayList<>();
            for (PciFunction function : tree.functions()) {
                PciFunction placed = moved.containsKey(function.address()) ? function.movedTo(moved.get(function.address())) : function;
                BusRange range = ranges.get(function.address());
                after.add(range == null ? placed : placed.with(range));
            }
            PciTree result = tree.knownRoots().map(roots -> PciTree.of(after, roots)).orElseGet(() -> PciTree.of(after));
            return new SlotMove(result, moved);
        }

        private void renumber(PciBus bus, int segment, int number) {
            for (PciFunction function : bus.functions()) {
                Sbdf address = function.address();
                moved.put(address, new Sbdf(segment, number, address.device(), address.function()));
                tree.busBelow(function).ifPresent(below -> {
                    int free = used.nextClearBit(number + 1);
                    if (free > 255) {
                        throw new IllegalArgumentException("no bus numbers are left for what is below " + address);
                    }
                    used.set(free);
                    ranges.put(address, new BusRange(free, free));
                    renumber(below, segment, free);
                });
            }
        }
    }
}
