package dev.dmarshal.core.fault;

/** What sort of request the hardware refused. */
public enum FaultKind {
    /** A memory request (DMA). */
    DMA,
    /** An interrupt request. */
    INTERRUPT,
    /** An event of the IOMMU itself: a command or table error, an invalidation that timed out. */
    UNIT
}
