package dev.dmarshal.core.acpi;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The bytes of one table: immutable, little-endian, every access checked against their end. Safe for several threads. */
public final class TableBytes {

    private final byte[] bytes;

    private TableBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Takes a copy of {@code bytes}. */
    public static TableBytes of(byte[] bytes) {
        return new TableBytes(bytes.clone());
    }

    /** Number of bytes. */
    public int length() {
        return bytes.length;
    }

    /** Whether {@code sizeBytes} bytes from {@code offset} are there; both must not be negative. */
    public boolean contains(int offset, int sizeBytes) {
        return offset <= bytes.length && sizeBytes <= bytes.length - offset;
    }

    /** One byte, 0 to 255. */
    public int u8(int offset) {
        return bytes[offset] & 0xff;
    }

    /** An unsigned little-endian number of 1 to 8 bytes. */
    public long number(int offset, int sizeBytes) {
        long value = 0;
        for (int i = sizeBytes - 1; i >= 0; i--) {
            value = value << 8 | u8(offset + i);
        }
        return value;
    }

    /** Bytes as ISO 8859-1 characters: one byte a character, nothing lost. */
    public String text(int offset, int sizeBytes) {
        return new String(bytes, offset, sizeBytes, StandardCharsets.ISO_8859_1);
    }

    /** The first bytes, {@code sizeBytes} of them or fewer if there are no more. */
    public TableBytes first(int sizeBytes) {
        return sizeBytes >= bytes.length ? this : new TableBytes(Arrays.copyOf(bytes, sizeBytes));
    }

    /** A copy of a part. */
    public byte[] copy(int offset, int sizeBytes) {
        return Arrays.copyOfRange(bytes, offset, offset + sizeBytes);
    }

    /** Sum of all bytes modulo 256: 0 in a table whose checksum is right. */
    public int sum() {
        int sum = 0;
        for (byte each : bytes) {
            sum += each;
        }
        return sum & 0xff;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TableBytes table && Arrays.equals(bytes, table.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return bytes.length + " bytes";
    }
}
