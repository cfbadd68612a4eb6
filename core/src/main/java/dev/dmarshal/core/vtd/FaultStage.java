package dev.dmarshal.core.vtd;

/** The step of a look-up at which the remapping hardware stopped, in the order in which the hardware takes the steps. */
public enum FaultStage {
    /** The root-table address register: mode or request type. */
    ROOT_REGISTER,
    /** The root entry of the request's bus. */
    ROOT_ENTRY,
    /** The context entry of the request's device and function. */
    CONTEXT_ENTRY,
    /** The PASID directory entry. */
    PASID_DIRECTORY,
    /** The PASID table entry. */
    PASID_ENTRY,
    /** The input address, before any paging entry is read. */
    INPUT_ADDRESS,
    /** A first-stage paging entry. */
    FIRST_STAGE,
    /** A second-stage paging entry. */
    SECOND_STAGE,
    /** The address that came out of translation. */
    OUTPUT_ADDRESS,
    /** An interrupt request's own format. */
    INTERRUPT_REQUEST,
    /** The interrupt-remapping table entry. */
    INTERRUPT_ENTRY,
    /** The posted-interrupt descriptor. */
    POSTED_DESCRIPTOR
}
