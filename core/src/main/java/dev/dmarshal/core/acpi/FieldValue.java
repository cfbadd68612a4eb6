package dev.dmarshal.core.acpi;

import java.util.HexFormat;
import java.util.Locale;

/**
 * A field with its place and value, for printing a table byte by byte.
 *
 * @param name      the specification's name
 * @param offset    from the start of the table, bytes
 * @param sizeBytes length
 * @param form      how its bytes are meant
 * @param text      numbers as hexadecimal digits, two a byte, upper case; texts as they are; bytes as pairs of digits with blanks between
 */
public record FieldValue(String name, int offset, int sizeBytes, TableField.Form form, String text) {

    static FieldValue of(TableField field, TableBytes table, int offset) {
        String text = switch (field.form()) {
            case NUMBER -> HexFormat.of().withUpperCase().toHexDigits(table.number(offset, field.sizeBytes()), 2 * field.sizeBytes());
            case TEXT -> table.text(offset, field.sizeBytes());
            case BYTES -> HexFormat.ofDelimiter(" ").formatHex(table.copy(offset, field.sizeBytes())).toUpperCase(Locale.ROOT);
        };
        return new FieldValue(field.name(), offset, field.sizeBytes(), field.form(), text);
    }
}
