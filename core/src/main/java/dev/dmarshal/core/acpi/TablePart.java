package dev.dmarshal.core.acpi;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A structure of a table as it lies there: its fields in order, then the structures inside it. Fields and inner parts tile it.
 *
 * @param name        what it is, such as {@code DRHD}
 * @param offset      from the start of the table, bytes
 * @param lengthBytes bytes that it has in the table, which may be fewer than it claims
 * @param fields      own fields
 * @param parts       inner structures
 */
public record TablePart(String name, int offset, int lengthBytes, List<FieldValue> fields, List<TablePart> parts) {

    /** Name of bytes that are there to fill a structure up. */
    public static final String PADDING = "Padding";

    /** Name of bytes whose meaning is not known. */
    public static final String NOT_DECODED = "Not decoded";

    /** Copies the lists. */
    public TablePart {
        fields = List.copyOf(fields);
        parts = List.copyOf(parts);
    }

    /** All fields, outer ones first. */
    public Stream<FieldValue> allFields() {
        return Stream.concat(fields.stream(), parts.stream().flatMap(TablePart::allFields));
    }

    /** The fields of a structure at {@code base} that lie before {@code end}, and what lies behind the last of them as bytes. */
    static List<FieldValue> fields(List<TableField> layout, TableBytes table, int base, int end) {
        List<FieldValue> values = new ArrayList<>();
        int at = base;
        for (TableField field : layout) {
            if (base + field.end() > end) {
                break;
            }
            values.add(field.in(table, base));
            at = base + field.end();
        }
        if (at < end) {
            values.add(TableField.bytes(NOT_DECODED, at - base, end - at).in(table, base));
        }
        return values;
    }
}
