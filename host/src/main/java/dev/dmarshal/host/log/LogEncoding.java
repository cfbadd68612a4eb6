package dev.dmarshal.host.log;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** How a log is stored, told by its first bytes. */
public enum LogEncoding {
    /** Lines of text. */
    TEXT,
    /** RFC 1952. */
    GZIP,
    /** RFC 8878. */
    ZSTD,
    /** The .xz file format. */
    XZ,
    /** One JSON object an entry, as {@code journalctl -o json} writes. */
    JOURNAL_JSON,
    /** A journal file of systemd, which only journalctl reads. */
    JOURNAL_BINARY;

    private static final byte[] GZIP_MAGIC = {0x1f, (byte) 0x8b};
    private static final byte[] ZSTD_MAGIC = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};
    private static final byte[] XZ_MAGIC = {(byte) 0xfd, '7', 'z', 'X', 'Z', 0};
    private static final byte[] JOURNAL_MAGIC = "LPKSHHRH".getBytes(StandardCharsets.US_ASCII);

    /** The encoding of a log that starts with {@code start}; a few hundred bytes do. */
    static LogEncoding of(byte[] start) {
        if (begins(start, GZIP_MAGIC)) {
            return GZIP;
        }
        if (begins(start, ZSTD_MAGIC)) {
            return ZSTD;
        }
        if (begins(start, XZ_MAGIC)) {
            return XZ;
        }
        if (begins(start, JOURNAL_MAGIC)) {
            return JOURNAL_BINARY;
        }
        String text = new String(start, StandardCharsets.ISO_8859_1).stripLeading();
        return text.startsWith("{") && text.substring(1).stripLeading().startsWith("\"") ? JOURNAL_JSON : TEXT;
    }

    private static boolean begins(byte[] start, byte[] magic) {
        return start.length >= magic.length && Arrays.equals(start, 0, magic.length, magic, 0, magic.length);
    }
}
