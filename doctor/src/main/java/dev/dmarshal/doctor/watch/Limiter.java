package dev.dmarshal.doctor.watch;

import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Lets notices through: {@link #BURST} at once and {@link #PER_SECOND} a second in the long run. The others are counted, and the counts said at most
 * once a second.
 */
final class Limiter {

    /** Notices that may come at once. */
    static final int BURST = 200;
    /** Notices a second that may come for ever. */
    static final int PER_SECOND = 10;
    private static final long SECOND = 1_000_000_000L;

    /** What sort of notice it is. */
    enum Sort {
        STARTED, CHANGED, ENDED, OTHER
    }

    private final Consumer<Notice> say;
    private final long[] held = new long[Sort.values().length];
    private double tokens = BURST;
    private long filled;
    private long saidHeldBack;
    private long heldBack;

    Limiter(Consumer<Notice> say, long now) {
        this.say = say;
        this.filled = now;
        this.saidHeldBack = now - SECOND;
    }

    /** Says a notice, which is made only if it may be said: in a storm most are not. */
    void say(Sort sort, Supplier<Notice> notice, long now) {
        tokens = Math.min(BURST, tokens + (double) (now - filled) / SECOND * PER_SECOND);
        filled = now;
        if (tokens >= 1) {
            tokens--;
            say.accept(notice.get());
        } else {
            heldBack++;
            held[sort.ordinal()]++;
        }
        tick(now);
    }

    void tick(long now) {
        if (now - saidHeldBack >= SECOND) {
            flush(now);
        }
    }

    /** Says the last word. */
    void close(WatchTotals totals) {
        flush(filled);
        say.accept(new Notice.Summary(totals));
    }

    long heldBack() {
        return heldBack;
    }

    private void flush(long now) {
        if (held[0] + held[1] + held[2] + held[3] > 0) {
            say.accept(new Notice.HeldBack(held[Sort.STARTED.ordinal()], held[Sort.CHANGED.ordinal()], held[Sort.ENDED.ordinal()],
                    held[Sort.OTHER.ordinal()]));
            java.util.Arrays.fill(held, 0);
            saidHeldBack = now;
        }
    }
}
