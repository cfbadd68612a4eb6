package dev.dmarshal.core.acpi;

import java.util.List;

/**
 * The header that all ACPI tables have (ACPI specification, system description table header), 36 bytes. Texts keep every byte, zeros and blanks too.
 *
 * @param signature       four characters, such as {@code DMAR}
 * @param declaredLength  length that the table claims, header included, unsigned 32 bits
 * @param revision        of the table's form
 * @param checksum        byte that makes the sum of all bytes 0 modulo 256
 * @param oemId           six characters
 * @param oemTableId      eight characters
 * @param oemRevision     unsigned 32 bits
 * @param creatorId       four characters: who made the table
 * @param creatorRevision unsigned 32 bits
 */
public record TableHeader(String signature, long declaredLength, int revision, int checksum, String oemId, String oemTableId, long oemRevision,
        String creatorId, long creatorRevision) {

    /** Length of the header, bytes. */
    public static final int SIZE_BYTES = 36;

    static final TableField SIGNATURE = TableField.text("Signature", 0, 4);
    static final TableField LENGTH = TableField.number("Table Length", 4, 4);
    static final TableField REVISION = TableField.number("Revision", 8, 1);
    static final TableField CHECKSUM = TableField.number("Checksum", 9, 1);
    static final TableField OEM_ID = TableField.text("OEM ID", 10, 6);
    static final TableField OEM_TABLE_ID = TableField.text("OEM Table ID", 16, 8);
    static final TableField OEM_REVISION = TableField.number("OEM Revision", 24, 4);
    static final TableField CREATOR_ID = TableField.text("Creator ID", 28, 4);
    static final TableField CREATOR_REVISION = TableField.number("Creator Revision", 32, 4);
    static final List<TableField> LAYOUT = List.of(SIGNATURE, LENGTH, REVISION, CHECKSUM, OEM_ID, OEM_TABLE_ID, OEM_REVISION, CREATOR_ID, CREATOR_REVISION);

    /** Reads the header; {@code table} must have at least {@link #SIZE_BYTES} bytes. */
    static TableHeader of(TableBytes table) {
        return new TableHeader(text(SIGNATURE, table), LENGTH.get(table, 0), REVISION.getInt(table, 0), CHECKSUM.getInt(table, 0), text(OEM_ID, table),
                text(OEM_TABLE_ID, table), OEM_REVISION.get(table, 0), text(CREATOR_ID, table), CREATOR_REVISION.get(table, 0));
    }

    private static String text(TableField field, TableBytes table) {
        return table.text(field.offset(), field.sizeBytes());
    }
}
