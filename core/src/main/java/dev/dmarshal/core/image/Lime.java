package dev.dmarshal.core.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * LiME: ranges of memory, each behind a header of 32 bytes with its first and last address. Source: LiME's documentation of its "lime" format, version 1.
 */
public final class Lime {
    private static final int HEADER_BYTES = 32;
    private static final long MAGIC = 0x4C69_4D45;

    private Lime() {
    }

    /** Whether the bytes start as a LiME file does. */
    public static boolean recognises(ByteSource source) {
        return FileFields.at(source, 0, 8).filter(start -> start.word32(0) == MAGIC).isPresent();
    }

    /** Reads an image; what is wrong with it becomes findings. */
    public static SavedMachine read(ByteSource source) {
        List<ImageFinding> findings = new ArrayList<>();
        List<ExtentImage.Extent> extents = new ArrayList<>();
        long at = 0;
        while (at < source.sizeBytes() && extents.size() < ExtentImage.MOST_EXTENTS) {
            Optional<FileFields> header = FileFields.at(source, at, HEADER_BYTES);
            if (header.isEmpty() || header.get().word32(0) != MAGIC || header.get().word32(4) != 1) {
                findings.add(new ImageFinding(ImageFinding.HEADER, "no range starts at offset " + ImageFinding.hex(at) + " of the file"));
                break;
            }
            long base = header.get().word64(8);
            long size = header.get().word64(16) - base + 1;
            if (base < 0 || size <= 0) {
                findings.add(new ImageFinding(ImageFinding.HEADER, "a range ends before it starts at offset " + ImageFinding.hex(at) + " of the file"));
                break;
            }
            extents.add(new ExtentImage.Extent(base, size, at + HEADER_BYTES, size));
            at = size > source.sizeBytes() - at - HEADER_BYTES ? source.sizeBytes() : at + HEADER_BYTES + size;
        }
        return new SavedMachine("LiME", ExtentImage.of(source, extents, findings), Optional.empty(), List.of(), findings);
    }
}
