package dev.dmarshal.doctor.twin;

/** What can be wrong with the tables of a requester, from the root entry down. */
public enum Flaw {
    /** The root-table address register has a mode that does not exist. */
    ROOT_MODE_UNKNOWN,
    /** The root table lies where no memory answers. */
    ROOT_TABLE_LOST,
    /** Reserved bits in the root entry of its bus. */
    ROOT_RESERVED,
    /** The root entry leads where no memory answers. */
    CONTEXT_TABLE_LOST,
    /** Reserved bits in the context entry. */
    CONTEXT_RESERVED,
    /** A context entry whose address width the unit does not have, or in scalable mode such a PASID entry. */
    CONTEXT_INVALID,
    /** The PASID directory lies where no memory answers. */
    PASID_DIRECTORY_LOST,
    /** Reserved bits in the PASID directory's entry. */
    PASID_DIRECTORY_RESERVED,
    /** The PASID table lies where no memory answers. */
    PASID_TABLE_LOST,
    /** Reserved bits in the PASID entry. */
    PASID_RESERVED,
    /** The top of the page tables lies where no memory answers. */
    PAGES_LOST,
    /** A paging entry above the last leads where no memory answers. */
    PAGE_TABLE_LOST,
    /** The last entry of a first stage lacks the user bit. */
    PAGE_SUPERVISOR,
    /** Reserved bits in the last paging entry. */
    PAGE_RESERVED;

    /** Whether it is a flaw of structures that only scalable mode has. */
    boolean scalableOnly() {
        return name().startsWith("PASID_");
    }
}
