package dev.dmarshal.core.fault;

import dev.dmarshal.core.pci.SourceId;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A fault as the scanner sees it, without allocation: primitives with a "has" beside each. {@code has…} false means that the line does not say;
 * the value then means nothing. The scanner owns and reuses it: not thread-safe, valid during one call of {@link LogSink#fault}.
 */
public final class FaultLine {

    private static final int SEGMENT = 1;
    private static final int SOURCE = 1 << 1;
    private static final int ADDRESS = 1 << 2;
    private static final int INDEX = 1 << 3;
    private static final int PASID = 1 << 4;
    private static final int REASON = 1 << 5;
    private static final int FLAGS = 1 << 6;
    private static final int DOMAIN = 1 << 7;
    private static final int TIME = 1 << 8;

    private int present;
    private Dialect dialect;
    private FaultKind kind;
    private Access access;
    private int segment;
    private int source;
    private String oddSource;
    private long address;
    private int index;
    private int pasid;
    private int reason;
    private String amdEvent;
    private int amdFlags;
    private int domain;
    private String driver;
    private LogTime.Clock clock;
    private long timeNanos;
    private long line;

    FaultLine() {
        clear(Dialect.LINUX_VTD, FaultKind.DMA);
    }

    void clear(Dialect nowDialect, FaultKind nowKind) {
        present = 0;
        dialect = nowDialect;
        kind = nowKind;
        access = Access.UNKNOWN;
        oddSource = null;
        amdEvent = null;
        driver = null;
    }

    void kind(FaultKind value) {
        kind = value;
    }

    void access(Access value) {
        access = value;
    }

    void segment(int value) {
        segment = value;
        present |= SEGMENT;
    }

    void source(int value) {
        source = value;
        present |= SOURCE;
    }

    void address(long value) {
        address = value;
        present |= ADDRESS;
    }

    void index(int value) {
        index = value;
        present |= INDEX;
    }

    void pasid(int value) {
        pasid = value;
        present |= PASID;
    }

    void reason(int value) {
        reason = value;
        present |= REASON;
    }

    void amdFlags(int value) {
        amdFlags = value;
        present |= FLAGS;
    }

    void domain(int value) {
        domain = value;
        present |= DOMAIN;
    }

    void oddSource(String value) {
        oddSource = value;
    }

    void amdEvent(String value) {
        amdEvent = value;
    }

    void driver(String value) {
        driver = value;
    }

    void at(LogClock time, long number) {
        line = number;
        if (time.known()) {
            present |= TIME;
            clock = time.clock();
            timeNanos = time.nanos();
        }
    }

    /** Who wrote it. */
    public Dialect dialect() {
        return dialect;
    }

    /** What sort of request was refused. */
    public FaultKind kind() {
        return kind;
    }

    /** Direction; {@link Access#UNKNOWN} for interrupts. */
    public Access access() {
        return access;
    }

    /** Whether the line names a PCI segment. */
    public boolean hasSegment() {
        return (present & SEGMENT) != 0;
    }

    /** PCI segment. */
    public int segment() {
        return segment;
    }

    /** Whether the line names a requester id that is one (bus to ff, device to 1f, function to 7). */
    public boolean hasSource() {
        return (present & SOURCE) != 0;
    }

    /** Requester id, 16 bits. */
    public int source() {
        return source;
    }

    /** Whether something that is no requester id stands where one belongs, such as {@code 00:20.0}: there is no device 20h. */
    public boolean hasOddSource() {
        return oddSource != null;
    }

    /** What stands there. */
    public String oddSource() {
        return oddSource;
    }

    /** Whether the line gives an address. */
    public boolean hasAddress() {
        return (present & ADDRESS) != 0;
    }

    /** Faulting address in bytes, as said. */
    public long address() {
        return address;
    }

    /** Whether the line gives an interrupt-remapping index. */
    public boolean hasIndex() {
        return (present & INDEX) != 0;
    }

    /** Interrupt-remapping index. */
    public int index() {
        return index;
    }

    /** Whether the request had a PASID. */
    public boolean hasPasid() {
        return (present & PASID) != 0;
    }

    /** PASID, 20 bits. */
    public int pasid() {
        return pasid;
    }

    /** Whether the line, or the one that goes with it, gives a VT-d fault reason. */
    public boolean hasReason() {
        return (present & REASON) != 0;
    }

    /** VT-d fault reason code as said, also one that no specification defines. */
    public int reason() {
        return reason;
    }

    /** Whether it is an AMD-Vi event. */
    public boolean hasAmdEvent() {
        return amdEvent != null;
    }

    /** AMD-Vi event name. */
    public String amdEvent() {
        return amdEvent;
    }

    /** Whether the line gives AMD-Vi flags. */
    public boolean hasAmdFlags() {
        return (present & FLAGS) != 0;
    }

    /** AMD-Vi flags. */
    public int amdFlags() {
        return amdFlags;
    }

    /** Whether the line gives a domain. */
    public boolean hasDomain() {
        return (present & DOMAIN) != 0;
    }

    /** AMD-Vi domain id, or on Xen the number of the guest. */
    public int domain() {
        return domain;
    }

    /** Whether a driver stands in front of the device. */
    public boolean hasDriver() {
        return driver != null;
    }

    /** Its name. */
    public String driver() {
        return driver;
    }

    /** Whether the line has a time. */
    public boolean hasTime() {
        return (present & TIME) != 0;
    }

    /** Which clock the time is of. */
    public LogTime.Clock clock() {
        return clock;
    }

    /** Nanoseconds since that clock's zero. */
    public long timeNanos() {
        return timeNanos;
    }

    /** Number of the line in its file, from 1; of a pair, of the first. */
    public long line() {
        return line;
    }

    /** An immutable copy. Allocates. */
    public FaultEvent toEvent() {
        return new FaultEvent(dialect, kind, optional(SEGMENT, segment), hasSource() ? Optional.of(new SourceId(source)) : Optional.empty(),
                Optional.ofNullable(oddSource), access, hasAddress() ? OptionalLong.of(address) : OptionalLong.empty(), optional(INDEX, index),
                optional(PASID, pasid), optional(REASON, reason), Optional.ofNullable(amdEvent), optional(FLAGS, amdFlags), optional(DOMAIN, domain),
                Optional.ofNullable(driver), hasTime() ? Optional.of(new LogTime(clock, timeNanos)) : Optional.empty(), line);
    }

    private OptionalInt optional(int flag, int value) {
        return (present & flag) != 0 ? OptionalInt.of(value) : OptionalInt.empty();
    }
}
