package dev.dmarshal.lab.compare;

import dev.dmarshal.lab.scenario.Observation.Delivery;
import java.util.Optional;

/**
 * What the interrupt-remapping table says to an interrupt request, past the interrupt entry cache.
 *
 * @param delivery what becomes of it
 * @param fault    the fault reason if it is blocked, else 0
 * @param low      lower word of the entry; 0 if none was read
 * @param high     upper word of the entry
 * @param relaxed  if it ends by a rule that QEMU does not have, or has otherwise: what comes of it by QEMU's
 */
public record EntryUse(Delivery delivery, int fault, long low, long high, Optional<Relaxed> relaxed) {

    /**
     * The use of an entry without a rule.
     *
     * @param row id of the row of {@code qemu-differences.txt} that says so
     * @param use what comes of it; perhaps the next such rule
     */
    public record Relaxed(String row, EntryUse use) {
    }

    /** The code that is recorded for it; 0 if nothing is: it is not blocked, or FPD of the entry, bit 1, keeps a fault back that is qualified. */
    int record() {
        boolean qualified = fault == 0x22 || fault == 0x24 || fault >= 0x26 && fault <= 0x28;
        return qualified && (low & 2) != 0 ? 0 : fault;
    }

    /** The use behind all relaxed rules. */
    EntryUse last() {
        return relaxed.map(next -> next.use.last()).orElse(this);
    }
}
