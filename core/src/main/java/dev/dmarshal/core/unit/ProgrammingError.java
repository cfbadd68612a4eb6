package dev.dmarshal.core.unit;

/**
 * What software did to the registers that the specification forbids or leaves undefined. The unit goes on in a defined way (see
 * {@code docs/spec-decisions.md}) and counts it, so that the reason of later trouble can be told.
 */
public enum ProgrammingError {
    /** An access that is neither 32 nor 64 bits, or not aligned, or outside the window: reads 0, writes nothing. */
    BAD_ACCESS,
    /** A GCMD write that changes several fields at once: all are done, pointers before enables. */
    SEVERAL_COMMANDS,
    /** A GCMD field or command that the capabilities do not announce: ignored. */
    UNSUPPORTED_COMMAND,
    /** TE set although RTADDR was never latched (RTPS is 0): translation runs on the reset value. */
    TRANSLATION_WITHOUT_ROOT,
    /** IRE set although IRTA was never latched (IRTPS is 0): remapping runs on the reset value. */
    REMAPPING_WITHOUT_TABLE,
    /** EAFL set although AFLOG was never latched (FLS is 0): ignored. */
    LOGGING_WITHOUT_LOG,
    /** Root table pointer set with another translation table mode while TE is 1: done. */
    MODE_CHANGED_WHILE_TRANSLATING,
    /** IQA written while the queue is on: kept for the next time it is enabled. */
    QUEUE_ADDRESS_WHILE_ENABLED,
    /** The queue turned off although it still had descriptors: they are dropped. */
    QUEUE_DISABLED_NOT_EMPTY,
    /** Invalidation by register while the queue is on, or in scalable mode: nothing is invalidated, the actual granularity reads 0. */
    REGISTER_INVALIDATION_REFUSED,
    /** Invalidation by register with a reserved granularity: nothing is invalidated, the actual granularity reads 0. */
    REGISTER_INVALIDATION_RESERVED,
    /** A protected region's bounds written while protection is on: ignored. */
    PROTECTED_REGION_WHILE_ENABLED
}
