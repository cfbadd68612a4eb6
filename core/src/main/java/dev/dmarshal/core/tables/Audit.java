package dev.dmarshal.core.tables;

import dev.dmarshal.core.memory.MemoryImage;
import dev.dmarshal.core.pci.SourceId;
import dev.dmarshal.core.tables.Attachment.Kind;
import dev.dmarshal.core.tables.RunList.Hole;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Judges what remapping tables let devices do. Each finding is one of the labels of {@code findings.txt} with the device and the addresses that show it.
 */
public final class Audit {
    /** Most findings of one label about one device or tree; the last says how many more there are. */
    private static final int MOST_OF_A_KIND = 8;
    /** Most runs and gaps of all trees together that are kept: an image may have as many trees as it has pages. */
    private static final int MOST_RUNS_OF_ALL = 1 << 22;
    private static final int MOST_GAPS_OF_ALL = 1 << 16;
    private static final long INTERRUPTS = 0xFEE0_0000L;
    private static final long INTERRUPTS_END = 0xFEF0_0000L;

    private final MemoryImage image;
    private final AuditScope scope;
    private final List<TableFinding> findings = new ArrayList<>();
    private final Map<String, Integer> counts = new LinkedHashMap<>();
    private final Set<SourceId> attached = new HashSet<>();
    private final MemorySpans memory;
    private boolean allRead = true;
    private int runsLeft = MOST_RUNS_OF_ALL;
    private int gapsLeft = MOST_GAPS_OF_ALL;

    private Audit(MemoryImage image, AuditScope scope) {
        this.image = image;
        this.scope = scope;
        this.memory = new MemorySpans(image);
    }

    /** Judges units. */
    public static List<TableFinding> of(MemoryImage image, AuditScope scope) {
        Audit audit = new Audit(image, scope);
        List<TreeView> all = new ArrayList<>();
        for (UnitTables unit : scope.units()) {
            DeviceScan.Contents contents = DeviceScan.scan(image, unit);
            contents.findings().forEach(audit::add);
            List<TreeView> views = audit.views(unit, contents);
            audit.devices(contents);
            audit.domains(views);
            views.forEach(audit::tree);
            audit.reserved(unit, contents, views);
            contents.attachments().forEach(attachment -> audit.attached.add(attachment.device()));
            audit.allRead &= contents.findings().isEmpty() && unit.rootTable().isPresent();
            all.addAll(views);
        }
        SharedMemory.find(all, audit::add);
        audit.nowhere();
        scope.interruptTables().forEach(table -> InterruptAudit.of(image, table, audit::add));
        return audit.findings;
    }

    private List<TreeView> views(UnitTables unit, DeviceScan.Contents contents) {
        Map<PageTree, List<Attachment>> users = new LinkedHashMap<>();
        for (Attachment attachment : contents.attachments()) {
            attachment.tree().ifPresent(tree -> users.computeIfAbsent(tree, key -> new ArrayList<>()).add(attachment));
        }
        TreeLister lister = new TreeLister(image, unit.capabilities());
        List<TreeView> views = new ArrayList<>();
        users.forEach((tree, attached) -> {
            RunList runs = new RunList(runsLeft, gapsLeft);
            lister.list(tree, unit.scalable(), runs);
            runsLeft -= runs.size();
            gapsLeft -= runs.gaps().size();
            views.add(new TreeView(unit, tree, attached, runs));
        });
        return views;
    }

    private void devices(DeviceScan.Contents contents) {
        for (Attachment attachment : contents.attachments()) {
            SourceId device = attachment.device();
            String where = "entry at 0x%x".formatted(attachment.entryAddress());
            if (attachment.kind() == Kind.PASS_THROUGH) {
                add(TableFinding.of("pass-through", device, where + ", domain " + attachment.domain()));
            } else if (attachment.kind() == Kind.BROKEN) {
                add(TableFinding.of("device-refused", device, where + attachment.fault().map(f -> ": fault %02Xh %s".formatted(f.code(), f.meaning()))
                        .orElse("")));
            }
            if (attachment.faultsDisabled()) {
                add(TableFinding.of("faults-silenced", device, where + " or one above it has FPD set"));
            }
        }
    }

    /** Hardware tags its caches by domain id: two trees under one id can be mixed up. */
    private void domains(List<TreeView> views) {
        Map<Integer, TreeView> byDomain = new LinkedHashMap<>();
        for (TreeView view : views) {
            TreeSet<Integer> ids = new TreeSet<>();
            view.users().stream().filter(user -> !view.tree().firstStage()).forEach(user -> ids.add(user.domain()));
            for (int id : ids) {
                TreeView other = byDomain.putIfAbsent(id, view);
                if (other != null) {
                    add(TableFinding.of("domain-two-trees", view.users().getFirst().device(), "domain %d has %s (%s) and %s (%s)".formatted(id, other.tree(),
                            other.who(), view.tree(), view.who())));
                }
            }
            if (ids.size() > 1) {
                add(TableFinding.of("tree-two-domains", view.users().getFirst().device(), "%s: domains %s".formatted(view.tree(), ids)));
            }
        }
    }

    private void tree(TreeView view) {
        SourceId device = view.users().getFirst().device();
        RunList runs = view.runs();
        long identity = 0;
        long outside = 0;
        for (int i = 0; i < runs.size(); i++) {
            long input = runs.input(i);
            long output = runs.output(i);
            long size = runs.sizeBytes(i);
            identity += input == output ? size : 0;
            outside += memory.missing(output, size);
            if (output < INTERRUPTS_END && output + size > INTERRUPTS) {
                add(TableFinding.of("maps-interrupt-range", device, run(runs, i)));
            }
            zones(view, i);
        }
        if (identity > 0 && identity >= memory.sizeBytes() / 2) {
            add(TableFinding.of("identity-domain", device, "%s, used by %s, maps %d MiB to itself".formatted(view.tree(), view.who(), identity >> 20)));
        }
        if (outside > 0) {
            add(TableFinding.of("maps-no-memory", device, "%s maps %d KiB that the image has no memory for".formatted(view.tree(), outside >> 10)));
        }
        for (Hole hole : runs.gaps()) {
            gap(device, hole);
        }
        if (runs.dropped() > 0) {
            add(TableFinding.of("not-all-judged", device, "%s: %d runs beyond the first %d".formatted(view.tree(), runs.dropped(), RunList.MOST_RUNS)));
        }
    }

    private void zones(TreeView view, int run) {
        long first = view.runs().output(run);
        long last = first + view.runs().sizeBytes(run) - 1;
        boolean writes = (view.runs().rights(run) & MappingSink.WRITE) != 0;
        SourceId device = view.users().getFirst().device();
        for (Zone zone : scope.zones(first, last)) {
            String detail = "%s at %s: %s, used by %s".formatted(zone.name(), zone.range(), run(view.runs(), run), view.who());
            add(writes ? TableFinding.of(zone.label(), device, detail) : TableFinding.of("reads-protected", device, detail));
        }
    }

    private void gap(SourceId device, Hole hole) {
        String where = "0x%x: entry 0x%x at 0x%x".formatted(hole.input(), hole.entry(), hole.entryAddress());
        switch (hole.gap()) {
            case UNREADABLE_TABLE -> add(TableFinding.of("table-missing", device, where + ", " + hole.presence()));
            case RESERVED_BITS -> add(TableFinding.of("reserved-bits", device, where));
            case REPEATED_TABLE -> add(TableFinding.of("table-repeated", device, where));
            case TOO_MANY_TABLES -> add(TableFinding.of("not-all-judged", device, where));
        }
    }

    private void reserved(UnitTables unit, DeviceScan.Contents contents, List<TreeView> views) {
        for (ReservedRange range : scope.reserved()) {
            boolean through = contents.attachments().stream().anyMatch(a -> a.device().equals(range.device()) && a.kind() == Kind.PASS_THROUGH);
            boolean attached = contents.attachments().stream().anyMatch(a -> a.device().equals(range.device()));
            if (!attached || through) {
                continue;
            }
            long mapped = 0;
            for (TreeView view : views) {
                if (view.users().stream().anyMatch(user -> user.device().equals(range.device()) && (user.pasid().isEmpty() || user.ownPasid()))) {
                    mapped += view.identityBytes(range.first(), range.last());
                }
            }
            long missing = range.last() - range.first() + 1 - mapped;
            if (missing > 0) {
                add(TableFinding.of("rmrr-unmapped", range.device(), "%d bytes of 0x%x-0x%x are not mapped to themselves on %s".formatted(missing,
                        range.first(),
                        range.last(), unit.name())));
            }
        }
    }

    /** A device that no unit has an entry for is refused all that firmware wants it to reach. Said only if every unit's tables could be read. */
    private void nowhere() {
        if (allRead && !scope.units().isEmpty()) {
            scope.reserved().stream().filter(range -> !attached.contains(range.device())).forEach(range -> add(TableFinding.of("rmrr-unmapped", range.device(),
                    "0x%x-0x%x is not mapped: no unit looked at has an entry for the device".formatted(range.first(), range.last()))));
        }
    }

    private static String run(RunList runs, int i) {
        return "0x%x -> 0x%x, %d KiB".formatted(runs.input(i), runs.output(i), runs.sizeBytes(i) >> 10);
    }

    private void add(TableFinding finding) {
        int count = counts.merge(finding.label() + finding.device().map(Object::toString).orElse(""), 1, Integer::sum);
        if (count < MOST_OF_A_KIND) {
            findings.add(finding);
        } else if (count == MOST_OF_A_KIND) {
            findings.add(new TableFinding(finding.label(), finding.device(), finding.detail() + " (and perhaps more; the rest is left out)"));
        }
    }
}
