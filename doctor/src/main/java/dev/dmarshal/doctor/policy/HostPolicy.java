package dev.dmarshal.doctor.policy;

import dev.dmarshal.core.pci.Sbdf;
import java.util.List;
import java.util.Optional;

/**
 * What a kernel does with the remapping of a host.
 *
 * @param translating whether DMA is translated; empty if what is known does not decide it
 * @param because     what decides that, a sentence
 * @param remapping   whether interrupts are remapped; empty if not known
 * @param units       its remapping units
 * @param groups      all groups, and as groups of one the functions that no unit covers
 * @param notes       what whoever reads this should know
 */
public record HostPolicy(Optional<Boolean> translating, String because, Optional<Boolean> remapping, List<UnitPlan> units, List<GroupPlan> groups,
        List<String> notes) {

    /** Keeps its own copies. */
    public HostPolicy {
        units = List.copyOf(units);
        groups = List.copyOf(groups);
        notes = List.copyOf(notes);
    }

    /** The group of a function. */
    public Optional<GroupPlan> groupOf(Sbdf address) {
        return groups.stream().filter(group -> group.members().contains(address)).findFirst();
    }
}
