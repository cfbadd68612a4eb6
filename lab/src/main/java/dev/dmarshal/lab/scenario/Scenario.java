package dev.dmarshal.lab.scenario;

import java.util.List;

/**
 * What is done to a machine, from its reset on, as data: an engine plays it and tells what it saw. Printed and read by {@link ScenarioText}.
 *
 * <p>Memory is zero at the start. Readable memory is 0..2 GiB and 4..6 GiB; nothing answers at 2..3 GiB and above 6 GiB.
 *
 * @param name    where it comes from, such as {@code legacy48/17/3}; no blanks
 * @param variant the unit it is for
 * @param steps   what happens, in order
 */
public record Scenario(String name, Variant variant, List<Step> steps) {

    /** First address after the low part of memory. */
    public static final long LOW_MEMORY_END = 0x8000_0000L;
    /** First address of the high part of memory. */
    public static final long HIGH_MEMORY = 0x1_0000_0000L;
    /** First address after the high part of memory. */
    public static final long HIGH_MEMORY_END = 0x1_8000_0000L;
    /** An address in the hole below 4 GiB at which nothing answers. */
    public static final long HOLE = 0x9000_0000L;

    /** Where generated tables lie in low memory. */
    public static final long LOW_TABLES = 0x100_0000L;
    /** Where generated tables lie in high memory. */
    public static final long HIGH_TABLES = 0x1_0100_0000L;
    /** How much of either they may take. */
    public static final int TABLES_BYTES = 1 << 21;

    /** Copies the list. */
    public Scenario {
        steps = List.copyOf(steps);
        if (name.isEmpty() || name.chars().anyMatch(Character::isWhitespace)) {
            throw new IllegalArgumentException("a scenario's name is one word: " + name);
        }
    }

    /** Whether there is memory at all of {@code sizeBytes} bytes from {@code address} on. */
    public static boolean hasMemory(long address, long sizeBytes) {
        return inside(address, sizeBytes, 0, LOW_MEMORY_END) || inside(address, sizeBytes, HIGH_MEMORY, HIGH_MEMORY_END);
    }

    private static boolean inside(long address, long sizeBytes, long from, long to) {
        return sizeBytes >= 0 && address >= from && address <= to - sizeBytes;
    }

    /** How many DMA and interrupt requests it makes. */
    public int probes() {
        int count = 0;
        for (Step step : steps) {
            if (step instanceof Step.Probe || step instanceof Step.Copy || step instanceof Step.Interrupt) {
                count++;
            }
        }
        return count;
    }
}
