package dev.dmarshal.core.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.Deflater;

/** Writes kdump-compressed files. */
public final class KdumpWriter {
    private static final int BLOCK = 4096;

    /** How pages are stored, by the flag of their descriptors. */
    public enum Codec {
        STORED(0), ZLIB(1), LZO(2), SNAPPY(4);

        final int flag;

        Codec(int flag) {
            this.flag = flag;
        }
    }

    private KdumpWriter() {
    }

    /** Pages by page number; a null page is memory that was left out. Of a split dump the part from {@code first} to {@code end}. */
    public static byte[] write(Map<Long, byte[]> pages, Codec codec, String info, boolean split, long first, long end) {
        TreeMap<Long, byte[]> sorted = new TreeMap<>(pages);
        long max = sorted.lastKey() + 1;
        int half = (int) ((max + 8L * BLOCK - 1) / (8L * BLOCK));
        int descriptors = (2 + 2 * half) * BLOCK;
        TreeMap<Long, byte[]> own = new TreeMap<>();
        sorted.forEach((page, bytes) -> {
            if (bytes != null && (!split || page >= first && page < end)) {
                own.put(page, bytes);
            }
        });
        byte[] letters = info.getBytes(StandardCharsets.UTF_8);
        int infoAt = descriptors + own.size() * 24;
        ByteBuffer head = ImageWriters.little(infoAt);
        head.put("KDUMP   ".getBytes(StandardCharsets.US_ASCII)).putInt(6);
        head.putInt(428, BLOCK).putInt(432, 1).putInt(436, 2 * half).putInt(440, (int) max);
        head.putInt(BLOCK + 12, split ? 1 : 0).putLong(BLOCK + 16, first).putLong(BLOCK + 24, end).putLong(BLOCK + 32, infoAt)
                .putLong(BLOCK + 40, letters.length);
        head.putLong(BLOCK + 80, first).putLong(BLOCK + 88, end).putLong(BLOCK + 96, max);
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        data.writeBytes(letters);
        for (Map.Entry<Long, byte[]> page : sorted.entrySet()) {
            set(head, 2 * BLOCK, page.getKey());
            if (page.getValue() != null) {
                set(head, (2 + half) * BLOCK, page.getKey());
            }
        }
        int at = descriptors;
        for (byte[] page : own.values()) {
            byte[] packed = pack(page, codec);
            head.putLong(at, infoAt + data.size()).putInt(at + 8, packed.length).putInt(at + 12, packed.length == BLOCK ? 0 : codec.flag);
            at += 24;
            data.writeBytes(packed);
        }
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(head.array());
        file.writeBytes(data.toByteArray());
        return file.toByteArray();
    }

    private static void set(ByteBuffer head, int bitmap, long page) {
        int at = bitmap + (int) (page >>> 3);
        head.put(at, (byte) (head.get(at) | 1 << (page & 7)));
    }

    public static byte[] pack(byte[] page, Codec codec) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        switch (codec) {
            case STORED -> out.writeBytes(page);
            case ZLIB -> {
                Deflater deflater = new Deflater();
                deflater.setInput(page);
                deflater.finish();
                byte[] packed = new byte[2 * BLOCK];
                out.write(packed, 0, deflater.deflate(packed));
                deflater.end();
            }
            // The first 100 bytes as they are, then, if the page goes on with its first bytes again, one copy after the other.
            case SNAPPY -> {
                out.writeBytes(new byte[] {(byte) 0x80, 0x20, (byte) (60 << 2), 99});
                out.write(page, 0, 100);
                for (int to = 100; to < BLOCK; to += 64) {
                    int count = Math.min(64, BLOCK - to);
                    out.writeBytes(new byte[] {(byte) (count - 1 << 2 | 2), 100, 0});
                }
            }
            case LZO -> {
                out.write(17 + 100);
                out.write(page, 0, 100);
                // One match of 3,996 bytes at distance 100: tag 0x20, 15 zeros of 255 each, the rest; then the end mark.
                out.write(0x20);
                out.write(new byte[15], 0, 15);
                out.write(BLOCK - 100 - 33 - 15 * 255);
                out.write(99 << 2 & 0xFF);
                out.write(99 >>> 6);
                out.writeBytes(new byte[] {0x11, 0, 0});
            }
        }
        return out.toByteArray();
    }

    /** A page that repeats its first 100 bytes, so that the simple encoders here can write it. */
    public static byte[] repeating(java.util.Random random) {
        byte[] page = new byte[BLOCK];
        for (int i = 0; i < BLOCK; i++) {
            page[i] = i < 100 ? (byte) random.nextInt() : page[i - 100];
        }
        return page;
    }

    /** The same file in pieces, back to front, with one piece written twice. */
    public static byte[] flatten(byte[] file) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] header = new byte[BLOCK];
        System.arraycopy("makedumpfile".getBytes(StandardCharsets.US_ASCII), 0, header, 0, 12);
        out.writeBytes(header);
        piece(out, 0, new byte[100]);
        for (int end = file.length; end > 0; end -= 5000) {
            int start = Math.max(0, end - 5000);
            piece(out, start, java.util.Arrays.copyOfRange(file, start, end));
        }
        out.writeBytes(ByteBuffer.allocate(16).order(ByteOrder.BIG_ENDIAN).putLong(-1).putLong(-1).array());
        return out.toByteArray();
    }

    private static void piece(ByteArrayOutputStream out, long offset, byte[] bytes) {
        out.writeBytes(ByteBuffer.allocate(16).order(ByteOrder.BIG_ENDIAN).putLong(offset).putLong(bytes.length).array());
        out.writeBytes(bytes);
    }
}
