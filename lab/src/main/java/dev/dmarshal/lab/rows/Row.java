package dev.dmarshal.lab.rows;

import java.util.List;

/**
 * One rule.
 *
 * @param id         file and name, such as {@code root-context/root-absent}
 * @param line       line number in the file
 * @param section    title of the specification's section
 * @param base       words that name the configuration it starts from
 * @param statements what happens and what must come of it, in order
 * @param stale      whether it rests on translation caches that hold what tables held before
 * @param decisions  entries of {@code docs/spec-decisions.md} that it rests on
 * @param deviations where QEMU is known to differ
 */
public record Row(String id, int line, String section, List<String> base, List<String> statements, boolean stale, List<String> decisions,
        List<Deviation> deviations) {

    /** Copies the lists. */
    public Row {
        base = List.copyOf(base);
        statements = List.copyOf(statements);
        decisions = List.copyOf(decisions);
        deviations = List.copyOf(deviations);
    }
}
