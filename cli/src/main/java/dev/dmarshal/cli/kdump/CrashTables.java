package dev.dmarshal.cli.kdump;

import dev.dmarshal.core.memory.MemoryImage;
import dev.dmarshal.core.tables.Attachment;
import dev.dmarshal.core.tables.Candidate.RootTable;
import dev.dmarshal.core.tables.DeviceScan;
import dev.dmarshal.core.tables.Kinship;
import dev.dmarshal.core.tables.MappingSink;
import dev.dmarshal.core.tables.PageTree;
import dev.dmarshal.core.tables.TreeLister;
import dev.dmarshal.core.tables.UnitTables.Confidence;
import dev.dmarshal.core.tables.UnitTables;
import dev.dmarshal.host.image.TableLocator;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The remapping tables in a crashed machine's memory: which devices were attached, how much they had mapped, and, where the crash kernel's copy is in the image
 * too, which tables are the old ones.
 *
 * @param roots   each root table found
 * @param kinship pairs of an old table and its copy
 */
public record CrashTables(List<Root> roots, List<Kinship> kinship) {

    /** Below it a find may be chance. */
    private static final Confidence LEAST = Confidence.MEDIUM;

    /**
     * One root table.
     *
     * @param address   where it lies
     * @param scalable  whether it is one of scalable mode
     * @param devices   attached requester ids
     * @param pages     pages of 4 KiB mapped, each tree counted once
     * @param confidence how sure it is that it is one
     */
    record Root(OptionalLong address, boolean scalable, List<String> devices, long pages, Confidence confidence) {
    }

    static CrashTables of(MemoryImage memory) {
        TableLocator.Located located = TableLocator.locate(memory, List.of());
        List<Root> roots = new ArrayList<>();
        for (UnitTables unit : located.units()) {
            if (unit.rootTable().isPresent() && unit.confidence().compareTo(LEAST) <= 0) {
                roots.add(root(memory, unit));
            }
        }
        List<RootTable> candidates = located.search().map(found -> found.roots().stream().filter(root -> root.confidence().compareTo(LEAST) <= 0).toList())
                .orElse(List.of());
        return new CrashTables(roots, candidates.size() > 1 ? Kinship.among(memory, candidates, Optional.empty()) : List.of());
    }

    private static Root root(MemoryImage memory, UnitTables unit) {
        Set<String> devices = new LinkedHashSet<>();
        Set<PageTree> trees = new LinkedHashSet<>();
        for (Attachment attachment : DeviceScan.scan(memory, unit).attachments()) {
            devices.add(attachment.device().toString());
            attachment.tree().ifPresent(trees::add);
        }
        long[] pages = new long[1];
        TreeLister lister = new TreeLister(memory, unit.capabilities());
        for (PageTree tree : trees) {
            lister.list(tree, unit.scalable(), new MappingSink() {
                @Override
                public void run(long input, long output, long sizeBytes, int rights) {
                    pages[0] += sizeBytes >>> 12;
                }

                @Override
                public void gap(long input, long sizeBytes, Gap gap, long entryAddress, long entry, MemoryImage.Presence presence) {
                    // "dmarshal audit" tells of gaps; here they are only not counted.
                }
            });
        }
        return new Root(unit.rootTable(), unit.scalable(), List.copyOf(devices), pages[0], unit.confidence());
    }

    /** A line each for people. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (Root root : roots) {
            lines.add("root table 0x" + Long.toHexString(root.address().orElseThrow()) + ", " + (root.scalable() ? "scalable" : "legacy") + " mode: "
                    + root.devices().size() + " devices (" + String.join(" ", root.devices().subList(0, Math.min(16, root.devices().size())))
                    + (root.devices().size() > 16 ? " …" : "") + "), " + root.pages() + " pages mapped");
        }
        for (Kinship pair : kinship) {
            lines.add("0x" + Long.toHexString(pair.newer().address()) + " is a copy of 0x" + Long.toHexString(pair.older().address())
                    + (pair.sure() ? "" : ", or the other way round") + ": " + pair.evidence());
        }
        return lines;
    }
}
