package dev.dmarshal.core.tables;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Page tables, who uses them, and what they map.
 *
 * @param unit  the unit
 * @param tree  the tables
 * @param users who is attached, at least one
 * @param runs  what is mapped
 */
record TreeView(UnitTables unit, PageTree tree, List<Attachment> users, RunList runs) {
    private static final int MOST_NAMED = 6;

    /** The devices, for people. */
    String who() {
        String named = users.stream().map(user -> user.device().toString()).distinct().limit(MOST_NAMED).collect(Collectors.joining(", "));
        long all = users.stream().map(Attachment::device).distinct().count();
        return all > MOST_NAMED ? named + " and " + (all - MOST_NAMED) + " more" : named;
    }

    /** How many bytes of a range are mapped to themselves for reading and writing. */
    long identityBytes(long first, long last) {
        long bytes = 0;
        for (int i = 0; i < runs.size(); i++) {
            long from = Math.max(runs.input(i), first);
            long to = Math.min(runs.input(i) + runs.sizeBytes(i) - 1, last);
            boolean full = (runs.rights(i) & 3) == 3 && runs.input(i) == runs.output(i);
            bytes += full && from <= to ? to - from + 1 : 0;
        }
        return bytes;
    }
}
