package dev.dmarshal.host.survey;

import dev.dmarshal.core.pci.Sbdf;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An IOMMU group: functions that can only be handed over together.
 *
 * @param number  the kernel's; empty for a computed one
 * @param members by address
 * @param merged   what merges it, in words; empty for one with a single member or where it is not known
 * @param certain  whether it is the same whatever was not measured
 * @param reserved what the running kernel keeps of its address space; empty if that was not seen
 */
public record GroupFacts(OptionalInt number, List<Sbdf> members, List<String> merged, boolean certain, Optional<List<ReservedRegion>> reserved) {

    /** Keeps its own copies. */
    public GroupFacts {
        members = List.copyOf(members);
        merged = List.copyOf(merged);
    }

    /** For people: {@code group 12} or {@code a computed group}. */
    public String words() {
        return number.isPresent() ? "group " + number.getAsInt() : "its computed group";
    }
}
