package dev.dmarshal.passthrough.wish;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.passthrough.plan.Guest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What somebody wants: these functions, ready for VFIO or in a guest.
 *
 * @param devices the functions asked for
 * @param with    other members of their groups that may go along; nothing else of a group is ever touched
 * @param guest   the guest that gets them; empty if they are only to be bound to vfio-pci
 * @param plug    how they get into the guest
 * @param forced  labels of refusals that the administrator takes upon himself
 */
public record Wish(List<Sbdf> devices, Set<Sbdf> with, Optional<Guest> guest, Plug plug, Set<String> forced) {

    /** Keeps its own copies. */
    public Wish {
        devices = List.copyOf(devices);
        with = Set.copyOf(with);
        forced = Set.copyOf(forced);
    }

    /** With a plug of the usual kind and properties of the guest's side. */
    public Wish(List<Sbdf> devices, Set<Sbdf> with, Optional<Guest> guest, Map<String, String> options, Set<String> forced) {
        this(devices, with, guest, Plug.usual(options), forced);
    }

    /** All functions that leave the host: those asked for, then what goes along, by address. */
    public List<Sbdf> taken() {
        return Stream.concat(devices.stream(), with.stream().sorted()).distinct().toList();
    }

    /** Whether libvirt binds the devices asked for, and dmarshal only what goes along. */
    public boolean boundByLibvirt() {
        return plug.managed() && guest.isPresent() && guest.get().via().equals("libvirt");
    }
}
