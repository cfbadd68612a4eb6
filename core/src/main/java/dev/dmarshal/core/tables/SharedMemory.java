package dev.dmarshal.core.tables;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Memory that two sets of page tables map, of which one may write: a way from one guest to another, or into the host. */
final class SharedMemory {
    private static final int MOST_INTERVALS = 1 << 20;
    private static final int MOST_PAIRS = 256;
    /** Most trees that are followed at one address. */
    private static final int MOST_AT_ONCE = 64;

    private final List<TreeView> views;
    private final Consumer<TableFinding> to;
    private final Set<Long> pairs = new HashSet<>();

    private SharedMemory(List<TreeView> views, Consumer<TableFinding> to) {
        this.views = views;
        this.to = to;
    }

    static void find(List<TreeView> views, Consumer<TableFinding> to) {
        new SharedMemory(views, to).sweep();
    }

    /** All runs of all trees by output address; of equal trees found under two units only the first counts. */
    private void sweep() {
        List<Integer> distinct = new ArrayList<>();
        Set<PageTree> seen = new HashSet<>();
        long total = 0;
        for (int i = 0; i < views.size(); i++) {
            if (seen.add(views.get(i).tree())) {
                distinct.add(i);
                total += views.get(i).runs().size();
            }
        }
        if (total > MOST_INTERVALS) {
            to.accept(TableFinding.of("not-all-judged", "%d runs in all; memory shared by two domains is looked for in at most %d".formatted(total,
                    MOST_INTERVALS)));
            return;
        }
        long[] keys = new long[(int) total];
        int count = 0;
        // Sorted by output page: 40 bits of it, and the place in the list of runs.
        int[] owner = new int[(int) total];
        int[] index = new int[(int) total];
        for (int view : distinct) {
            for (int run = 0; run < views.get(view).runs().size(); run++) {
                owner[count] = view;
                index[count] = run;
                keys[count] = views.get(view).runs().output(run) >>> 12 << 22 | count;
                count++;
            }
        }
        Arrays.sort(keys);
        compare(keys, owner, index);
    }

    /**
     * Goes through the runs by address; each is compared with those before it that reach as far, of each other tree the two that reach farthest with
     * and without the right to write: a tree that maps all of memory does not hide that two others overlap.
     */
    private void compare(long[] keys, int[] owner, int[] index) {
        int place = (1 << 22) - 1;
        int[] reaching = new int[MOST_AT_ONCE];
        int count = 0;
        boolean room = true;
        for (long key : keys) {
            int at = (int) key & place;
            long first = views.get(owner[at]).runs().output(index[at]);
            int same = -1;
            int kept = 0;
            for (int i = 0; i < count; i++) {
                int before = reaching[i];
                if (Long.compareUnsigned(last(owner, index, before), first) < 0) {
                    continue;
                }
                reaching[kept] = before;
                same = owner[before] == owner[at] && writes(owner, index, before) == writes(owner, index, at) ? kept : same;
                kept++;
                if (owner[before] != owner[at]) {
                    report(owner, index, before, at);
                }
            }
            count = kept;
            if (same < 0 && count < MOST_AT_ONCE) {
                reaching[count++] = at;
            } else if (same >= 0 && Long.compareUnsigned(last(owner, index, at), last(owner, index, reaching[same])) > 0) {
                reaching[same] = at;
            } else {
                room &= same >= 0;
            }
            if (pairs.size() >= MOST_PAIRS) {
                room = false;
                break;
            }
        }
        if (!room) {
            to.accept(TableFinding.of("not-all-judged", "more than %d pairs of page tables share memory, or more than %d one page; the rest is not looked at"
                    .formatted(MOST_PAIRS, MOST_AT_ONCE)));
        }
    }

    private boolean writes(int[] owner, int[] index, int at) {
        return (views.get(owner[at]).runs().rights(index[at]) & MappingSink.WRITE) != 0;
    }

    private long last(int[] owner, int[] index, int at) {
        RunList runs = views.get(owner[at]).runs();
        return runs.output(index[at]) + runs.sizeBytes(index[at]) - 1;
    }

    private void report(int[] owner, int[] index, int before, int at) {
        long first = views.get(owner[at]).runs().output(index[at]);
        long end = last(owner, index, before);
        long last = last(owner, index, at);
        report(owner[before], index[before], owner[at], index[at], first, Long.compareUnsigned(end, last) < 0 ? end : last);
    }

    private void report(int one, int runOne, int other, int runOther, long first, long last) {
        boolean written = ((views.get(one).runs().rights(runOne) | views.get(other).runs().rights(runOther)) & MappingSink.WRITE) != 0;
        long pair = (long) Math.min(one, other) << 32 | Math.max(one, other);
        if (written && pairs.size() < MOST_PAIRS && pairs.add(pair)) {
            TreeView a = views.get(one);
            TreeView b = views.get(other);
            to.accept(TableFinding.of("writable-and-shared", b.users().getFirst()
                    .device(), "0x%x-0x%x is reached by %s (domain %d) and by %s (domain %d)".formatted(
                    first, last, a.who(), a.users().getFirst().domain(), b.who(), b.users().getFirst().domain())));
        }
    }
}
