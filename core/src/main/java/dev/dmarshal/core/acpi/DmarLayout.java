package dev.dmarshal.core.acpi;

import java.util.ArrayList;
import java.util.List;

/** A DMAR table field by field, with offsets. */
final class DmarLayout {

    private DmarLayout() {
    }

    static TablePart of(DmarTable table) {
        TableBytes bytes = table.table().bytes();
        List<TablePart> parts = new ArrayList<>();
        int at = TableHeader.SIZE_BYTES;
        parts.add(table.table().headerLayout());
        if (table.hasFields()) {
            parts.add(new TablePart("DMAR", at, DmarFormat.TABLE_FIXED - at, TablePart.fields(DmarFormat.TABLE, bytes, 0, DmarFormat.TABLE_FIXED), List.of()));
            at = DmarFormat.TABLE_FIXED;
        }
        for (Placed<DmarStructure> structure : table.structures()) {
            parts.add(structure(bytes, structure));
            at = structure.end();
        }
        if (at < bytes.length()) {
            parts.add(new TablePart("rest", at, bytes.length() - at, TablePart.fields(List.of(), bytes, at, bytes.length()), List.of()));
        }
        return new TablePart("table", 0, bytes.length(), List.of(), parts);
    }

    private static TablePart structure(TableBytes bytes, Placed<DmarStructure> placed) {
        int at = placed.offset();
        int type = placed.value().type();
        List<TableField> layout = DmarFormat.structure(type);
        if (placed.value() instanceof DmarStructure.Andd andd) {
            return new TablePart("ANDD", at, placed.lengthBytes(), TablePart.fields(name(layout, andd, placed.lengthBytes()), bytes, at,
                    placed.end()), List.of());
        }
        List<TablePart> scopes = new ArrayList<>();
        int end = placed.end();
        if (placed.value() instanceof DmarStructure.Scoped) {
            end = at + DmarFormat.fixed(type);
            int behind = end;
            for (Placed<DeviceScope> scope : ScopeReader.read(bytes, end, placed.end(), new ArrayList<>())) {
                scopes.add(scope(bytes, scope));
                behind = scope.end();
            }
            if (behind < placed.end()) {
                scopes.add(new TablePart("rest", behind, placed.end() - behind, TablePart.fields(List.of(), bytes, behind, placed.end()), List.of()));
            }
        }
        return new TablePart(placed.value().name(), at, placed.lengthBytes(), TablePart.fields(layout, bytes, at, end), scopes);
    }

    /** The name with its zero byte; some firmware fills the structure up behind it. */
    private static List<TableField> name(List<TableField> layout, DmarStructure.Andd andd, int lengthBytes) {
        List<TableField> fields = new ArrayList<>(layout);
        int name = andd.objectName().length() + (andd.terminated() ? 1 : 0);
        if (name > 0) {
            fields.add(TableField.text("ACPI Object Name", DmarFormat.ANDD_NAME, name));
        }
        if (DmarFormat.ANDD_NAME + name < lengthBytes) {
            fields.add(TableField.bytes(TablePart.PADDING, DmarFormat.ANDD_NAME + name, lengthBytes - DmarFormat.ANDD_NAME - name));
        }
        return fields;
    }

    private static TablePart scope(TableBytes bytes, Placed<DeviceScope> scope) {
        List<TableField> fields = new ArrayList<>(DmarFormat.SCOPE);
        for (int hop = 0; hop < scope.value().path().size(); hop++) {
            fields.add(TableField.bytes("Path", DmarFormat.SCOPE_FIXED + 2 * hop, 2));
        }
        return new TablePart("scope", scope.offset(), scope.lengthBytes(), TablePart.fields(fields, bytes, scope.offset(), scope.end()), List.of());
    }
}
