package dev.dmarshal.lab.setup;

import com.github.luben.zstd.ZstdInputStream;
import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.LabFailure.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.tukaani.xz.SingleXZInputStream;

/**
 * Unpacks the kernel inside a bzImage. An emulated processor takes seconds for what this one does in a part of one; QEMU starts what comes out by the PVH entry
 * (CONFIG_PVH) and Xen takes it as it is. It is the same kernel, but for where KASLR would have moved it.
 */
final class PlainKernel {

    /** Linux Documentation/arch/x86/boot.rst, the setup header. */
    private static final int SETUP_SECTS = 0x1f1;
    private static final int MAGIC = 0x202;
    private static final int HDRS = 0x53726448;
    private static final int PROTOCOL = 0x206;
    /** The first protocol that says where the payload is. */
    private static final int TELLS_PAYLOAD = 0x208;
    private static final int PAYLOAD_OFFSET = 0x248;
    private static final int PAYLOAD_LENGTH = 0x24c;
    private static final int SECTOR = 512;
    /** First bytes of files, as a big-endian number. */
    private static final int ELF = 0x7f454c46;
    private static final int XZ = 0xfd377a58;
    private static final int ZSTD = 0x28b52ffd;
    private static final int GZIP_FIRST = 0x1f;
    private static final int GZIP_SECOND = 0x8b;
    /** No kernel is that large; what a damaged file claims to hold is not taken at its word. */
    private static final int LARGEST = 512 << 20;

    private PlainKernel() {
    }

    /** The kernel beside its image, unpacked if it is not there yet; empty where the image packs it in a way that is not known here. */
    static Optional<Path> beside(Path image, String release) throws LabFailure {
        Path plain = image.resolveSibling("vmlinux-" + release);
        try {
            if (Files.exists(plain) && Files.getLastModifiedTime(plain).compareTo(Files.getLastModifiedTime(image)) >= 0) {
                return Optional.of(plain);
            }
            // Written beside and moved, because several machines may start at once.
            Path fresh = Files.createTempFile(image.getParent(), "vmlinux", ".new");
            try {
                if (!unpack(Files.readAllBytes(image), fresh)) {
                    return Optional.empty();
                }
                Files.move(fresh, plain, StandardCopyOption.ATOMIC_MOVE);
                return Optional.of(plain);
            } finally {
                Files.deleteIfExists(fresh);
            }
        } catch (IOException e) {
            throw new LabFailure(Kind.MISSING, "cannot unpack the kernel " + image, e);
        }
    }

    /** A plain kernel as gzip packs it at its fastest, in a file beside it. */
    static Path packedLightly(Path plain) throws LabFailure {
        Path packed = plain.resolveSibling(plain.getFileName() + ".gz");
        try {
            if (Files.exists(packed) && Files.getLastModifiedTime(packed).compareTo(Files.getLastModifiedTime(plain)) >= 0) {
                return packed;
            }
            Path fresh = Files.createTempFile(plain.getParent(), "vmlinux", ".new");
            try {
                try (OutputStream out = new FastGzip(Files.newOutputStream(fresh))) {
                    Files.copy(plain, out);
                }
                Files.move(fresh, packed, StandardCopyOption.ATOMIC_MOVE);
                return packed;
            } finally {
                Files.deleteIfExists(fresh);
            }
        } catch (IOException e) {
            throw new LabFailure(Kind.MISSING, "cannot pack the kernel " + plain, e);
        }
    }

    private static final class FastGzip extends GZIPOutputStream {

        FastGzip(OutputStream out) throws IOException {
            super(out, 1 << 16);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }

    /** Writes the ELF file inside a bzImage; false if this is none, or packed otherwise. */
    static boolean unpack(byte[] image, Path target) throws IOException {
        ByteBuffer header = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
        if (image.length < PAYLOAD_LENGTH + Integer.BYTES || header.getInt(MAGIC) != HDRS || header.getShort(PROTOCOL) < TELLS_PAYLOAD) {
            return false;
        }
        int sectors = image[SETUP_SECTS] == 0 ? 4 : image[SETUP_SECTS] & 0xff;
        long from = (sectors + 1L) * SECTOR + Integer.toUnsignedLong(header.getInt(PAYLOAD_OFFSET));
        long size = Integer.toUnsignedLong(header.getInt(PAYLOAD_LENGTH));
        if (size < Long.BYTES || from + size > image.length) {
            return false;
        }
        try (InputStream in = open(image, (int) from, (int) size); OutputStream out = Files.newOutputStream(target)) {
            byte[] piece = in.readNBytes(1 << 20);
            if (piece.length < Integer.BYTES || ByteBuffer.wrap(piece).getInt(0) != ELF) {
                return false;
            }
            for (long written = 0; piece.length > 0 && written < LARGEST; written += piece.length, piece = in.readNBytes(1 << 20)) {
                out.write(piece);
            }
            return true;
        }
    }

    /** An unknown packing gives its own bytes, which are no ELF file. */
    private static InputStream open(byte[] image, int from, int size) throws IOException {
        InputStream all = new ByteArrayInputStream(image, from, size);
        // The kernel's makefile appends the length to what does not carry it (scripts/Makefile.lib, size_append).
        InputStream withoutLength = new ByteArrayInputStream(image, from, size - Integer.BYTES);
        return switch (ByteBuffer.wrap(image).getInt(from)) {
            case XZ -> new SingleXZInputStream(withoutLength);
            case ZSTD -> new ZstdInputStream(withoutLength);
            default -> (image[from] & 0xff) == GZIP_FIRST && (image[from + 1] & 0xff) == GZIP_SECOND ? new GZIPInputStream(all) : all;
        };
    }
}
