package dev.dmarshal.core.acpi;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Bytes of a table in the making; grows, and puts length and checksum in at the end. */
final class TableOutput {

    private byte[] bytes = new byte[256];
    private int length;

    TableOutput(HeaderFields header) {
        claim(TableHeader.SIZE_BYTES);
        text(TableHeader.SIGNATURE, header.signature());
        set(TableHeader.REVISION, 0, header.revision());
        text(TableHeader.OEM_ID, header.oemId());
        text(TableHeader.OEM_TABLE_ID, header.oemTableId());
        set(TableHeader.OEM_REVISION, 0, header.oemRevision());
        text(TableHeader.CREATOR_ID, header.creatorId());
        set(TableHeader.CREATOR_REVISION, 0, header.creatorRevision());
    }

    /** Adds zero bytes; gives the offset of the first. */
    int claim(int sizeBytes) {
        int at = length;
        length += sizeBytes;
        if (length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length, 2 * bytes.length));
        }
        return at;
    }

    /** Adds a structure's fields, all zero; gives its offset. */
    int claim(List<TableField> layout) {
        return claim(layout.getLast().end());
    }

    int length() {
        return length;
    }

    void set(TableField field, int base, long value) {
        field.set(bytes, base, value);
    }

    void set(TableField field, int base, TableBytes value) {
        if (value.length() != field.sizeBytes()) {
            throw new IllegalArgumentException(field.name() + " has " + field.sizeBytes() + " bytes: " + value.length());
        }
        System.arraycopy(value.copy(0, value.length()), 0, bytes, base + field.offset(), value.length());
    }

    void append(byte[] more) {
        int at = claim(more.length);
        System.arraycopy(more, 0, bytes, at, more.length);
    }

    void append(int value) {
        int at = claim(1);
        bytes[at] = (byte) value;
    }

    byte[] finish() {
        set(TableHeader.LENGTH, 0, length);
        byte[] whole = Arrays.copyOf(bytes, length);
        TableHeader.CHECKSUM.set(whole, 0, -TableBytes.of(whole).sum() & 0xff);
        return whole;
    }

    private void text(TableField field, String text) {
        byte[] characters = text.getBytes(StandardCharsets.ISO_8859_1);
        if (characters.length > field.sizeBytes()) {
            throw new IllegalArgumentException(field.name() + " has " + field.sizeBytes() + " characters: " + text);
        }
        System.arraycopy(characters, 0, bytes, field.offset(), characters.length);
    }
}
