package dev.dmarshal.passthrough.xen;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.version.Release;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The slots of an HVM guest's one PCI bus, and which of them a device can have. Xen's VT-d HowTo, "Virtual Slots" and "Single-Function and Multi-Function
 * Pass-Through": until 3.4 two slots were kept for passthrough; since then any free one of 32 will do. Before 4.0 every function shows as function 0.
 */
public final class VirtualSlots {

    /** The highest slot. */
    public static final int LAST = 31;

    private static final Release ANY_SLOT = new Release(3, 4, 0);
    private static final Release MULTIFUNCTION = new Release(4, 0, 0);
    private static final List<Integer> RESERVED = List.of(6, 7);

    private final Release xen;
    private final SortedSet<Integer> taken;

    /**
     * @param xen   the hypervisor's release
     * @param taken slots that the device model's own devices have, or devices passed through already
     */
    public VirtualSlots(Release xen, Iterable<Integer> taken) {
        this.xen = xen;
        this.taken = new TreeSet<>();
        taken.forEach(this.taken::add);
    }

    /**
     * Finds places on a PV guest's bus, which dom0's pciback makes (drivers/xen/xen-pciback/vpci.c): the next slot from 0 on for each card, whatever slot is
     * asked for; functions of a card share its slot and keep their numbers, but for a virtual function 0, which is alone. A device by its name counts as a
     * card of its own and has no place, because its function is not known.
     *
     * @param virtual whether a function of the host is a virtual one
     */
    public static Allocation behindPciback(List<? extends PciEntry> entries, Predicate<Sbdf> virtual) {
        List<Place> places = new ArrayList<>();
        Map<Sbdf, Integer> cards = new HashMap<>();
        int next = 0;
        for (PciEntry entry : entries) {
            next += entry instanceof PciEntry.Named ? 1 : 0;
            for (Sbdf function : entry instanceof PciEntry.Device device ? device.functions() : List.<Sbdf>of()) {
                boolean alone = function.function() == 0 && virtual.test(function);
                Integer shared = alone ? null : cards.get(function.withFunction(0));
                if (shared == null && next > LAST) {
                    return new Allocation(places, Optional.of("no virtual slot is left for " + entry));
                }
                int slot = shared == null ? next++ : shared;
                if (!alone) {
                    cards.putIfAbsent(function.withFunction(0), slot);
                }
                places.add(new Place(function.toString(), slot, function.function()));
            }
        }
        return new Allocation(places, Optional.empty());
    }

    /** Slots that a device could still have, ascending. */
    public List<Integer> free() {
        List<Integer> free = new ArrayList<>();
        for (int slot = 0; slot <= LAST; slot++) {
            if (!taken.contains(slot) && (anySlot() || RESERVED.contains(slot))) {
                free.add(slot);
            }
        }
        return free;
    }

    /** Whether any free slot will do, and a slot can be asked for at all. */
    public boolean anySlot() {
        return xen.atLeast(ANY_SLOT);
    }

    /** Whether the functions of a card keep together in one slot; else each is function 0 of a slot of its own. */
    public boolean multifunction() {
        return xen.atLeast(MULTIFUNCTION);
    }

    /**
     * Finds places for entries, in order, taking what they ask for. A device by its name has one, function 0 of a slot.
     *
     * @return one place for each function, or why it cannot be done
     */
    public Allocation place(List<? extends PciEntry> entries) {
        List<Place> places = new ArrayList<>();
        TreeSet<Integer> free = new TreeSet<>(free());
        for (PciEntry entry : entries) {
            Optional<String> trouble = switch (entry) {
                case PciEntry.Device device -> place(device, free, places);
                case PciEntry.Named named -> {
                    Choice choice = choose(named.virtualSlot(), named.text(), free);
                    choice.slot().ifPresent(slot -> places.add(new Place("name=" + named.name(), slot, 0)));
                    yield choice.trouble();
                }
                case PciEntry.Unreadable _ -> Optional.empty();
            };
            if (trouble.isPresent()) {
                return new Allocation(places, trouble);
            }
        }
        return new Allocation(places, Optional.empty());
    }

    private Optional<String> place(PciEntry.Device entry, TreeSet<Integer> free, List<Place> places) {
        if (multifunction() && lacksFunctionZero(entry)) {
            return Optional.of("a card in the guest needs a function 0, without which nobody looks for the others");
        }
        int slots = multifunction() || entry.functions().size() == 1 ? 1 : entry.functions().size();
        for (int nth = 0; nth < slots; nth++) {
            Choice choice = choose(nth == 0 ? entry.virtualSlot() : OptionalInt.empty(), entry.toString(), free);
            if (choice.slot().isEmpty()) {
                return choice.trouble();
            }
            add(places, entry, nth, choice.slot().getAsInt());
        }
        return Optional.empty();
    }

    /** @param slot taken out of the free ones; empty if there is trouble */
    private record Choice(OptionalInt slot, Optional<String> trouble) {
    }

    private Choice choose(OptionalInt wanted, String entry, TreeSet<Integer> free) {
        // To xl slot 0 is no slot (tools/libs/light/libxl_pci.c, vdevfn).
        OptionalInt asked = multifunction() && wanted.equals(OptionalInt.of(0)) ? OptionalInt.empty() : wanted;
        if (asked.isPresent() && !free.contains(asked.getAsInt())) {
            return new Choice(OptionalInt.empty(), Optional.of(refusal(asked.getAsInt())));
        }
        if (free.isEmpty()) {
            return new Choice(OptionalInt.empty(), Optional.of("no virtual slot is left for " + entry));
        }
        int slot = asked.orElseGet(free::first);
        free.remove(slot);
        return new Choice(OptionalInt.of(slot), Optional.empty());
    }

    private static boolean lacksFunctionZero(PciEntry.Device entry) {
        return !entry.virtualFunctions().isEmpty() && !entry.virtualFunctions().contains(0);
    }

    private void add(List<Place> places, PciEntry.Device entry, int nth, int slot) {
        if (!multifunction() || entry.functions().size() == 1) {
            places.add(new Place(entry.functions().get(nth).toString(), slot, multifunction() && !entry.virtualFunctions().isEmpty()
                    ? entry.virtualFunctions().getFirst() : 0));
            return;
        }
        // xm makes the lowest one function 0 where none is (tools/python/xen/util/pci.py, parse_pci_name_extended).
        int lowest = entry.functions().stream().mapToInt(Sbdf::function).min().orElse(0);
        for (int index = 0; index < entry.functions().size(); index++) {
            int host = entry.functions().get(index).function();
            int function = !entry.virtualFunctions().isEmpty() ? entry.virtualFunctions().get(index) : host == lowest ? 0 : host;
            places.add(new Place(entry.functions().get(index).toString(), slot, function));
        }
    }

    private String refusal(int slot) {
        if (!anySlot() && !RESERVED.contains(slot)) {
            return "Xen " + xen + " has slots 6 and 7 for passthrough and no others; slot " + Integer.toHexString(slot) + " cannot be asked for before 3.4";
        }
        return "virtual slot " + Integer.toHexString(slot) + " is taken";
    }

    /** Where a function shows in the guest. @param device the host's address */
    public record Place(String device, int slot, int function) {
    }

    /** What came of it. @param trouble why not all have a place; empty if all have */
    public record Allocation(List<Place> places, Optional<String> trouble) {

        /** Keeps its own copy. */
        public Allocation {
            places = List.copyOf(places);
        }
    }
}
