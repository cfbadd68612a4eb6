package dev.dmarshal.core.acpi;

import dev.dmarshal.core.acpi.IvrsBlock.Ivhd;
import dev.dmarshal.core.acpi.IvrsBlock.Ivmd;
import java.util.ArrayList;
import java.util.List;

/**
 * Fields of an IVRS table, each declared once for reader, builder and layout (AMD I/O Virtualization Technology specification).
 *
 * <pre>
 * table  0 header (36) | 36 IVinfo (4) | 40 reserved (8) | 48 blocks
 * block  0 type (1) | 1 flags (1) | 2 length (2) | 4 device id (2) | 6 …
 * entry  0 type (1) | 1 device id (2) | 3 setting (1) | by type
 * </pre>
 */
final class IvrsFormat {

    static final int TABLE_FIXED = 48;
    static final int BLOCK_FIXED = 4;
    static final int ENTRY_FIXED = 4;
    static final int NAMED_FIXED = 22;

    static final TableField INFO = TableField.number("Virtualization Info", 36, 4);
    static final List<TableField> TABLE = List.of(INFO, TableField.bytes("Reserved", 40, 8));

    static final TableField TYPE = TableField.number("Type", 0, 1);
    static final TableField FLAGS = TableField.number("Flags", 1, 1);
    static final TableField LENGTH = TableField.number("Length", 2, 2);
    static final TableField DEVICE = TableField.number("Device ID", 4, 2);

    static final TableField CAPABILITY = TableField.number("Capability Offset", 6, 2);
    static final TableField BASE = TableField.number("IOMMU Base Address", 8, 8);
    static final TableField SEGMENT = TableField.number("PCI Segment Group", 16, 2);
    static final TableField IOMMU_INFO = TableField.number("IOMMU Info", 18, 2);
    static final TableField FEATURES = TableField.number("Feature Reporting", 20, 4);
    static final TableField ATTRIBUTES = TableField.number("Attributes", 20, 4);
    static final TableField EFR = TableField.number("EFR Image", 24, 8);
    static final TableField EFR2 = TableField.number("EFR2 Image", 32, 8);

    static final TableField LAST = TableField.number("Auxiliary Data", 6, 2);
    static final TableField MEMORY_SEGMENT = TableField.number("PCI Segment Group", 8, 2);
    static final TableField START = TableField.number("Start Address", 16, 8);
    static final TableField SIZE = TableField.number("Memory Length", 24, 8);

    static final TableField ENTRY_TYPE = TableField.number("Entry Type", 0, 1);
    static final TableField ENTRY_DEVICE = TableField.number("Device ID", 1, 2);
    static final TableField SETTING = TableField.number("Data Setting", 3, 1);
    static final TableField USED = TableField.number("Source Device ID", 5, 2);
    static final TableField EXTENDED = TableField.number("Extended Data", 4, 4);
    static final TableField HANDLE = TableField.number("Handle", 4, 1);
    static final TableField VARIETY = TableField.number("Variety", 7, 1);
    static final TableField HID = TableField.text("Hardware ID", 4, 8);
    static final TableField CID = TableField.text("Compatible ID", 12, 8);
    static final TableField UID_FORMAT = TableField.number("UID Format", 20, 1);
    static final TableField UID_LENGTH = TableField.number("UID Length", 21, 1);

    private IvrsFormat() {
    }

    /** Fields of a block before its entries; type, flags and length alone if the type is not known. */
    static List<TableField> block(int type) {
        return switch (type) {
            case Ivhd.TYPE_10 -> List.of(TYPE, FLAGS, LENGTH, DEVICE, CAPABILITY, BASE, SEGMENT, IOMMU_INFO, FEATURES);
            case Ivhd.TYPE_11, Ivhd.TYPE_40 -> List.of(TYPE, FLAGS, LENGTH, DEVICE, CAPABILITY, BASE, SEGMENT, IOMMU_INFO, ATTRIBUTES, EFR, EFR2);
            case Ivmd.TYPE_ALL, Ivmd.TYPE_ONE, Ivmd.TYPE_RANGE -> List.of(TYPE, FLAGS, LENGTH, DEVICE, LAST, MEMORY_SEGMENT,
                    TableField.bytes("Reserved", 10, 6),
                    START, SIZE);
            default -> List.of(TYPE, FLAGS, LENGTH);
        };
    }

    /** Length of a block's fields before its entries, bytes. */
    static int fixed(int type) {
        return block(type).getLast().end();
    }

    static boolean isIvhd(int type) {
        return type == Ivhd.TYPE_10 || type == Ivhd.TYPE_11 || type == Ivhd.TYPE_40;
    }

    /** Fields of an entry; those of every entry alone if the type is not known. */
    static List<TableField> entry(int type) {
        List<TableField> fields = new ArrayList<>(List.of(ENTRY_TYPE, ENTRY_DEVICE, SETTING));
        switch (type) {
            case IvhdEntry.Alias.SELECT, IvhdEntry.Alias.START -> fields.addAll(List.of(TableField.number("Reserved", 4, 1), USED,
                    TableField.number("Reserved", 7, 1)));
            case IvhdEntry.Extended.SELECT, IvhdEntry.Extended.START -> fields.add(EXTENDED);
            case IvhdEntry.Special.TYPE -> fields.addAll(List.of(HANDLE, USED, VARIETY));
            case IvhdEntry.Named.TYPE -> fields.addAll(List.of(HID, CID, UID_FORMAT, UID_LENGTH));
            default -> {
                // Nothing more is known.
            }
        }
        return fields;
    }

    /**
     * Length of the entry at {@code at}, bytes; 0 if nobody knows. The type's upper two bits say 4, 8 or 16; F0h counts its unique id. Linux
     * (ivhd_entry_length in drivers/iommu/amd/init.c) knows 4, 8 and F0h.
     */
    static int entryLength(TableBytes table, int at, int end) {
        int type = table.u8(at);
        if (type < 0xc0) {
            return 4 << (type >>> 6);
        }
        return type == IvhdEntry.Named.TYPE && end - at >= NAMED_FIXED ? NAMED_FIXED + UID_LENGTH.getInt(table, at) : 0;
    }
}
