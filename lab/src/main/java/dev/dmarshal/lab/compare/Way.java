package dev.dmarshal.lab.compare;

import dev.dmarshal.core.unit.WalkTrace;
import dev.dmarshal.lab.scenario.Transfer;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What tables say to one direction of a DMA request, past all caches.
 *
 * @param transfer what becomes of it
 * @param trace    the entries that were read
 * @param relaxed  if it is stopped by a rule that QEMU does not check: the way without that rule
 */
public record Way(Transfer transfer, WalkTrace trace, Optional<Relaxed> relaxed) {

    /**
     * A way that goes on where a rule would have stopped it.
     *
     * @param row id of the row of {@code qemu-differences.txt} that says that QEMU does not check the rule
     * @param way how it goes on; perhaps to the next such rule
     */
    public record Relaxed(String row, Way way) {
    }

    /**
     * Whether a cache filled by this way may have given {@code seen} to a requester whose own tables say {@code own}: whether a fault is recorded is a matter
     * of the requester's own FPD, not of that of the one for whom it was cached.
     */
    boolean gives(Transfer seen, Way own) {
        int code = trace.outcome().reasonCode();
        return transfer.equals(seen) || seen instanceof Transfer.Blocked blocked && blocked.reason() == code
                || seen instanceof Transfer.BlockedQuietly && code != 0 && own.keepsFaultsBack();
    }

    /** Whether an entry that binds the requester to its tables has FPD, which is bit 1 of all of them. */
    boolean keepsFaultsBack() {
        return trace.steps().stream().anyMatch(step -> step.level() == 0 && (Long.parseUnsignedLong(step.words().getFirst().substring(2), 16) & 2) != 0);
    }

    /** Whether the request passes, if need be without rules that QEMU does not check. */
    boolean translatedAtLast() {
        return trace.outcome().translated() || relaxed.filter(next -> next.way.translatedAtLast()).isPresent();
    }

    /** The same with what {@code change} makes of its transfer, and of those of the relaxed ways behind it. */
    Way with(UnaryOperator<Transfer> change) {
        return new Way(change.apply(transfer), trace, relaxed.map(next -> new Relaxed(next.row, next.way.with(change))));
    }
}
