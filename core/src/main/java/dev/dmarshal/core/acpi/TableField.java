package dev.dmarshal.core.acpi;

/**
 * A field of a table's structure, declared once: reading, writing, printed name and offset derive from this one declaration. Little-endian, any alignment.
 *
 * @param name      the specification's name
 * @param offset    from the start of the structure, bytes
 * @param sizeBytes length; numbers have 1 to 8
 * @param form      how its bytes are meant
 */
public record TableField(String name, int offset, int sizeBytes, Form form) {

    /** What the bytes of a field are. */
    public enum Form {
        /** An unsigned number, 1 to 8 bytes. */
        NUMBER,
        /** Characters, one a byte. */
        TEXT,
        /** Bytes with no meaning of their own. */
        BYTES
    }

    /** Refuses what is no field. */
    public TableField {
        if (offset < 0 || sizeBytes < 1 || form == Form.NUMBER && sizeBytes > 8) {
            throw new IllegalArgumentException("no such field: " + name + " " + offset + "+" + sizeBytes);
        }
    }

    /** Declares a number. */
    public static TableField number(String name, int offset, int sizeBytes) {
        return new TableField(name, offset, sizeBytes, Form.NUMBER);
    }

    /** Declares a text. */
    public static TableField text(String name, int offset, int sizeBytes) {
        return new TableField(name, offset, sizeBytes, Form.TEXT);
    }

    /** Declares bytes. */
    public static TableField bytes(String name, int offset, int sizeBytes) {
        return new TableField(name, offset, sizeBytes, Form.BYTES);
    }

    /** First offset behind the field. */
    public int end() {
        return offset + sizeBytes;
    }

    /** The number in the structure that begins at {@code base}. */
    public long get(TableBytes table, int base) {
        return table.number(base + offset, sizeBytes);
    }

    /** The number as an int; for fields of up to four bytes whose value fits. */
    public int getInt(TableBytes table, int base) {
        return (int) get(table, base);
    }

    /** Writes the number; refuses one that does not fit. */
    public void set(byte[] table, int base, long value) {
        if (sizeBytes < 8 && value >>> 8 * sizeBytes != 0) {
            throw new IllegalArgumentException(name + " has " + sizeBytes + " bytes: 0x" + Long.toHexString(value));
        }
        for (int i = 0; i < sizeBytes; i++) {
            table[base + offset + i] = (byte) (value >>> 8 * i);
        }
    }

    /** The field's value in the structure that begins at {@code base}. */
    public FieldValue in(TableBytes table, int base) {
        return FieldValue.of(this, table, base + offset);
    }
}
