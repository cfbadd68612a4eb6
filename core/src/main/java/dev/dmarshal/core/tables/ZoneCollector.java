package dev.dmarshal.core.tables;

import dev.dmarshal.core.memory.MemoryImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Finds the pages that no device may write: those of the remapping tables, and those of the page tables that processors use. */
public final class ZoneCollector {
    private static final MappingSink NOTHING = new MappingSink() {
        @Override
        public void run(long input, long output, long sizeBytes, int rights) {
            // Only the tables on the way matter.
        }

        @Override
        public void gap(long input, long sizeBytes, Gap gap, long entryAddress, long entry, MemoryImage.Presence presence) {
            // What is missing cannot be protected.
        }
    };

    private final MemoryImage image;
    private long[] pages = new long[1024];
    private int count;

    /** Collects from an image. */
    public ZoneCollector(MemoryImage image) {
        this.image = image;
    }

    /** The pages of a unit's tables, as zones of pages that follow each other. */
    public List<Zone> ofUnit(UnitTables unit) {
        count = 0;
        DeviceScan.Contents contents = DeviceScan.scan(image, unit);
        contents.contextTables().forEach(this::add);
        TreeLister lister = new TreeLister(image, unit.capabilities()).telling(this::add);
        contents.attachments().stream().flatMap(attachment -> attachment.tree().stream()).distinct()
                .forEach(tree -> lister.list(tree, unit.scalable(), NOTHING));
        return zones("remapping tables of " + unit.name(), "reaches-remapping-tables");
    }

    /**
     * The pages of the page tables that a processor uses.
     *
     * @param cr3    its CR3
     * @param levels 4 or 5
     */
    public List<Zone> ofProcessor(long cr3, int levels) {
        count = 0;
        PageTree tree = new PageTree(cr3 & 0x000F_FFFF_FFFF_F000L, levels, true);
        new TreeLister(image, UnitTables.anyUnit()).telling(this::add).list(tree, false, NOTHING);
        return zones("page tables of a processor (CR3 0x%x)".formatted(cr3), "reaches-kernel-page-tables");
    }

    private void add(long page) {
        if (count == pages.length) {
            pages = Arrays.copyOf(pages, count * 2);
        }
        pages[count++] = page;
    }

    private List<Zone> zones(String name, String label) {
        Arrays.sort(pages, 0, count);
        List<Zone> zones = new ArrayList<>();
        for (int i = 0; i < count;) {
            int next = i + 1;
            while (next < count && pages[next] <= pages[next - 1] + MemoryImage.PAGE_BYTES) {
                next++;
            }
            zones.add(new Zone(name, pages[i], pages[next - 1] + MemoryImage.PAGE_BYTES - 1, label));
            i = next;
        }
        return zones;
    }
}
