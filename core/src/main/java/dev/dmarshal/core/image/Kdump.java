package dev.dmarshal.core.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Kdump-compressed files of makedumpfile and QEMU, whole, flattened or split: header, sub-header, two bitmaps of pages, page descriptors, pages.
 *
 * <p>Source: makedumpfile {@code diskdump_mod.h} and {@code IMPLEMENTATION}; QEMU {@code dump/dump.c}. The header's fields are those of a 64-bit machine.
 */
public final class Kdump {
    private static final int HEADER_BYTES = 464;
    private static final int SUB_HEADER_BYTES = 104;
    private static final int MOST_CORE_INFO = 1 << 20;
    private static final int MOST_NOTES = 4 << 20;
    /** Version of the header from which on page numbers have 64 bits. */
    private static final int WIDE_VERSION = 6;

    private Kdump() {
    }

    /** Whether the bytes start as a kdump-compressed file does. */
    public static boolean recognises(ByteSource source) {
        return source.bytes(0, 8).filter(start -> new String(start, java.nio.charset.StandardCharsets.ISO_8859_1).equals("KDUMP   ")).isPresent();
    }

    /**
     * Reads a dump; what is wrong with it becomes findings.
     *
     * @param parts the file, or all parts of a split one in any order
     * @param zstd  decompresses zstd pages
     */
    public static SavedMachine read(List<ByteSource> parts, PageCodec zstd) {
        List<ImageFinding> findings = new ArrayList<>();
        List<KdumpPart> read = new ArrayList<>();
        Optional<String> info = Optional.empty();
        String format = "kdump-compressed";
        for (ByteSource part : parts) {
            ByteSource bytes = FlattenedBytes.recognises(part) ? FlattenedBytes.of(part, findings) : part;
            Optional<KdumpPart> one = part(bytes, findings);
            one.ifPresent(read::add);
            info = info.isPresent() ? info : one.flatMap(found -> coreInfo(found));
            format = one.map(found -> name(found)).orElse(format);
        }
        return new SavedMachine(format, new KdumpImage(read, zstd), info, List.of(), findings);
    }

    private static String name(KdumpPart part) {
        return "kdump-compressed" + (part.split() ? ", split" : "") + (part.source() instanceof FlattenedBytes ? ", flattened" : "");
    }

    private static Optional<KdumpPart> part(ByteSource source, List<ImageFinding> findings) {
        if (!recognises(source)) {
            findings.add(new ImageFinding(ImageFinding.HEADER, "a part is no kdump-compressed file"));
            return Optional.empty();
        }
        Optional<FileFields> found = FileFields.at(source, 0, HEADER_BYTES);
        if (found.isEmpty()) {
            findings.add(new ImageFinding(ImageFinding.HEADER, "the file ends within its header"));
            return Optional.empty();
        }
        FileFields header = found.get();
        long block = header.word32(428);
        if (block != 4096) {
            findings.add(new ImageFinding(ImageFinding.HEADER, "blocks of " + block + " bytes; only 4096 are read"));
            return Optional.empty();
        }
        Optional<FileFields> sub = FileFields.at(source, block, SUB_HEADER_BYTES);
        if (sub.isEmpty()) {
            findings.add(new ImageFinding(ImageFinding.HEADER, "the file ends within its sub-header"));
            return Optional.empty();
        }
        return KdumpPart.of(source, header, sub.get(), header.word32(8) >= WIDE_VERSION, findings);
    }

    private static Optional<String> coreInfo(KdumpPart part) {
        if (part.infoBytes() > 0 && part.infoBytes() <= MOST_CORE_INFO) {
            return FileFields.at(part.source(), part.infoOffset(), (int) part.infoBytes()).map(text -> text.text(0, text.length()));
        }
        List<String> found = new ArrayList<>();
        if (part.noteBytes() > 0 && part.noteBytes() <= MOST_NOTES) {
            FileFields.at(part.source(), part.noteOffset(), (int) part.noteBytes()).ifPresent(notes -> new ElfNotes(notes).forEach((name, start, length) -> {
                if (name.equals("VMCOREINFO")) {
                    found.add(notes.text(start, length));
                }
            }));
        }
        return found.stream().findFirst();
    }
}
