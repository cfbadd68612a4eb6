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

    private void compare(long[] keys, int[] owner, int[] index) {
        int place = (1 << 22) - 1;
        int widest = -1;
        long end = 0;
        for (long key : keys) {
            int at = (int) key & place;
            RunList runs = views.get(owner[at]).runs();
            long first = runs.output(index[at]);
            long last = first + runs.sizeBytes(index[at]) - 1;
            if (widest >= 0 && Long.compareUnsigned(first, end) <= 0 && owner[widest] != owner[at]) {
                report(owner[widest], index[widest], owner[at], index[at], first, Math.min(end, last));
            }
            if (widest < 0 || Long.compareUnsigned(last, end) > 0) {
                widest = at;
                end = last;
            }
        }
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
