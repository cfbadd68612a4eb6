package dev.dmarshal.core.unit;

/** What became of a page request, {@link RemappingUnit#requestPage}. */
public enum PageRequestOutcome {
    /** It is in the queue. */
    QUEUED,
    /** It was dropped because of overflow; not the last of its group, so nothing was said to the device. */
    DROPPED,
    /** It was dropped because of overflow; as the last of its group it was answered with success. */
    DROPPED_AND_ANSWERED,
    /**
     * The tables do not allow it, or the unit has no page request queue, or the queue's memory cannot be written; the last of a group was answered
     * with failure.
     */
    REFUSED
}
