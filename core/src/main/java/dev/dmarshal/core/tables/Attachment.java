package dev.dmarshal.core.tables;

import dev.dmarshal.core.pci.SourceId;
import dev.dmarshal.core.vtd.FaultReason;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a present context entry (or PASID entry) does with a device's requests.
 *
 * @param device         the requester
 * @param pasid          the PASID; empty for requests without one in legacy mode
 * @param ownPasid       scalable mode: this PASID serves requests without PASID
 * @param kind           what becomes of a request
 * @param domain         domain id
 * @param tree           the page tables, for {@link Kind#TRANSLATED} and {@link Kind#NESTED} (then the second stage)
 * @param entryAddress   physical address of the context or PASID entry
 * @param faultsDisabled FPD is set on the way
 * @param fault          why hardware refuses every request, for {@link Kind#BROKEN}
 */
public record Attachment(SourceId device, OptionalInt pasid, boolean ownPasid, Kind kind, int domain, Optional<PageTree> tree, long entryAddress,
        boolean faultsDisabled, Optional<FaultReason> fault) {

    /** What becomes of a request. */
    public enum Kind {
        /** It goes through page tables. */
        TRANSLATED,
        /** It goes through a first stage whose tables and results go through the second. */
        NESTED,
        /** It reaches memory as it is. */
        PASS_THROUGH,
        /** It is refused whatever its address. */
        BROKEN
    }
}
