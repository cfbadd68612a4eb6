package dev.dmarshal.doctor.watch;

import dev.dmarshal.core.fault.LogTime;
import dev.dmarshal.doctor.symptom.FaultGroup;
import java.util.Optional;

/** One thing that a watch has to say. */
public sealed interface Notice {

    /** When, in the log's own clock, if the log gives times. */
    Optional<LogTime> time();

    /**
     * A pattern starts.
     *
     * @param faults what is known of it
     * @param round  1 at first; more if it was there before and had ended
     */
    record Started(FaultGroup faults, int round) implements Notice {

        @Override
        public Optional<LogTime> time() {
            return faults.last();
        }
    }

    /**
     * A pattern is not what it was.
     *
     * @param faults what is known of it by now, since it started
     * @param how    what changed
     * @param lower  what its count leaves out
     */
    record Changed(FaultGroup faults, Change how, LeftOut lower) implements Notice {

        @Override
        public Optional<LogTime> time() {
            return faults.last();
        }
    }

    /**
     * A pattern ends.
     *
     * @param faults what was seen of it, since it started
     * @param why    why it counts as ended
     * @param lower  what its count leaves out
     */
    record Ended(FaultGroup faults, End why, LeftOut lower) implements Notice {

        @Override
        public Optional<LogTime> time() {
            return faults.last();
        }
    }

    /**
     * There were faults or lines that the log does not have.
     *
     * @param what  who left them out
     * @param count how many, if the log says; of {@link Loss#HARDWARE} how often
     * @param time  when
     */
    record Lost(Loss what, long count, Optional<LogTime> time) implements Notice {
    }

    /**
     * More happened than is said: notices are held back when they come too fast.
     *
     * @param started patterns that started
     * @param changed changes
     * @param ended   patterns that ended
     * @param other   notices of other kinds
     */
    record HeldBack(long started, long changed, long ended, long other) implements Notice {

        @Override
        public Optional<LogTime> time() {
            return Optional.empty();
        }
    }

    /** The watch is over. */
    record Summary(WatchTotals totals) implements Notice {

        @Override
        public Optional<LogTime> time() {
            return Optional.empty();
        }
    }

    /** What changed of a pattern. */
    enum Change {
        /** There are ten times as many as when it was last spoken of. */
        MORE,
        /** It is no more about one page, or one interrupt index. */
        SEVERAL,
        /** It is about more pages or indexes than are remembered of a pattern. */
        MANY
    }

    /** Why a pattern counts as ended. */
    enum End {
        /** No fault of it for a while. */
        QUIET,
        /** Another system booted. */
        BOOT,
        /** It was the one seen longest ago when there were too many patterns; it may go on unseen, and is new if it comes again. */
        EVICTED,
        /** The watch ended while it went on. */
        WATCH_ENDED
    }

    /** Who left out faults or lines. */
    enum Loss {
        /** The kernel's limit on fault lines ({@code callbacks suppressed}). */
        RATE_LIMIT,
        /** The log lost lines before they were read: printk, journald, Xen's console, or the kernel's ring went round. */
        LOG,
        /** The unit had no free fault record (FSTS.PFO): faults were not recorded at all, nobody knows how many. */
        HARDWARE
    }

    /**
     * What the count of a pattern leaves out.
     *
     * @param own    lines left out while this was the only pattern going on, so that they are most likely its
     * @param shared lines left out while others went on too
     * @param losses whether the log or the hardware lost others, of which nobody knows whose they were
     */
    record LeftOut(long own, long shared, boolean losses) {

        /** Nothing left out. */
        static final LeftOut NOTHING = new LeftOut(0, 0, false);

        /** Whether the count is a lower bound. */
        public boolean lowerBound() {
            return own > 0 || shared > 0 || losses;
        }
    }
}
