package dev.dmarshal.core.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * 64-bit little-endian ELF cores of whole machines: {@code /proc/vmcore}, {@code /proc/kcore}, QEMU's {@code dump-guest-memory}, {@code virsh dump
 * --memory-only}. Memory is where PT_LOAD segments have their physical address.
 *
 * <p>Source: ELF-64 object file format; gABI for PN_XNUM; Linux {@code fs/proc/vmcore.c}, {@code fs/proc/kcore.c}; QEMU {@code target/i386/arch_dump.c}.
 */
public final class ElfCore {
    private static final int HEADER_BYTES = 64;
    private static final int PROGRAM_BYTES = 56;
    private static final int SECTION_BYTES = 64;
    private static final int EXTENDED_COUNT = 0xFFFF;
    private static final int PT_LOAD = 1;
    private static final int PT_NOTE = 4;
    private static final int MOST_NOTE_BYTES = 4 << 20;
    /** Offset of CR3 in QEMU's note: version and size, 18 registers, ten segments of 24 bytes, CR0 to CR2. */
    private static final int QEMU_CR3 = 8 + 18 * 8 + 10 * 24 + 3 * 8;
    /** {@code /proc/kcore} gives this physical address to what is not memory. */
    private static final long NO_ADDRESS = -1;

    private final ByteSource source;
    private final List<ImageFinding> findings = new ArrayList<>();
    private final List<ExtentImage.Extent> extents = new ArrayList<>();
    private final List<Long> registers = new ArrayList<>();
    private Optional<String> coreInfo = Optional.empty();

    private ElfCore(ByteSource source) {
        this.source = source;
    }

    /** Whether the bytes start as an ELF file does. */
    public static boolean recognises(ByteSource source) {
        return source.bytes(0, 4).filter(start -> start[0] == 0x7F && start[1] == 'E' && start[2] == 'L' && start[3] == 'F').isPresent();
    }

    /** Reads a core; what is wrong with it becomes findings. */
    public static SavedMachine read(ByteSource source) {
        ElfCore core = new ElfCore(source);
        core.readHeaders();
        ExtentImage memory = ExtentImage.of(source, core.extents, core.findings);
        return new SavedMachine("ELF core", memory, core.coreInfo, core.registers, core.findings);
    }

    private void readHeaders() {
        Optional<FileFields> found = FileFields.at(source, 0, HEADER_BYTES);
        if (found.isEmpty()) {
            wrong("the file is shorter than an ELF header");
            return;
        }
        FileFields header = found.get();
        if (header.bytes().get(4) != 2 || header.bytes().get(5) != 1) {
            wrong("only 64-bit little-endian cores are read");
            return;
        }
        if (header.word16(54) < PROGRAM_BYTES) {
            wrong("program headers of " + header.word16(54) + " bytes");
            return;
        }
        readPrograms(header.word64(32), header.word16(54), count(header));
    }

    /** More than 65,534 program headers are counted in the first section header. */
    private long count(FileFields header) {
        int count = header.word16(56);
        if (count != EXTENDED_COUNT) {
            return count;
        }
        Optional<FileFields> section = FileFields.at(source, header.word64(40), SECTION_BYTES);
        if (section.isEmpty()) {
            wrong("the count of program headers is not in the file");
            return 0;
        }
        return section.get().word32(44);
    }

    private void readPrograms(long offset, int stride, long count) {
        long most = Math.min(count, ExtentImage.MOST_EXTENTS);
        if (most < count) {
            findings.add(new ImageFinding(ImageFinding.LIMIT, count + " program headers, of which " + most + " are read"));
        }
        for (long i = 0; i < most; i++) {
            Optional<FileFields> program = offset < 0 ? Optional.empty() : FileFields.at(source, offset + i * stride, PROGRAM_BYTES);
            if (program.isEmpty()) {
                wrong((count - i) + " of " + count + " program headers lie beyond the end of the file");
                return;
            }
            readProgram(program.get());
        }
    }

    private void readProgram(FileFields program) {
        long offset = program.word64(8);
        long stored = program.word64(32);
        long size = program.word64(40);
        if (program.word32(0) == PT_LOAD && program.word64(24) != NO_ADDRESS && size != 0) {
            extents.add(new ExtentImage.Extent(program.word64(24), size, offset, stored));
        } else if (program.word32(0) == PT_NOTE) {
            int length = Math.clamp(stored, 0, MOST_NOTE_BYTES);
            FileFields.at(source, offset, length).ifPresentOrElse(this::readNotes, () -> wrong("notes lie beyond the end of the file"));
        }
    }

    private void readNotes(FileFields notes) {
        new ElfNotes(notes).forEach((name, start, length) -> {
            if (name.equals("VMCOREINFO") && coreInfo.isEmpty()) {
                coreInfo = Optional.of(notes.text(start, length));
            } else if (name.equals("QEMU") && length >= QEMU_CR3 + 8) {
                registers.add(notes.word64(start + QEMU_CR3));
            }
        });
    }

    private void wrong(String what) {
        findings.add(new ImageFinding(ImageFinding.HEADER, what));
    }
}
