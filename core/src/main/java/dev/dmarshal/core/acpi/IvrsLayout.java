package dev.dmarshal.core.acpi;

import java.util.ArrayList;
import java.util.List;

/** An IVRS table field by field, with offsets. */
final class IvrsLayout {

    private IvrsLayout() {
    }

    static TablePart of(IvrsTable table) {
        TableBytes bytes = table.table().bytes();
        List<TablePart> parts = new ArrayList<>();
        int at = TableHeader.SIZE_BYTES;
        parts.add(table.table().headerLayout());
        if (table.info().isPresent()) {
            parts.add(new TablePart("IVRS", at, IvrsFormat.TABLE_FIXED - at, TablePart.fields(IvrsFormat.TABLE, bytes, 0, IvrsFormat.TABLE_FIXED), List.of()));
            at = IvrsFormat.TABLE_FIXED;
        }
        for (Placed<IvrsBlock> block : table.blocks()) {
            parts.add(block(bytes, block));
            at = block.end();
        }
        if (at < bytes.length()) {
            parts.add(rest(bytes, at, bytes.length()));
        }
        return new TablePart("table", 0, bytes.length(), List.of(), parts);
    }

    private static TablePart block(TableBytes bytes, Placed<IvrsBlock> placed) {
        int at = placed.offset();
        List<TablePart> entries = new ArrayList<>();
        int end = placed.end();
        if (placed.value() instanceof IvrsBlock.Ivhd ivhd) {
            end = at + IvrsFormat.fixed(ivhd.type());
            int behind = end;
            for (Placed<IvhdEntry> entry : IvrsReader.entries(bytes, end, placed.end(), new ArrayList<>())) {
                entries.add(entry(bytes, entry));
                behind = entry.end();
            }
            if (behind < placed.end()) {
                entries.add(rest(bytes, behind, placed.end()));
            }
        }
        return new TablePart(placed.value().name(), at, placed.lengthBytes(), TablePart.fields(IvrsFormat.block(placed.value().type()), bytes, at,
                end), entries);
    }

    private static TablePart entry(TableBytes bytes, Placed<IvhdEntry> placed) {
        List<TableField> fields = new ArrayList<>(IvrsFormat.entry(placed.value().type()));
        if (placed.value() instanceof IvhdEntry.Named named && named.uid().length() > 0) {
            int length = named.uid().length();
            fields.add(named.uidFormat() == IvhdEntry.Named.UID_NUMBER && length <= 8 ? TableField.number("UID", IvrsFormat.NAMED_FIXED, length)
                    : TableField.text("UID", IvrsFormat.NAMED_FIXED, length));
        }
        return new TablePart(IvhdEntry.name(placed.value().type()), placed.offset(), placed.lengthBytes(), TablePart.fields(fields, bytes, placed.offset(),
                placed.end()), List.of());
    }

    private static TablePart rest(TableBytes bytes, int from, int end) {
        return new TablePart("rest", from, end - from, TablePart.fields(List.of(), bytes, from, end), List.of());
    }
}
