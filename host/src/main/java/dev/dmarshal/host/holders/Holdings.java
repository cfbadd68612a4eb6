package dev.dmarshal.host.holders;

import java.util.List;
import java.util.Optional;

/**
 * All that holds one device.
 *
 * @param holders heaviest first
 */
public record Holdings(List<Holder> holders) {

    /** Nothing seen. */
    public static final Holdings NONE = new Holdings(List.of());

    /** Keeps its own copy, heaviest first. */
    public Holdings {
        holders = holders.stream().distinct().sorted(java.util.Comparator.comparing(Holder::stake).reversed()).toList();
    }

    /** The holders of one weight. */
    public List<Holder> of(Stake stake) {
        return holders.stream().filter(holder -> holder.stake() == stake).toList();
    }

    /** The heaviest stake, if there is any holder. */
    public Optional<Stake> heaviest() {
        return holders.isEmpty() ? Optional.empty() : Optional.of(holders.getFirst().stake());
    }
}
