package dev.dmarshal.core.unit;

/**
 * What the register file and the invalidation queue ask of the translation caches. Domain ids are 16 bits, source-ids 16, PASIDs 20; addresses are bytes.
 * An implementation may drop more than it is asked for, never less.
 */
interface CacheControl {

    /** Drops all context entries. */
    void invalidateContexts();

    /** Drops the context entries of a domain. */
    void invalidateContextsOfDomain(int domain);

    /**
     * Drops the context entry of one domain's source-ids that match {@code sourceId} under {@code functionMask} (FM: 0 all bits count, 1 ignores
     * function bit 2, 2 bits 2:1, 3 bits 2:0).
     */
    void invalidateContextsOfDevice(int domain, int sourceId, int functionMask);

    /** Drops all PASID-cache entries. */
    void invalidatePasids();

    /** Drops the PASID-cache entries of a domain. */
    void invalidatePasidsOfDomain(int domain);

    /** Drops a domain's PASID-cache entries of one PASID. */
    void invalidatePasid(int domain, int pasid);

    /** Drops every translation: IOTLB and paging-structure caches. */
    void invalidateTranslations();

    /** Drops a domain's translations. */
    void invalidateTranslationsOfDomain(int domain);

    /**
     * Drops a domain's second-stage translations of {@code 2^addressMask} pages from {@code address}; {@code leavesOnly} (IH) may keep paging-structure
     * entries.
     */
    void invalidatePages(int domain, long address, int addressMask, boolean leavesOnly);

    /** Drops a domain's translations of one PASID. */
    void invalidateTranslationsOfPasid(int domain, int pasid);

    /** Drops a domain's first-stage or nested translations of one PASID in {@code 2^addressMask} pages from {@code address}. */
    void invalidatePagesOfPasid(int domain, int pasid, long address, int addressMask);

    /** Drops all cached interrupt-remapping entries. */
    void invalidateInterrupts();

    /** Drops {@code 2^indexMask} cached interrupt-remapping entries from {@code index}. */
    void invalidateInterrupts(int index, int indexMask);
}
