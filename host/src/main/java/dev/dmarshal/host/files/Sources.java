package dev.dmarshal.host.files;

import com.github.luben.zstd.ZstdInputStream;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.host.Remark;
import dev.dmarshal.host.SourceKind;
import dev.dmarshal.host.capture.Manifest;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;

/** Tells by its content what a file or directory holds of a machine, and opens it. */
public final class Sources {

    private static final int PEEK = 64 << 10;
    private static final int XZ_MEMORY_KIB = 96 * 1024;
    private static final Set<String> TABLES = Set.of("DMAR", "IVRS", "APIC", "MCFG", "FACP", "SSDT", "DSDT", "VIOT");
    private static final int TABLE_HEADER = 36;
    /** Folders by which the root of a machine's files is known. */
    private static final List<String> ROOTS = List.of("sys", "proc", "etc", "sos_commands");

    private Sources() {
    }

    /** Opens a source. */
    public static Reading<HostRoot> open(Path source) {
        if (Files.isDirectory(source)) {
            return new Reading.Present<>(source.toString(), Directories.open(source));
        }
        return reading(source, () -> file(source));
    }

    /** What {@link #open} would take a source for. */
    public static Reading<SourceKind> kind(Path source) {
        if (Files.isDirectory(source)) {
            return new Reading.Present<>(source.toString(), Directories.open(source).kind());
        }
        return reading(source, () -> {
            try (Opened opened = Opened.of(source)) {
                return kind(opened.start);
            }
        });
    }

    private interface Access<T> {
        T made() throws IOException;
    }

    private static <T> Reading<T> reading(Path source, Access<T> access) {
        String name = source.toString();
        try {
            if (Files.exists(source) && !Files.isRegularFile(source)) {
                return new Reading.Malformed<>(name, "is neither a file nor a directory");
            }
            return new Reading.Present<>(name, access.made());
        } catch (NoSuchFileException e) {
            return new Reading.Absent<>(name);
        } catch (AccessDeniedException e) {
            return new Reading.Denied<>(name, "permission denied");
        } catch (IOException e) {
            return new Reading.Malformed<>(name, "damaged: " + e.getMessage());
        }
    }

    /** A file, unpacked if it is packed, with its first bytes looked at. */
    private record Opened(InputStream in, byte[] start) implements AutoCloseable {

        static Opened of(Path source) throws IOException {
            Bounded.Counted packed = new Bounded.Counted(new BufferedInputStream(Files.newInputStream(source), 64 << 10));
            byte[] magic = packed.readNBytes(6);
            InputStream in = new Bounded(unpacked(new SequenceInputStream(new ByteArrayInputStream(magic), packed), magic), packed, Limits.STANDARD);
            byte[] start = new byte[PEEK];
            int length = 0;
            try {
                for (int read = 0; read >= 0 && length < PEEK; read = in.read(start, length, PEEK - length)) {
                    length += read;
                }
            } catch (IOException e) {
                if (length == 0) {
                    in.close();
                    throw e;
                }
                in = new Broken(in, e);
            }
            byte[] head = Arrays.copyOf(start, length);
            return new Opened(new SequenceInputStream(new ByteArrayInputStream(head), in), head);
        }

        private static InputStream unpacked(InputStream in, byte[] magic) throws IOException {
            if (begins(magic, 0x1f, 0x8b)) {
                return new GZIPInputStream(in, 64 << 10);
            }
            if (begins(magic, 0x28, 0xb5, 0x2f, 0xfd)) {
                return new ZstdInputStream(in);
            }
            return begins(magic, 0xfd, '7', 'z', 'X', 'Z', 0) ? new XZInputStream(in, XZ_MEMORY_KIB) : in;
        }

        private static boolean begins(byte[] start, int... magic) {
            for (int i = 0; i < magic.length; i++) {
                if (start.length <= i || (start[i] & 0xff) != magic[i]) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    /** A stream that broke while its start was looked at: what came before stands, and whoever reads on is told. */
    private static final class Broken extends FilterInputStream {

        private final IOException damage;

        Broken(InputStream in, IOException damage) {
            super(in);
            this.damage = damage;
        }

        @Override
        public int read() throws IOException {
            throw damage;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            throw damage;
        }
    }

    /** What is told by the first bytes, unpacked. Which sort of archive it is only its entries tell. */
    private static SourceKind kind(byte[] start) {
        if (TarReader.looksLike(start)) {
            return SourceKind.ARCHIVE;
        }
        String signature = new String(start, 0, Math.min(4, start.length), StandardCharsets.ISO_8859_1);
        if (start.length >= TABLE_HEADER && TABLES.contains(signature) && start[7] == 0) {
            return SourceKind.ACPI_TABLE;
        }
        String text = new String(start, StandardCharsets.ISO_8859_1);
        if (AcpiDumpText.looksLike(text)) {
            return SourceKind.ACPIDUMP_TEXT;
        }
        return LspciText.looksLike(text) ? SourceKind.LSPCI_TEXT : SourceKind.LOG;
    }

    private static HostRoot file(Path source) throws IOException {
        try (Opened opened = Opened.of(source)) {
            SourceKind kind = kind(opened.start);
            String name = source.toString();
            return kind == SourceKind.ARCHIVE ? archive(name, opened) : text(name, kind, opened);
        }
    }

    private static HostRoot text(String name, SourceKind kind, Opened opened) {
        List<Remark> remarks = new ArrayList<>();
        byte[] text = start(opened, remarks);
        MemoryTree tree = new MemoryTree();
        switch (kind) {
            case LSPCI_TEXT -> LspciText.read(text, tree);
            case ACPIDUMP_TEXT -> AcpiDumpText.read(text, tree);
            case ACPI_TABLE -> AcpiDumpText.table(new String(text, 0, 4, StandardCharsets.US_ASCII), text, tree);
            default -> {
                if (text.length == 0) {
                    remarks.add(new Remark("text-empty", "it is empty"));
                } else {
                    LogText.read(text, tree);
                }
            }
        }
        return new HostRoot(name, kind, tree, remarks);
    }

    /** All of a text, or as much as could be unpacked. */
    private static byte[] start(Opened opened, List<Remark> remarks) {
        int most = Limits.STANDARD.logBytes();
        byte[] text = new byte[Math.max(PEEK, opened.start.length)];
        int length = 0;
        try {
            for (int read = 0; read >= 0 && length < most; read = opened.in.read(text, length, text.length - length)) {
                length += read;
                text = length == text.length ? Arrays.copyOf(text, Math.min(most, 2 * length)) : text;
            }
            if (length == most) {
                remarks.add(new Remark("text-cut", "only its first " + most + " bytes were read"));
            }
        } catch (IOException e) {
            remarks.add(new Remark("text-damaged", "damaged after " + length + " bytes: " + e.getMessage()));
        }
        return Arrays.copyOf(text, length);
    }

    private static HostRoot archive(String name, Opened opened) {
        MemoryTree all = new MemoryTree();
        boolean sos = firstName(opened.start).toLowerCase().startsWith("sosreport");
        ArchiveReader reader = new ArchiveReader(all, Limits.STANDARD, sos);
        reader.read(opened.in);
        List<Remark> remarks = new ArrayList<>(reader.remarks());
        Optional<Manifest> manifest = all.bytes("/" + Manifest.FILE, Limits.STANDARD.fileBytes()).present().flatMap(Manifest::parse);
        if (manifest.isPresent()) {
            return CaptureLayout.open(name, all, manifest.get(), reader.whole(), remarks);
        }
        MemoryTree tree = all.below(top(all));
        SourceKind kind = tree.has(SosReport.COMMANDS) ? SourceKind.SOS_REPORT : SourceKind.ARCHIVE;
        if (kind == SourceKind.SOS_REPORT) {
            SosReport.place(tree);
        }
        if (ROOTS.stream().noneMatch(tree::has)) {
            remarks.add(new Remark("archive-unknown", "it holds no files of a machine at the places where they are looked for"));
        }
        return new HostRoot(name, kind, tree, remarks);
    }

    private static String firstName(byte[] start) {
        int end = 0;
        while (end < 100 && start[end] != 0) {
            end++;
        }
        return new String(start, 0, end, StandardCharsets.ISO_8859_1);
    }

    /** The folder in which a machine's root is: the one folder that there is, unless the root itself is here. */
    private static String top(MemoryTree tree) {
        List<String> names = tree.list("/").present().orElse(List.of());
        return ROOTS.stream().noneMatch(root -> tree.has("/" + root)) && names.size() == 1 ? "/" + names.getFirst() : "/";
    }
}
