package dev.dmarshal.lab.generate;

import dev.dmarshal.lab.scenario.Scenario;
import dev.dmarshal.lab.scenario.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A scenario in the making: its steps so far, what memory then holds, and free pages for tables. */
final class Draft {

    private static final int PAGE_BYTES = 4096;

    private final SplittableRandom random;
    private final List<Step> steps = new ArrayList<>();
    private final Map<Long, Long> words = new HashMap<>();
    private int pages;

    Draft(SplittableRandom random) {
        this.random = random;
    }

    SplittableRandom random() {
        return random;
    }

    /** True once in {@code n} times. */
    boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    /** A number from 0 to {@code bound - 1}. */
    int below(int bound) {
        return random.nextInt(bound);
    }

    /** One of these. */
    <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    /** One of these numbers. */
    long pick(long... from) {
        return from[random.nextInt(from.length)];
    }

    /** A page of zeros, in low or high memory. */
    long page() {
        pages++;
        if (pages * PAGE_BYTES >= Scenario.TABLES_BYTES) {
            throw new IllegalStateException("the tables take more than " + Scenario.TABLES_BYTES + " bytes");
        }
        return (oneIn(5) ? Scenario.HIGH_TABLES : Scenario.LOW_TABLES) + (long) pages * PAGE_BYTES;
    }

    /** What the word holds now. */
    long word(long address) {
        return words.getOrDefault(address, 0L);
    }

    /** Software stores the word. */
    void store(long address, long value) {
        words.put(address, value);
        steps.add(new Step.Store(address, value));
    }

    /** Adds a step that stores nothing. */
    void add(Step step) {
        steps.add(step);
    }

    /** Software writes a 32-bit register. */
    void write32(int offset, long value) {
        steps.add(new Step.Write(offset, 4, value & 0xffff_ffffL));
    }

    /** Software writes a 64-bit register. */
    void write64(int offset, long value) {
        steps.add(new Step.Write(offset, 8, value));
    }

    /** Software reads a register. */
    void read(int offset, int width) {
        steps.add(new Step.Read(offset, width));
    }

    /** The steps so far. */
    List<Step> steps() {
        return steps;
    }
}
