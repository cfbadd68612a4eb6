package dev.dmarshal.host.survey;

import java.util.ArrayList;
import java.util.List;

/**
 * One address range of a function, as the kernel lists it in {@code resource} (Linux drivers/pci/pci-sysfs.c, {@code resource_show}; flags from
 * include/linux/ioport.h).
 *
 * @param index 0 to 5 for base address registers, 6 for the expansion ROM
 * @param start first address; 0 if none is assigned
 * @param end   last address, inclusive
 * @param flags the kernel's flags
 */
public record Region(int index, long start, long end, long flags) {

    /** Index of the expansion ROM. */
    public static final int ROM = 6;
    private static final long MEMORY = 0x200;
    private static final long WIDE = 0x100000;
    private static final long UNSET = 0x20000000L;
    private static final int PAGE = 4096;

    /** The regions of a function's {@code resource} file that exist; those of virtual functions and bridge windows are left out. */
    static List<Region> parse(String text) {
        List<Region> regions = new ArrayList<>();
        int index = 0;
        for (String line : text.split("\n")) {
            String[] words = line.strip().split(" ");
            if (words.length == 3 && index <= ROM && words[0].startsWith("0x") && words[1].startsWith("0x") && words[2].startsWith("0x")) {
                try {
                    Region region = new Region(index, Long.parseUnsignedLong(words[0].substring(2), 16), Long.parseUnsignedLong(words[1].substring(2), 16),
                            Long.parseUnsignedLong(words[2].substring(2), 16));
                    if (region.flags != 0) {
                        regions.add(region);
                    }
                } catch (NumberFormatException e) {
                    return List.of();
                }
            }
            index++;
        }
        return List.copyOf(regions);
    }

    /** Size in bytes; 0 for a range that is upside down. */
    public long sizeBytes() {
        return Long.compareUnsigned(end, start) < 0 ? 0 : end - start + 1;
    }

    /** Whether it is memory rather than I/O ports. */
    public boolean memory() {
        return (flags & MEMORY) != 0;
    }

    /** Whether its register has 64 bits. */
    public boolean wide() {
        return (flags & WIDE) != 0;
    }

    /** Whether it was given an address. */
    public boolean assigned() {
        return (flags & UNSET) == 0 && start != 0;
    }

    /** Whether it starts at a page of 4 KiB. */
    public boolean pageAligned() {
        return (start & PAGE - 1) == 0;
    }

    /** Whether it is at least a page. */
    public boolean wholePages() {
        return sizeBytes() >= PAGE;
    }

    /** How many bits its last address takes. */
    public int addressBits() {
        return Long.SIZE - Long.numberOfLeadingZeros(end);
    }

    /** For people: {@code BAR 0} or {@code ROM}. */
    public String name() {
        return index == ROM ? "ROM" : "BAR " + index;
    }
}
