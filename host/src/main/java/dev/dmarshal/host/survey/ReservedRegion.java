package dev.dmarshal.host.survey;

import java.util.ArrayList;
import java.util.List;

/**
 * A range of IOVAs that the kernel keeps for a group ({@code reserved_regions}, Documentation/ABI/testing/sysfs-kernel-iommu_groups).
 *
 * @param start first address
 * @param end   last address, inclusive
 * @param type  {@code direct}, {@code direct-relaxable}, {@code reserved} or {@code msi}
 */
public record ReservedRegion(long start, long end, String type) {

    static List<ReservedRegion> parse(String text) {
        List<ReservedRegion> regions = new ArrayList<>();
        for (String line : text.split("\n")) {
            String[] words = line.strip().split(" +");
            if (words.length == 3 && words[0].matches("0x[0-9a-f]{1,16}") && words[1].matches("0x[0-9a-f]{1,16}")) {
                regions.add(new ReservedRegion(Long.parseUnsignedLong(words[0].substring(2), 16), Long.parseUnsignedLong(words[1].substring(2), 16), words[2]));
            }
        }
        return List.copyOf(regions);
    }

    /** {@code 0x7d800000-0x7fffffff}. */
    public String range() {
        return "0x" + Long.toHexString(start) + "-0x" + Long.toHexString(end);
    }
}
