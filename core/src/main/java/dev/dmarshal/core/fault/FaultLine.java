package dev.dmarshal.core.fault;

/** A fault as the scanner sees it, without allocation: primitives with a "has" beside each. Not thread-safe, valid during one call of {@link LogSink#fault}. */
public interface FaultLine {

    /** Who wrote it. */
    Dialect dialect();

    /** What sort of request was refused. */
    FaultKind kind();

    /** An immutable copy. Allocates. */
    FaultEvent toEvent();
}
