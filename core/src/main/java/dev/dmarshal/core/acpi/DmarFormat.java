package dev.dmarshal.core.acpi;

import dev.dmarshal.core.acpi.DmarStructure.Andd;
import dev.dmarshal.core.acpi.DmarStructure.Atsr;
import dev.dmarshal.core.acpi.DmarStructure.Drhd;
import dev.dmarshal.core.acpi.DmarStructure.Rhsa;
import dev.dmarshal.core.acpi.DmarStructure.Rmrr;
import dev.dmarshal.core.acpi.DmarStructure.Satc;
import dev.dmarshal.core.acpi.DmarStructure.Sidp;
import java.util.List;

/**
 * Fields of a DMAR table, each declared once for reader, builder and layout (VT-d specification, sections 8.1 to 8.9).
 *
 * <pre>
 * table      0 header (36) | 36 host address width (1) | 37 flags (1) | 38 reserved (10) | 48 structures
 * structure  0 type (2) | 2 length (2) | 4 fields by type | device scopes
 * scope      0 type (1) | 1 length (1) | 2 flags (1) | 3 reserved (1) | 4 enumeration id (1) | 5 start bus (1) | 6 device, function …
 * </pre>
 */
final class DmarFormat {

    static final int TABLE_FIXED = 48;
    static final int STRUCTURE_FIXED = 4;
    static final int SCOPE_FIXED = 6;

    static final TableField WIDTH = TableField.number("Host Address Width", 36, 1);
    static final TableField FLAGS = TableField.number("Flags", 37, 1);
    static final List<TableField> TABLE = List.of(WIDTH, FLAGS, TableField.bytes("Reserved", 38, 10));

    static final TableField TYPE = TableField.number("Type", 0, 2);
    static final TableField LENGTH = TableField.number("Length", 2, 2);

    static final TableField FLAGS8 = TableField.number("Flags", 4, 1);
    static final TableField SEGMENT = TableField.number("Segment Number", 6, 2);

    static final TableField DRHD_SIZE = TableField.number("Size", 5, 1);
    static final TableField DRHD_BASE = TableField.number("Register Base Address", 8, 8);

    static final TableField RMRR_BASE = TableField.number("Reserved Memory Region Base Address", 8, 8);
    static final TableField RMRR_LIMIT = TableField.number("Reserved Memory Region Limit Address", 16, 8);

    static final TableField RHSA_BASE = TableField.number("Register Base Address", 8, 8);
    static final TableField RHSA_DOMAIN = TableField.number("Proximity Domain", 16, 4);

    static final TableField ANDD_NUMBER = TableField.number("ACPI Device Number", 7, 1);
    static final int ANDD_NAME = 8;

    static final TableField SCOPE_TYPE = TableField.number("Device Scope Type", 0, 1);
    static final TableField SCOPE_LENGTH = TableField.number("Length", 1, 1);
    static final TableField SCOPE_FLAGS = TableField.number("Flags", 2, 1);
    static final TableField SCOPE_ENUMERATION = TableField.number("Enumeration ID", 4, 1);
    static final TableField SCOPE_BUS = TableField.number("Start Bus Number", 5, 1);
    static final List<TableField> SCOPE = List.of(SCOPE_TYPE, SCOPE_LENGTH, SCOPE_FLAGS, TableField.number("Reserved", 3, 1), SCOPE_ENUMERATION, SCOPE_BUS);

    private static final TableField RESERVED5 = TableField.number("Reserved", 5, 1);
    private static final TableField RESERVED16 = TableField.number("Reserved", 4, 2);

    private DmarFormat() {
    }

    /** Fields of a structure before its scopes or name; type and length alone if the type is not known. */
    static List<TableField> structure(int type) {
        return switch (type) {
            case Drhd.TYPE -> List.of(TYPE, LENGTH, FLAGS8, DRHD_SIZE, SEGMENT, DRHD_BASE);
            case Rmrr.TYPE -> List.of(TYPE, LENGTH, RESERVED16, SEGMENT, RMRR_BASE, RMRR_LIMIT);
            case Atsr.TYPE, Satc.TYPE -> List.of(TYPE, LENGTH, FLAGS8, RESERVED5, SEGMENT);
            case Rhsa.TYPE -> List.of(TYPE, LENGTH, TableField.number("Reserved", 4, 4), RHSA_BASE, RHSA_DOMAIN);
            case Andd.TYPE -> List.of(TYPE, LENGTH, TableField.number("Reserved", 4, 3), ANDD_NUMBER);
            case Sidp.TYPE -> List.of(TYPE, LENGTH, RESERVED16, SEGMENT);
            default -> List.of(TYPE, LENGTH);
        };
    }

    /** Length of a structure's fields before its scopes or name, bytes. */
    static int fixed(int type) {
        return structure(type).getLast().end();
    }

    /** Whether structures of this type end in device scopes. */
    static boolean hasScopes(int type) {
        return type == Drhd.TYPE || type == Rmrr.TYPE || type == Atsr.TYPE || type == Satc.TYPE || type == Sidp.TYPE;
    }
}
