package dev.dmarshal.host.survey;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.StringTokenizer;

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
            StringTokenizer words = new StringTokenizer(line, " ");
            if (words.countTokens() == 3) {
                OptionalLong start = hex(words.nextToken());
                OptionalLong end = hex(words.nextToken());
                String type = words.nextToken().strip();
                if (start.isPresent() && end.isPresent()) {
                    regions.add(new ReservedRegion(start.getAsLong(), end.getAsLong(), type));
                }
            }
        }
        return List.copyOf(regions);
    }

    /** {@code 0x} and up to 16 digits, as the kernel writes them. */
    private static OptionalLong hex(String text) {
        if (!text.startsWith("0x") || text.length() < 3 || text.length() > 18) {
            return OptionalLong.empty();
        }
        long value = 0;
        for (int at = 2; at < text.length(); at++) {
            char digit = text.charAt(at);
            if ((digit < '0' || digit > '9') && (digit < 'a' || digit > 'f')) {
                return OptionalLong.empty();
            }
            value = value << 4 | (digit <= '9' ? digit - '0' : digit - 'a' + 10);
        }
        return OptionalLong.of(value);
    }

    /** {@code 0x7d800000-0x7fffffff}. */
    public String range() {
        return "0x" + Long.toHexString(start) + "-0x" + Long.toHexString(end);
    }
}
