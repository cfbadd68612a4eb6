package dev.dmarshal.core.unit;

import java.util.SplittableRandom;

/** The seed of a property test: system property {@code seed}, or a random one; failures print it. */
final class Seed {
    private Seed() {
    }

    static long value() {
        String given = System.getProperty("seed", "");
        return given.isEmpty() ? new SplittableRandom().nextLong() : Long.decode(given);
    }

    /** Number of operations of a random test: system property {@code operations}, or its short mode. */
    static long operations(long shortMode) {
        String given = System.getProperty("operations", "");
        return given.isEmpty() ? shortMode : Long.parseLong(given);
    }
}
