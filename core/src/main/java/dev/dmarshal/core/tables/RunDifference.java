package dev.dmarshal.core.tables;

/** What changed between two listings of one device: input ranges that are mapped in only one of them, or mapped otherwise. */
public final class RunDifference {

    /** Is told of each difference, in ascending order of input addresses; ranges next to each other may come one by one. */
    public interface Listener {
        /** Mapped only before. */
        void removed(long input, long output, long sizeBytes, int rights);

        /** Mapped only after. */
        void added(long input, long output, long sizeBytes, int rights);

        /** Mapped before and after, to another address or with other rights. */
        void changed(long input, long sizeBytes, long outputBefore, int rightsBefore, long outputAfter, int rightsAfter);
    }

    private final RunList before;
    private final RunList after;
    private final Listener listener;
    private int a;
    private int b;
    /** How much of the current runs is done. */
    private long doneA;
    private long doneB;

    private RunDifference(RunList before, RunList after, Listener listener) {
        this.before = before;
        this.after = after;
        this.listener = listener;
    }

    /** Compares two listings. */
    public static void compare(RunList before, RunList after, Listener listener) {
        new RunDifference(before, after, listener).run();
    }

    private void run() {
        while (a < before.size() || b < after.size()) {
            long inputA = a < before.size() ? before.input(a) + doneA : 0;
            long inputB = b < after.size() ? after.input(b) + doneB : 0;
            long leftA = a < before.size() ? before.sizeBytes(a) - doneA : 0;
            long leftB = b < after.size() ? after.sizeBytes(b) - doneB : 0;
            if (leftB == 0 || leftA != 0 && Long.compareUnsigned(inputA, inputB) < 0) {
                long size = leftB == 0 ? leftA : Math.min(leftA, inputB - inputA);
                listener.removed(inputA, before.output(a) + doneA, size, before.rights(a));
                advance(size, 0);
            } else if (leftA == 0 || inputA != inputB) {
                long size = leftA == 0 ? leftB : Math.min(leftB, inputA - inputB);
                listener.added(inputB, after.output(b) + doneB, size, after.rights(b));
                advance(0, size);
            } else {
                long size = Math.min(leftA, leftB);
                long outputA = before.output(a) + doneA;
                long outputB = after.output(b) + doneB;
                if (outputA != outputB || before.rights(a) != after.rights(b)) {
                    listener.changed(inputA, size, outputA, before.rights(a), outputB, after.rights(b));
                }
                advance(size, size);
            }
        }
    }

    private void advance(long ofA, long ofB) {
        doneA += ofA;
        doneB += ofB;
        if (a < before.size() && doneA == before.sizeBytes(a)) {
            a++;
            doneA = 0;
        }
        if (b < after.size() && doneB == after.sizeBytes(b)) {
            b++;
            doneB = 0;
        }
    }
}
