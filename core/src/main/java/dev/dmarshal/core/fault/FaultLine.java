package dev.dmarshal.core.fault;

/**
 * A fault as the scanner sees it, without allocation: primitives with a "has" beside each, and {@code has…} false means that the line does not say;
 * the value is then 0 and means nothing. Not thread-safe; valid during one call of {@link LogSink#fault}.
 */
public interface FaultLine {

    /** Who wrote it. */
    Dialect dialect();

    /** What sort of request was refused. */
    FaultKind kind();

    /** Direction; {@link Access#UNKNOWN} for interrupts. */
    Access access();

    /** Whether the line names a PCI segment. */
    boolean hasSegment();

    /** PCI segment. */
    int segment();

    /** Whether the line names a requester id that is one (bus, device to 1f, function to 7). */
    boolean hasSource();

    /** Requester id, 16 bits. */
    int source();

    /** Whether the line has something that is no requester id where one belongs, such as {@code 00:20.0}. */
    boolean hasOddSource();

    /** What stands there. Allocates. */
    String oddSource();

    /** Whether the line gives an address. */
    boolean hasAddress();

    /** Faulting address in bytes, as said. */
    long address();

    /** Whether the line gives an interrupt-remapping index. */
    boolean hasIndex();

    /** Interrupt-remapping index. */
    int index();

    /** Whether the request had a PASID. */
    boolean hasPasid();

    /** PASID, 20 bits. */
    int pasid();

    /** Whether the line (or the one that goes with it) gives a VT-d fault reason. */
    boolean hasReason();

    /** VT-d fault reason code, as said: also codes that no specification defines. */
    int reason();

    /** Whether it is an AMD-Vi event. */
    boolean hasAmdEvent();

    /** AMD-Vi event name. Does not allocate for the events that Linux and Xen name. */
    String amdEvent();

    /** Whether the line gives AMD-Vi flags. */
    boolean hasAmdFlags();

    /** AMD-Vi flags. */
    int amdFlags();

    /** Whether the line gives a domain. */
    boolean hasDomain();

    /** AMD-Vi domain id, or on Xen the number of the guest. */
    int domain();

    /** Whether a driver stands in front of the device. */
    boolean hasDriver();

    /** Its name. Does not allocate when it was seen before. */
    String driver();

    /** Whether the line has a time. */
    boolean hasTime();

    /** Which clock the time is of; meaningless without {@link #hasTime()}. */
    LogTime.Clock clock();

    /** Nanoseconds since that clock's zero. */
    long timeNanos();

    /** Number of the line in its file, from 1; of a pair, of the first. */
    long line();

    /** An immutable copy. Allocates. */
    FaultEvent toEvent();
}
