package dev.dmarshal.core.unit;

import dev.dmarshal.core.memory.EntryLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Every table entry that one translation read, in order, and how it ended: the record of {@link RemappingUnit#trace}. Not thread-safe.
 */
public final class WalkTrace {

    /**
     * One entry that was read.
     *
     * @param structure the specification's name of the structure
     * @param level     paging level, 5 (nearest the root) to 1; 0 for structures that are not paging entries
     * @param address   physical address of the entry
     * @param words     its words, in hexadecimal, lowest address first
     * @param fields    every field by name
     */
    public record Step(String structure, int level, long address, List<String> words, String fields) {

        /** Copies the list. */
        public Step {
            words = List.copyOf(words);
        }

        /** One line for people. */
        @Override
        public String toString() {
            return "0x%x%s %s".formatted(address, level == 0 ? "" : " level " + level, fields);
        }
    }

    private final List<Step> steps = new ArrayList<>();
    private final Translation outcome = new Translation();

    WalkTrace() {
        outcome.trace = this;
    }

    void read(EntryLayout layout, int level, long address, long... words) {
        List<String> hex = new ArrayList<>();
        for (long word : words) {
            hex.add("0x%016x".formatted(word));
        }
        steps.add(new Step(layout.name(), level, address, hex, layout.describe(words)));
    }

    /** The entries that were read. */
    public List<Step> steps() {
        return Collections.unmodifiableList(steps);
    }

    /** How the translation ended; its reason names the rule that stopped it. */
    public Translation outcome() {
        return outcome;
    }

    /** One line a step, and the outcome. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        steps.forEach(step -> text.append(step).append('\n'));
        return text.append(outcome).toString();
    }
}
