package dev.dmarshal.core.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the bytes of a file without headers lie in physical memory. */
public sealed interface RawLayout {

    /**
     * The file is one range.
     *
     * @param base physical address of its first byte
     */
    record From(long base) implements RawLayout {
    }

    /**
     * The RAM file of a QEMU guest: what does not fit below the PCI hole goes on at 4 GiB. Source: QEMU {@code hw/i386/pc_q35.c} and {@code pc_piix.c}, without
     * {@code max-ram-below-4g}.
     *
     * @param q35 the machine type is q35, not pc
     */
    record Qemu(boolean q35) implements RawLayout {
    }

    /**
     * Only some addresses are memory.
     *
     * @param ranges the ranges, as {@link #ranges} reads them
     * @param packed the ranges follow each other in the file; otherwise each lies at the offset of its address
     */
    record Listed(List<Range> ranges, boolean packed) implements RawLayout {

        /** Copies the list. */
        public Listed {
            ranges = List.copyOf(ranges);
        }
    }

    /**
     * A range of memory.
     *
     * @param first first address
     * @param last  last address
     */
    record Range(long first, long last) {
    }

    /** A line of {@code /proc/iomem}, of the kernel's log, or two numbers. */
    Pattern LINE = Pattern.compile("(?:0x)?([0-9a-fA-F]{1,16})\\s*-\\s*(?:0x)?([0-9a-fA-F]{1,16})\\]?\\s*[:,]?\\s*(.*)");

    /**
     * The memory in a listing: {@code /proc/iomem} ("00100000-7ffdefff : System RAM"), the kernel's log ("BIOS-e820: [mem 0x…-0x…] usable"), or one
     * {@code first-last} a line. Indented lines and lines of other kinds are left out; of a line without a kind the range counts.
     */
    static List<Range> ranges(String listing) {
        List<Range> ranges = new ArrayList<>();
        for (String line : listing.split("\n")) {
            Matcher match = LINE.matcher(line);
            if (line.startsWith(" ") || line.startsWith("\t") || !match.find()) {
                continue;
            }
            String kind = match.group(3).strip();
            boolean memory = kind.isEmpty() || kind.startsWith("System RAM") || kind.equals("usable") || kind.equals("(usable)");
            Range range = new Range(Long.parseUnsignedLong(match.group(1), 16), Long.parseUnsignedLong(match.group(2), 16));
            if (memory && range.first >= 0 && range.last >= range.first && ranges.size() < ExtentImage.MOST_EXTENTS) {
                ranges.add(range);
            }
        }
        return ranges;
    }

    /** Lays a file out. */
    default SavedMachine read(ByteSource source) {
        List<ImageFinding> findings = new ArrayList<>();
        ExtentImage memory = ExtentImage.of(source, extents(source.sizeBytes()), findings);
        return new SavedMachine("raw memory", memory, Optional.empty(), List.of(), findings);
    }

    /** The ranges that a file of this size holds. */
    default List<ExtentImage.Extent> extents(long size) {
        return switch (this) {
            case From(long base) -> size == 0 ? List.of() : List.of(new ExtentImage.Extent(base, size, 0, size));
            case Qemu(boolean q35) -> qemu(size, q35);
            case Listed(List<Range> ranges, boolean packed) -> listed(ranges, packed);
        };
    }

    private static List<ExtentImage.Extent> qemu(long size, boolean q35) {
        long most = q35 ? 0xB000_0000L : 0xE000_0000L;
        long low = size < most ? size : q35 ? 0x8000_0000L : 0xC000_0000L;
        List<ExtentImage.Extent> extents = new ArrayList<>();
        if (low > 0) {
            extents.add(new ExtentImage.Extent(0, low, 0, low));
        }
        if (size > low) {
            extents.add(new ExtentImage.Extent(1L << 32, size - low, low, size - low));
        }
        return extents;
    }

    private static List<ExtentImage.Extent> listed(List<Range> ranges, boolean packed) {
        List<ExtentImage.Extent> extents = new ArrayList<>();
        long offset = 0;
        for (Range range : ranges) {
            long size = range.last - range.first + 1;
            extents.add(new ExtentImage.Extent(range.first, size, packed ? offset : range.first, size));
            offset += size;
        }
        return extents;
    }
}
