package dev.dmarshal.host.files;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Tar archives as anybody may write them, honest or not, entry by entry. */
public final class TarBytes {

    private static final int BLOCK = 512;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** An archive without entries. */
    public TarBytes() {
    }

    /** An entry of any type with any name, and a size that need not be true. */
    public TarBytes entry(char type, String name, String target, byte[] content, long size) {
        byte[] header = new byte[BLOCK];
        put(header, 0, name, 100);
        put(header, 100, "0000644\0", 8);
        put(header, 124, String.format("%011o\0", size), 12);
        put(header, 136, "00000000000\0", 12);
        header[156] = (byte) type;
        put(header, 157, target, 100);
        put(header, 257, "ustar\0" + "00", 8);
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte value : header) {
            sum += value & 0xff;
        }
        put(header, 148, String.format("%06o\0 ", sum), 8);
        out.writeBytes(header);
        out.writeBytes(content);
        out.writeBytes(new byte[-content.length & (BLOCK - 1)]);
        return this;
    }

    /** A file. */
    public TarBytes file(String name, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        return entry('0', name, "", bytes, bytes.length);
    }

    /** A symbolic link. */
    public TarBytes link(String name, String target) {
        return entry('2', name, target, new byte[0], 0);
    }

    /** A folder. */
    public TarBytes folder(String name) {
        return entry('5', name, "", new byte[0], 0);
    }

    /** The archive so far, without an end mark. */
    public byte[] open() {
        return out.toByteArray();
    }

    /** The archive with its end mark. */
    public byte[] bytes() {
        byte[] bytes = out.toByteArray();
        return Arrays.copyOf(bytes, bytes.length + 2 * BLOCK);
    }

    private static void put(byte[] header, int at, String text, int most) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, at, Math.min(most, bytes.length));
    }
}
