package dev.dmarshal.lab.setup;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Kernels come out of their images as they went in, whatever packs them; what is no kernel is left alone. */
class PlainKernelTest {

    private static final int SETUP = 3 * 512;
    private static final int OFFSET = 100;

    @TempDir
    private Path folder;

    private static byte[] kernel() {
        byte[] kernel = new byte[3_000_000];
        new Random(5).nextBytes(kernel);
        System.arraycopy(new byte[] {0x7f, 'E', 'L', 'F'}, 0, kernel, 0, 4);
        return kernel;
    }

    /** A bzImage around a payload, as the kernel's documentation of its boot protocol has it. */
    private static byte[] image(byte[] payload) {
        ByteBuffer image = ByteBuffer.allocate(SETUP + OFFSET + payload.length + 50).order(ByteOrder.LITTLE_ENDIAN);
        image.put(0x1f1, (byte) 2).putInt(0x202, 0x53726448).putShort(0x206, (short) 0x20f).putInt(0x248, OFFSET).putInt(0x24c, payload.length);
        image.put(SETUP + OFFSET, payload);
        return image.array();
    }

    private static byte[] withLength(byte[] packed, int length) {
        return ByteBuffer.allocate(packed.length + 4).order(ByteOrder.LITTLE_ENDIAN).put(packed).putInt(length).array();
    }

    private Path beside(byte[] image) throws Exception {
        Path file = Files.write(folder.resolve("vmlinuz-1.2.3"), image);
        return new LinuxKernel("1.2.3", file, folder).plain();
    }

    @Test
    void everyPackingOfToday() throws Exception {
        byte[] kernel = kernel();
        ByteArrayOutputStream xz = new ByteArrayOutputStream();
        try (OutputStream out = new XZOutputStream(xz, new LZMA2Options(0))) {
            out.write(kernel);
        }
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(gzip)) {
            out.write(kernel);
        }
        for (byte[] payload : new byte[][] {withLength(xz.toByteArray(), kernel.length), withLength(Zstd.compress(kernel), kernel.length), gzip.toByteArray(),
                kernel}) {
            Files.deleteIfExists(folder.resolve("vmlinux-1.2.3"));
            assertThat(beside(image(payload))).isEqualTo(folder.resolve("vmlinux-1.2.3")).hasBinaryContent(kernel);
        }
        Path light = new LinuxKernel("1.2.3", folder.resolve("vmlinuz-1.2.3"), folder).lightlyPacked();
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(light))) {
            assertThat(in.readAllBytes()).isEqualTo(kernel);
        }
    }

    @Test
    void whatIsNoKernelBootsAsItIs() throws Exception {
        for (byte[] odd : new byte[][] {new byte[0], new byte[5000], image("LZO or the like".getBytes()), image(new byte[0])}) {
            assertThat(beside(odd)).isEqualTo(folder.resolve("vmlinuz-1.2.3"));
        }
        byte[] beyond = image(kernel());
        ByteBuffer.wrap(beyond).order(ByteOrder.LITTLE_ENDIAN).putInt(0x24c, Integer.MAX_VALUE);
        assertThat(beside(beyond)).isEqualTo(folder.resolve("vmlinuz-1.2.3"));
        try (var left = Files.list(folder)) {
            assertThat(left).as("nothing half done stays").containsExactly(folder.resolve("vmlinuz-1.2.3"));
        }
    }

    @Test
    void aNewerImageIsUnpackedAnew() throws Exception {
        byte[] kernel = kernel();
        beside(image(kernel));
        byte[] other = kernel.clone();
        other[100] ^= 1;
        Files.setLastModifiedTime(folder.resolve("vmlinux-1.2.3"), java.nio.file.attribute.FileTime.fromMillis(1));
        assertThat(beside(image(other))).hasBinaryContent(other);
    }
}
