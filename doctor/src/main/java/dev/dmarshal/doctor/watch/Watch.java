package dev.dmarshal.doctor.watch;

import dev.dmarshal.core.fault.FaultLine;
import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.fault.LogSink;
import dev.dmarshal.core.fault.LogTime;
import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.watch.Limiter.Sort;
import dev.dmarshal.doctor.watch.Notice.Change;
import dev.dmarshal.doctor.watch.Notice.End;
import dev.dmarshal.doctor.watch.Notice.Loss;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Watches a log that goes on. Memory is bounded by {@link #MOST_PATTERNS} patterns, of which the one seen longest ago makes room; what is said is bounded by
 * {@link Limiter}. Neither bound is met in silence. All methods may be called by several threads.
 *
 * <p>A pattern ends when no fault of it came for the quiet time, by the watch's clock or by the log's own, so that an old log that is read in one go has its
 * ends where they were.
 */
public final class Watch implements LogSink {

    /** Patterns remembered. */
    public static final int MOST_PATTERNS = 1024;
    /**
     * How long nothing is seen of a pattern before it counts as ended: twice the interval of the kernel's limit on fault lines (DEFAULT_RATELIMIT_INTERVAL).
     */
    public static final long QUIET_NANOS = 10_000_000_000L;

    private final String source;
    private final LongSupplier clock;
    private final Limiter limiter;
    /** In the order in which they were last seen. */
    private final LinkedHashMap<Pattern.Key, Pattern> patterns = new LinkedHashMap<>(MOST_PATTERNS, 0.75f, true);
    private Optional<LogTime> logTime = Optional.empty();
    private long faults;
    private long started;
    private int active;
    private final Losses losses;
    private long evicted;
    private boolean finished;

    /**
     * @param source what notices call the log
     * @param clock  nanoseconds that only go forward, from any zero
     * @param say    takes the notices, in order; called under this watch's lock
     */
    public Watch(String source, LongSupplier clock, Consumer<Notice> say) {
        this.source = source;
        this.clock = clock;
        this.limiter = new Limiter(say, clock.getAsLong());
        this.losses = new Losses(limiter);
    }

    @Override
    public synchronized void fault(FaultLine fault) {
        if (finished) {
            return;
        }
        long now = clock.getAsLong();
        faults++;
        if (fault.hasTime()) {
            time(new LogTime(fault.clock(), fault.timeNanos()), now);
        }
        Pattern known = known(fault, now);
        if (known.active() && known.quiet(now, Optional.empty(), QUIET_NANOS)) {
            end(known, End.QUIET, now);
        }
        boolean starts = !known.active();
        if (starts) {
            known.start(fault);
            started++;
            active++;
        }
        Optional<Change> change = known.add(fault, now);
        if (starts) {
            limiter.say(Sort.STARTED, () -> new Notice.Started(known.group(), known.round()), now);
        } else if (change.isPresent()) {
            limiter.say(Sort.CHANGED, () -> new Notice.Changed(known.group(), change.get(), known.lower()), now);
        }
    }

    @Override
    public synchronized void message(LogMessage message) {
        if (finished) {
            return;
        }
        long now = clock.getAsLong();
        if (message.kind() == MessageKind.LINUX_VERSION || message.kind() == MessageKind.XEN_VERSION) {
            logTime = Optional.empty();
            activeOnes().forEach(pattern -> end(pattern, End.BOOT, now));
        }
        message.time().ifPresent(time -> time(time, now));
        if (message.kind() == MessageKind.CALLBACKS_SUPPRESSED && aboutFaults(message.field("function").orElse(""))) {
            rateLimited(number(message), message.time(), now);
        } else if (message.kind() == MessageKind.PRINTK_DROPPED) {
            lost(number(message), message.time());
        } else if (message.kind() == MessageKind.FAULT_STATUS && overflow(message)) {
            activeOnes().forEach(Pattern::lost);
            losses.add(Loss.HARDWARE, 1, message.time(), now);
        }
    }

    /** Notes that {@code lines} lines of the log could not be read, as a reader of a ring finds out by gaps. */
    public synchronized void lost(long lines) {
        lost(lines, Optional.empty());
    }

    private void lost(long lines, Optional<LogTime> time) {
        activeOnes().forEach(Pattern::lost);
        losses.add(Loss.LOG, lines, time, clock.getAsLong());
    }

    /** To be called every second or so: ends patterns that are quiet, says what was held back. */
    public synchronized void tick() {
        if (!finished) {
            long now = clock.getAsLong();
            endQuiet(now);
            losses.tick(now);
            limiter.tick(now);
        }
    }

    /** Ends the watch: says all that goes on, and the sum. What is given to the watch later is not looked at. */
    public synchronized WatchTotals finish() {
        if (!finished) {
            finished = true;
            long now = clock.getAsLong();
            activeOnes().forEach(pattern -> end(pattern, End.WATCH_ENDED, now));
            losses.close(now);
            limiter.close(totals());
        }
        return totals();
    }

    /** What was seen so far. */
    public synchronized WatchTotals totals() {
        return new WatchTotals(faults, started, active, losses.total(Loss.RATE_LIMIT), losses.total(Loss.LOG), losses.total(Loss.HARDWARE), evicted,
                 limiter.heldBack());
    }

    /** For metrics: what is remembered, each pattern with the number of its faults in all rounds and whether it goes on. */
    synchronized List<Remembered> remembered() {
        return patterns.values().stream().map(pattern -> new Remembered(pattern.group(), pattern.everSeen(), pattern.active())).toList();
    }

    /**
     * A pattern as metrics tell of it.
     *
     * @param faults what is known of it
     * @param count  faults in all rounds
     * @param active whether it goes on
     */
    record Remembered(FaultGroup faults, long count, boolean active) {
    }

    private void time(LogTime time, long now) {
        boolean later = logTime.isEmpty() || logTime.get().clock() != time.clock() || time.nanos() - logTime.get().nanos() > QUIET_NANOS / 10;
        if (later) {
            logTime = Optional.of(time);
            endQuiet(now);
        }
    }

    private void endQuiet(long now) {
        if (active > 0) {
            activeOnes().stream().filter(pattern -> pattern.quiet(now, logTime, QUIET_NANOS)).forEach(pattern -> end(pattern, End.QUIET, now));
        }
    }

    private void end(Pattern pattern, End why, long now) {
        pattern.end();
        active--;
        limiter.say(Sort.ENDED, () -> new Notice.Ended(pattern.group(), why, pattern.lower()), now);
    }

    private Pattern known(FaultLine fault, long now) {
        Pattern.Key key = Pattern.Key.of(fault);
        Pattern pattern = patterns.get(key);
        if (pattern == null) {
            pattern = new Pattern(source);
            makeRoom(now);
            patterns.put(key, pattern);
        }
        return pattern;
    }

    private void makeRoom(long now) {
        if (patterns.size() == MOST_PATTERNS) {
            Map.Entry<Pattern.Key, Pattern> oldest = patterns.firstEntry();
            patterns.remove(oldest.getKey());
            evicted++;
            if (oldest.getValue().active()) {
                end(oldest.getValue(), End.EVICTED, now);
            }
        }
    }

    private List<Pattern> activeOnes() {
        List<Pattern> all = new ArrayList<>(active);
        for (Pattern pattern : patterns.values()) {
            if (pattern.active()) {
                all.add(pattern);
            }
        }
        return all;
    }

    private void rateLimited(long lines, Optional<LogTime> time, long now) {
        List<Pattern> going = activeOnes();
        going.forEach(pattern -> pattern.leftOut(lines, going.size() == 1));
        losses.add(Loss.RATE_LIMIT, lines, time, now);
    }

    /** The functions whose limit drops fault lines: drivers/iommu/intel/dmar.c, drivers/iommu/amd/iommu.c. */
    private static boolean aboutFaults(String function) {
        return function.startsWith("dmar") || function.startsWith("amd_iommu") || function.startsWith("iommu_print_event");
    }

    /** FSTS.PFO, bit 0 of the fault status register: a fault came when all fault records were taken (section 11.4.8.1). */
    private static boolean overflow(LogMessage message) {
        String status = message.field("status").orElse("");
        return status.matches("[0-9a-fA-F]{1,8}") && (Long.parseLong(status, 16) & 1) != 0;
    }

    /** At least one, whatever the field says. */
    private static long number(LogMessage message) {
        return message.field("count").filter(text -> text.matches("[0-9]{1,15}")).map(Long::parseLong).orElse(1L);
    }
}
