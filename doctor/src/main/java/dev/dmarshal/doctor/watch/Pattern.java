package dev.dmarshal.doctor.watch;

import dev.dmarshal.core.fault.FaultEvent;
import dev.dmarshal.core.fault.FaultLine;
import dev.dmarshal.core.fault.LogTime;
import dev.dmarshal.doctor.symptom.AddressPattern;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.watch.Notice.Change;
import dev.dmarshal.doctor.watch.Notice.LeftOut;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** What is remembered of faults that are the same but for addresses and times: a bounded piece of memory, changed in place. */
final class Pattern {

    /** Different pages, or interrupt indexes, remembered. */
    static final int KEPT = 16;
    private static final int PAGE_SHIFT = 12;

    /**
     * What makes faults the same: requester, kind, reason and direction.
     *
     * @param who   segment and requester id, with what of it is there
     * @param what  dialect, kind, direction and reason
     * @param event AMD-Vi's event name, or {@code ""}
     */
    record Key(long who, long what, String event) {

        static Key of(FaultLine fault) {
            long who = (fault.hasSegment() ? (long) fault.segment() << 32 | 1 : 0) | (fault.hasSource() ? (long) fault.source() << 8 | 2 : 0)
                    | (fault.hasPasid() ? 4 : 0);
            long what = (long) fault.dialect().ordinal() << 60 | (long) fault.kind().ordinal() << 56 | (long) fault.access().ordinal() << 52
                    | (fault.hasReason() ? fault.reason() + 1L : 0);
            return new Key(who, what, fault.hasAmdEvent() ? fault.amdEvent() : "");
        }
    }

    private final String file;
    private FaultEvent first;
    private final long[] seen = new long[KEPT];
    private int distinct;
    private boolean beyond;
    private long addresses;
    private long lowest;
    private long highest;
    private long count;
    private long saidAt;
    private int round;
    private boolean active;
    private long lastNanos;
    private boolean timed;
    private LogTime.Clock clock = LogTime.Clock.BOOT;
    private long lastLogNanos;
    private int flags;
    private int commonFlags;
    private long own;
    private long shared;
    private boolean losses;
    /** Faults in all rounds, for metrics: counters never go back. */
    private long everSeen;

    /** Of a fault that is about to be given to {@link #start}. */
    Pattern(String file) {
        this.file = file;
    }

    boolean active() {
        return active;
    }

    int round() {
        return round;
    }

    long everSeen() {
        return everSeen;
    }

    FaultEvent first() {
        return first;
    }

    /** Begins, or begins again after an end. */
    void start(FaultLine fault) {
        first = fault.toEvent();
        active = true;
        round++;
        distinct = 0;
        beyond = false;
        addresses = 0;
        count = 0;
        saidAt = 1;
        flags = 0;
        commonFlags = -1;
        own = 0;
        shared = 0;
        losses = false;
    }

    void end() {
        active = false;
    }

    /** Takes a fault; gives what it changed, if that is worth a word. */
    Optional<Change> add(FaultLine fault, long nanos) {
        count++;
        everSeen++;
        lastNanos = nanos;
        timed = fault.hasTime();
        if (timed) {
            clock = fault.clock();
            lastLogNanos = fault.timeNanos();
        }
        if (fault.hasAmdFlags()) {
            flags |= fault.amdFlags();
            commonFlags &= fault.amdFlags();
        }
        Optional<Change> wider = fault.hasAddress() ? address(fault.address()) : fault.hasIndex() ? remember(fault.index()) : Optional.empty();
        if (wider.isPresent()) {
            return wider;
        }
        if (count >= saidAt * 10) {
            saidAt *= 10;
            return Optional.of(Change.MORE);
        }
        return Optional.empty();
    }

    private Optional<Change> address(long address) {
        if (addresses == 0 || Long.compareUnsigned(address, lowest) < 0) {
            lowest = address;
        }
        if (addresses++ == 0 || Long.compareUnsigned(address, highest) > 0) {
            highest = address;
        }
        return remember(address >>> PAGE_SHIFT);
    }

    private Optional<Change> remember(long one) {
        if (beyond) {
            return Optional.empty();
        }
        for (int i = 0; i < distinct; i++) {
            if (seen[i] == one) {
                return Optional.empty();
            }
        }
        if (distinct == KEPT) {
            beyond = true;
            return Optional.of(Change.MANY);
        }
        seen[distinct++] = one;
        return distinct == 2 ? Optional.of(Change.SEVERAL) : Optional.empty();
    }

    /** Fault lines were left out while this went on. */
    void leftOut(long lines, boolean alone) {
        own += alone ? lines : 0;
        shared += alone ? 0 : lines;
    }

    /** The log or the hardware lost something while this went on. */
    void lost() {
        losses = true;
    }

    LeftOut lower() {
        return new LeftOut(own, shared, losses);
    }

    /** Whether nothing was seen of it for {@code quiet} nanoseconds, by the watch's clock or by the log's. */
    boolean quiet(long nanos, Optional<LogTime> log, long quiet) {
        return nanos - lastNanos >= quiet || timed && log.isPresent() && log.get().clock() == clock && log.get().nanos() - lastLogNanos >= quiet;
    }

    FaultGroup group() {
        boolean addressed = addresses > 0;
        boolean amd = first.amdFlags().isPresent();
        List<Long> pages = addressed ? Arrays.stream(seen, 0, distinct).map(page -> page << PAGE_SHIFT).boxed().toList() : List.of();
        List<Integer> indexes = addressed ? List.of() : Arrays.stream(seen, 0, distinct).mapToInt(index -> (int) index).boxed().toList();
        return new FaultGroup(first, file, count, shape(), addressed ? OptionalLong.of(lowest) : OptionalLong.empty(),
                addressed ? OptionalLong.of(highest) : OptionalLong.empty(), pages, indexes, amd ? OptionalInt.of(flags) : OptionalInt.empty(),
                amd ? OptionalInt.of(commonFlags) : OptionalInt.empty(), timed ? Optional.of(new LogTime(clock, lastLogNanos)) : Optional.empty(),
                // A watch knows no topology: segment 0 where the line has none, and segment_said tells which.
                OptionalInt.of(first.segment().orElse(0)));
    }

    private AddressPattern shape() {
        if (addresses == 0) {
            return AddressPattern.NONE;
        }
        if (highest == 0) {
            return AddressPattern.ZERO;
        }
        if (AddressPattern.interruptWindow(lowest) && AddressPattern.interruptWindow(highest)) {
            return AddressPattern.MSI_WINDOW;
        }
        if (distinct == 1) {
            return AddressPattern.ONE_PAGE;
        }
        long span = (highest - lowest >>> PAGE_SHIFT) + 1;
        return !beyond && span <= distinct * 4L ? AddressPattern.RUN : AddressPattern.SCATTERED;
    }
}
