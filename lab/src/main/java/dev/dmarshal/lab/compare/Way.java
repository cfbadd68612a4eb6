package dev.dmarshal.lab.compare;

import dev.dmarshal.core.unit.WalkTrace;
import dev.dmarshal.lab.scenario.Transfer;

/**
 * What tables say to one direction of a DMA request, past all caches.
 *
 * @param transfer what becomes of it
 * @param trace    the entries that were read
 */
public record Way(Transfer transfer, WalkTrace trace) {

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
    private boolean keepsFaultsBack() {
        return trace.steps().stream().anyMatch(step -> step.level() == 0 && (Long.parseUnsignedLong(step.words().getFirst().substring(2), 16) & 2) != 0);
    }
}
