package dev.dmarshal.passthrough.guest;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.passthrough.guest.GuestLayout.Bus;
import dev.dmarshal.passthrough.guest.GuestLayout.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds free slots of a guest for functions of the host. Pure.
 *
 * <p>Rules of QEMU's machines (docs/pcie.txt, hw/pci/pcie_port.c, hw/acpi/pcihp.c): a port has one slot; the root bus of a q35 takes nothing while the guest
 * runs; slot 0 of a conventional bridge belongs to its hot-plug controller.
 */
public final class GuestSlots {

    private static final int SLOTS = 32;

    private GuestSlots() {
    }

    /**
     * A place in the guest.
     *
     * @param bus           the bus
     * @param slot          its slot
     * @param function      the function within the slot
     * @param multifunction whether the guest must be told that the slot has more functions: on function 0 only
     */
    public record Place(Bus bus, int slot, int function, boolean multifunction) {

        /** As an address in the guest. */
        public Sbdf address() {
            return new Sbdf(0, bus.number(), slot, function);
        }
    }

    /**
     * A place for each function, or empty if there is not enough room.
     *
     * @param functions the host's functions in the order of the wish
     * @param together  whether functions of one host device share one slot of the guest, with function 0 last, because plugging in function 0 is what the
     *                  guest is told of (hw/pci/pcie.c, pcie_cap_slot_plug_cb)
     * @return places by function, in the order in which they are to be plugged in
     */
    public static Optional<Map<Sbdf, Place>> choose(GuestLayout layout, List<Sbdf> functions, boolean together) {
        Map<Sbdf, Place> places = new LinkedHashMap<>();
        Set<String> taken = new HashSet<>();
        for (List<Sbdf> card : cards(functions, together)) {
            Optional<Place> free = free(layout, taken);
            if (free.isEmpty()) {
                return Optional.empty();
            }
            Bus bus = free.get().bus();
            taken.add(key(bus, free.get().slot()));
            boolean several = card.size() > 1;
            for (int i = card.size() - 1; i >= 0; i--) {
                places.put(card.get(i), new Place(bus, free.get().slot(), i, several && i == 0));
            }
        }
        return Optional.of(places);
    }

    /**
     * The functions by card, each card's in the order of its functions. The lowest of a card becomes the guest's function 0, for without one the guest looks
     * no further.
     */
    private static List<List<Sbdf>> cards(List<Sbdf> functions, boolean together) {
        Map<Sbdf, List<Sbdf>> cards = new LinkedHashMap<>();
        for (Sbdf function : functions) {
            cards.computeIfAbsent(together ? function.withFunction(0) : function, _ -> new ArrayList<>()).add(function);
        }
        cards.values().forEach(card -> card.sort(Comparator.comparingInt(Sbdf::function)));
        return List.copyOf(cards.values());
    }

    private static Optional<Place> free(GuestLayout layout, Set<String> taken) {
        for (Kind kind : List.of(Kind.PORT, Kind.PCI_ROOT, Kind.CONVENTIONAL, Kind.PCIE_ROOT)) {
            if (kind == Kind.PCIE_ROOT && layout.running()) {
                continue;
            }
            for (Bus bus : layout.buses().stream().filter(one -> one.kind() == kind).sorted(Comparator.comparingInt(Bus::number)).toList()) {
                for (int slot = kind == Kind.PORT ? 0 : 1; slot < (kind == Kind.PORT ? 1 : SLOTS); slot++) {
                    if (bus.free(slot) && !taken.contains(key(bus, slot))) {
                        return Optional.of(new Place(bus, slot, 0, false));
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static String key(Bus bus, int slot) {
        return bus.number() + "/" + slot;
    }
}
