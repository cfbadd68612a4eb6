package dev.dmarshal.core.pci.config;

import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Sizes of a function's regions, which are not in configuration space: a system learns them by writing to the registers, and tells them in sysfs's
 * {@code resource} or in the text of {@code lspci -v}.
 *
 * @param sizes bytes by index as Linux counts them: 0 to 5 the BARs, 6 the expansion ROM, 7 to 12 the BARs of all virtual functions together
 */
public record Resources(Map<Integer, Long> sizes) {
    /** Index of the expansion ROM. */
    public static final int ROM = 6;
    /** Index of the first BAR of virtual functions. */
    public static final int VIRTUAL_FUNCTIONS = 7;
    /** Nothing is known. */
    public static final Resources UNKNOWN = new Resources(Map.of());

    private static final int MOST_LINES = 64;

    /** Copies the map. */
    public Resources {
        sizes = Map.copyOf(sizes);
    }

    /** Bytes of a region; empty if nobody told. */
    public OptionalLong size(int index) {
        Long size = sizes.get(index);
        return size == null ? OptionalLong.empty() : OptionalLong.of(size);
    }

    /** Bytes behind a BAR. */
    public OptionalLong size(Bar bar) {
        return size(bar.index());
    }

    /**
     * Reads sysfs's {@code resource}: one line a region, {@code start end flags}, all hexadecimal with 0x; zeros where there is none. Lines that are
     * not of this
     * form are skipped. Source: Linux, drivers/pci/pci-sysfs.c, resource_show.
     */
    public static Resources ofSysfs(String text) {
        Map<Integer, Long> sizes = new TreeMap<>();
        int index = 0;
        for (String line : text.lines().limit(MOST_LINES).toList()) {
            String[] words = line.strip().split(" +");
            OptionalLong start = words.length == 3 ? hex(words[0]) : OptionalLong.empty();
            OptionalLong end = words.length == 3 ? hex(words[1]) : OptionalLong.empty();
            if (start.isPresent() && end.isPresent() && end.getAsLong() != 0 && Long.compareUnsigned(start.getAsLong(), end.getAsLong()) <= 0) {
                sizes.put(index, end.getAsLong() - start.getAsLong() + 1);
            }
            index++;
        }
        return new Resources(sizes);
    }

    private static OptionalLong hex(String word) {
        return word.matches("0x[0-9a-fA-F]{1,16}") ? OptionalLong.of(Long.parseUnsignedLong(word.substring(2), 16)) : OptionalLong.empty();
    }
}
