package dev.dmarshal.passthrough.wish;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.passthrough.plan.Guest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What somebody wants: these functions, ready for VFIO or in a guest.
 *
 * @param devices the functions asked for
 * @param with    other members of their groups that may go along; nothing else of a group is ever touched
 * @param guest   the running guest that gets them; empty if they are only to be bound to vfio-pci
 * @param options what the guest's side of the plug needs, such as {@code bus}
 * @param forced  labels of refusals that the administrator takes upon himself
 */
public record Wish(List<Sbdf> devices, Set<Sbdf> with, Optional<Guest> guest, Map<String, String> options, Set<String> forced) {

    /** Keeps its own copies. */
    public Wish {
        devices = List.copyOf(devices);
        with = Set.copyOf(with);
        options = Map.copyOf(options);
        forced = Set.copyOf(forced);
    }
}
