package dev.dmarshal.core.fault;

import java.util.function.Consumer;

/**
 * First halves of two-line faults that wait for their reason. Lines of other processors may come between the halves, so a half waits for some lines;
 * halves are served in the order in which they came, which is how one handler prints them.
 */
final class FaultHalves {

    private static final int MOST = 8;
    private static final long PATIENCE_LINES = 64;

    private final Consumer<FaultLine> whole;
    private final FaultLine[] ring = new FaultLine[MOST];
    private FaultLine spare = new FaultLine();
    private int first;
    private int count;
    private long lonely;

    FaultHalves(Consumer<FaultLine> whole) {
        this.whole = whole;
        for (int i = 0; i < MOST; i++) {
            ring[i] = new FaultLine();
        }
    }

    /** Halves that were given, or second halves that were dropped, without the other. */
    long lonely() {
        return lonely;
    }

    /** Keeps {@code half} and gives another line to write to in exchange. */
    FaultLine hold(FaultLine half) {
        if (count == MOST) {
            give();
        }
        int slot = (first + count) % MOST;
        FaultLine free = ring[slot];
        ring[slot] = half;
        count++;
        return free;
    }

    /** The reason of the oldest half of its kind; without one it belongs to nothing. */
    void reason(int reason, boolean interrupt) {
        for (int i = 0; i < count; i++) {
            FaultLine half = ring[(first + i) % MOST];
            // Before 4.2 the reason line of an interrupt says INTR-REMAP too; a Linux line that lost its prefix does not, so any half serves then.
            if ((half.kind() == FaultKind.INTERRUPT) == interrupt || count == 1) {
                half.reason(reason);
                take(i);
                return;
            }
        }
        lonely++;
    }

    private void take(int i) {
        FaultLine half = ring[(first + i) % MOST];
        for (int k = i; k + 1 < count; k++) {
            ring[(first + k) % MOST] = ring[(first + k + 1) % MOST];
        }
        count--;
        ring[(first + count) % MOST] = spare;
        spare = half;
        whole.accept(half);
    }

    /** Gives up on halves that have waited too long. */
    void age(long number) {
        while (count > 0 && number - ring[first].line() > PATIENCE_LINES) {
            give();
        }
    }

    void flush() {
        while (count > 0) {
            give();
        }
    }

    private void give() {
        FaultLine half = ring[first];
        first = (first + 1) % MOST;
        count--;
        lonely++;
        whole.accept(half);
    }
}
