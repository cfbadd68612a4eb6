package dev.dmarshal.cli.image;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Plays a kernel's {@code iommu:map} and {@code iommu:unmap} trace events back: what is mapped at the end, page by page. */
public final class TraceEvents {
    private static final Pattern MAP = Pattern.compile(" map: IOMMU: iova=0x([0-9a-f]+) - 0x[0-9a-f]+ paddr=0x([0-9a-f]+) size=(\\d+)");
    private static final Pattern UNMAP = Pattern.compile(" unmap: IOMMU: iova=0x([0-9a-f]+) - 0x[0-9a-f]+ size=(\\d+) unmapped_size=(\\d+)");

    private final TreeMap<Long, Long> pages = new TreeMap<>();
    private int maps;
    private int unmaps;

    TraceEvents(String trace) {
        trace.lines().forEach(this::line);
    }

    private void line(String line) {
        Matcher map = MAP.matcher(line);
        Matcher unmap = UNMAP.matcher(line);
        if (map.find()) {
            maps++;
            for (long at = 0; at < Long.parseLong(map.group(3)); at += 4096) {
                pages.put(Long.parseLong(map.group(1), 16) + at, Long.parseLong(map.group(2), 16) + at);
            }
        } else if (unmap.find()) {
            unmaps++;
            for (long at = 0; at < Long.parseLong(unmap.group(3)); at += 4096) {
                pages.remove(Long.parseLong(unmap.group(1), 16) + at);
            }
        }
    }

    /** Physical page by IOVA page. */
    Map<Long, Long> pages() {
        return pages;
    }

    int maps() {
        return maps;
    }

    int unmaps() {
        return unmaps;
    }
}
