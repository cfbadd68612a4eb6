package dev.dmarshal.core.tables;

import dev.dmarshal.core.memory.MemoryImage;
import dev.dmarshal.core.pci.SourceId;
import dev.dmarshal.core.tables.Candidate.RootTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Two root tables of which one was copied from the other when a crash kernel took over: they lead to the same page tables.
 *
 * @param older    the crashed kernel's
 * @param newer    the crash kernel's
 * @param devices  devices that both lead to the same page tables, ascending
 * @param sure     whether which is older is known, not inferred
 * @param evidence how it is known
 */
public record Kinship(RootTable older, RootTable newer, List<SourceId> devices, boolean sure, String evidence) {
    private static final int MOST_ROOTS = 64;
    private static final int MOST_NAMED = 8;

    /** How many devices both lead to the same page tables. */
    public int shared() {
        return devices.size();
    }

    /** The pair as a finding. */
    public TableFinding finding() {
        String named = devices.stream().limit(MOST_NAMED).map(Object::toString).collect(Collectors.joining(", ")) + (shared() > MOST_NAMED ? ", …" : "");
        return TableFinding.of("stale-tables", "root table 0x%x was copied from 0x%x, %d devices still use the older kernel's page tables (%s); %s: %s".formatted(
                newer.address(), older.address(), shared(), named, sure ? "known" : "inferred", evidence));
    }

    /**
     * The pairs among root tables.
     *
     * @param crashKernel memory in which the newer kernel's root table lies, if it is known: what was reserved for a crash kernel
     */
    public static List<Kinship> among(MemoryImage image, List<RootTable> roots, Optional<Zone> crashKernel) {
        List<Kinship> pairs = new ArrayList<>();
        List<Map<SourceId, PageTree>> trees = new ArrayList<>();
        List<RootTable> looked = roots.stream().limit(MOST_ROOTS).toList();
        for (RootTable root : looked) {
            Map<SourceId, PageTree> byDevice = new HashMap<>();
            DeviceScan.scan(image, root.tables()).attachments().forEach(a -> a.tree().ifPresent(tree -> byDevice.putIfAbsent(a.device(), tree)));
            trees.add(byDevice);
        }
        for (int i = 0; i < looked.size(); i++) {
            for (int j = i + 1; j < looked.size(); j++) {
                Map<SourceId, PageTree> other = trees.get(j);
                Map<SourceId, PageTree> shared = new TreeMap<>(Comparator.comparingInt(SourceId::value));
                trees.get(i).entrySet().stream().filter(e -> e.getValue().equals(other.get(e.getKey()))).forEach(e -> shared.put(e.getKey(), e.getValue()));
                if (!shared.isEmpty() && !sameContexts(looked.get(i), looked.get(j))) {
                    pairs.add(order(looked.get(i), looked.get(j), shared, crashKernel));
                }
            }
        }
        return pairs;
    }

    /** A kernel that takes over copies the context tables too; a root table alone is copied by whoever saves memory, and left in the page cache. */
    private static boolean sameContexts(RootTable one, RootTable other) {
        return one.lowestTable() == other.lowestTable() && one.highestTable() == other.highestTable();
    }

    private static Kinship order(RootTable one, RootTable other, Map<SourceId, PageTree> both, Optional<Zone> crashKernel) {
        List<SourceId> devices = List.copyOf(both.keySet());
        List<PageTree> shared = List.copyOf(both.values());
        boolean oneInside = crashKernel.map(zone -> inside(zone, one)).orElse(false);
        boolean otherInside = crashKernel.map(zone -> inside(zone, other)).orElse(false);
        if (oneInside != otherInside) {
            String evidence = "root table 0x%x lies in %s, %s".formatted(oneInside ? one.address() : other.address(),
                    crashKernel.get().name(), crashKernel.get().range());
            return new Kinship(oneInside ? other : one, oneInside ? one : other, devices, true, evidence);
        }
        // The page tables that both lead to are the older kernel's, and a crash kernel allocates from a range of its own.
        long nearOne = shared.stream().mapToLong(tree -> Math.abs(tree.top() - one.address())).sum() / shared.size();
        long nearOther = shared.stream().mapToLong(tree -> Math.abs(tree.top() - other.address())).sum() / shared.size();
        RootTable older = nearOne <= nearOther ? one : other;
        String evidence = "the page tables that both lead to lie nearer to root table 0x%x (%d MiB on average, against %d MiB)".formatted(older.address(),
                Math.min(nearOne, nearOther) >> 20, Math.max(nearOne, nearOther) >> 20);
        return new Kinship(older, older == one ? other : one, devices, false, evidence);
    }

    private static boolean inside(Zone zone, RootTable root) {
        return root.address() >= zone.first() && root.address() <= zone.last();
    }
}
