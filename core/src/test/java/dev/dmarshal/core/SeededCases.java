package dev.dmarshal.core;

import java.util.Random;
import java.util.function.Consumer;

/** Runs a property on many random cases; {@code -Dseed=} replays one run. */
public final class SeededCases {

    private SeededCases() {
    }

    public static void run(int cases, Consumer<Random> property) {
        String given = System.getProperty("seed", "");
        long seed = given.isEmpty() ? System.nanoTime() : Long.parseLong(given);
        for (int i = 0; i < cases; i++) {
            try {
                property.accept(new Random(seed + i));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("case fails with -Dseed=" + (seed + i) + ": " + e.getMessage(), e);
            }
        }
    }
}
