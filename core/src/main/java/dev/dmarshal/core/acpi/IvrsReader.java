package dev.dmarshal.core.acpi;

import static dev.dmarshal.core.acpi.IvrsFormat.BLOCK_FIXED;
import static dev.dmarshal.core.acpi.IvrsFormat.ENTRY_FIXED;
import static dev.dmarshal.core.acpi.IvrsFormat.NAMED_FIXED;

import dev.dmarshal.core.acpi.IvrsBlock.Ivhd;
import dev.dmarshal.core.acpi.IvrsBlock.Ivmd;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Walks the blocks of an IVRS table, and the entries of its IVHD blocks. A length that cannot be right ends the walk it is in. */
final class IvrsReader {

    private final TableBytes table;
    private final List<Placed<IvrsBlock>> blocks = new ArrayList<>();
    private final List<TableFinding> findings = new ArrayList<>();

    private IvrsReader(AcpiTable table) {
        this.table = table.bytes();
        findings.addAll(table.findings());
    }

    static IvrsTable read(AcpiTable acpi) {
        IvrsReader reader = new IvrsReader(acpi);
        if (!reader.table.contains(0, IvrsFormat.TABLE_FIXED)) {
            reader.findings.add(new TableFinding("ivrs-fields-missing", TableHeader.SIZE_BYTES, Map.of("bytes", Integer.toString(reader.table.length()))));
            return new IvrsTable(acpi, OptionalLong.empty(), List.of(), reader.findings);
        }
        reader.walk();
        return new IvrsTable(acpi, OptionalLong.of(IvrsFormat.INFO.get(reader.table, 0)), reader.blocks, reader.findings);
    }

    private void walk() {
        int at = IvrsFormat.TABLE_FIXED;
        while (at < table.length()) {
            int room = table.length() - at;
            if (room < BLOCK_FIXED) {
                findings.add(new TableFinding("ivrs-block-cut", at, Map.of("bytes", Integer.toString(room))));
                return;
            }
            int length = IvrsFormat.LENGTH.getInt(table, at);
            String type = TableFinding.hex(table.u8(at));
            if (length < BLOCK_FIXED) {
                String label = length == 0 ? "ivrs-block-length-zero" : "ivrs-block-length-small";
                findings.add(new TableFinding(label, at, Map.of("type", type, "length", Integer.toString(length))));
                return;
            }
            if (length > room) {
                findings.add(new TableFinding("ivrs-block-past-end", at, Map.of("type", type, "length", Integer.toString(length), "room", Integer.toString(
                        room))));
            }
            int there = Math.min(length, room);
            blocks.add(new Placed<>(at, there, block(at, there)));
            at += there;
        }
    }

    private IvrsBlock block(int at, int length) {
        int type = table.u8(at);
        if (!IvrsFormat.block(type).contains(IvrsFormat.DEVICE)) {
            findings.add(new TableFinding("ivrs-block-type-unknown", at, Map.of("type", TableFinding.hex(type))));
        } else if (length < IvrsFormat.fixed(type)) {
            findings.add(new TableFinding("ivrs-block-too-short", at, Map.of("type", TableFinding.hex(type), "length", Integer.toString(length), "needed",
                    Integer.toString(IvrsFormat.fixed(type)))));
        } else {
            return IvrsFormat.isIvhd(type) ? ivhd(type, at, length) : ivmd(type, at);
        }
        return new IvrsBlock.Unknown(type, IvrsFormat.FLAGS.getInt(table, at), part(at + BLOCK_FIXED, length - BLOCK_FIXED));
    }

    private Ivhd ivhd(int type, int at, int length) {
        boolean first = type == Ivhd.TYPE_10;
        return new Ivhd(type, IvrsFormat.FLAGS.getInt(table, at), IvrsFormat.DEVICE.getInt(table, at), IvrsFormat.CAPABILITY.getInt(table, at),
                IvrsFormat.BASE.get(table, at), IvrsFormat.SEGMENT.getInt(table, at), IvrsFormat.IOMMU_INFO.getInt(table, at), IvrsFormat.FEATURES.get(table,
                        at), first ? OptionalLong.empty() : OptionalLong.of(IvrsFormat.EFR.get(table, at)), first ? OptionalLong.empty()
                                : OptionalLong.of(IvrsFormat.EFR2.get(table, at)), entries(table, at + IvrsFormat.fixed(type), at + length, findings).stream()
                                        .map(Placed::value).toList());
    }

    private Ivmd ivmd(int type, int at) {
        return new Ivmd(type, IvrsFormat.FLAGS.getInt(table, at), IvrsFormat.DEVICE.getInt(table, at), IvrsFormat.LAST.getInt(table, at),
                IvrsFormat.MEMORY_SEGMENT.getInt(table, at), IvrsFormat.START.get(table, at), IvrsFormat.SIZE.get(table, at));
    }

    private TableBytes part(int at, int length) {
        return part(table, at, length);
    }

    private static TableBytes part(TableBytes table, int at, int length) {
        return TableBytes.of(table.copy(at, length));
    }

    static List<Placed<IvhdEntry>> entries(TableBytes table, int from, int end, List<TableFinding> findings) {
        List<Placed<IvhdEntry>> entries = new ArrayList<>();
        int at = from;
        while (at < end) {
            int length = IvrsFormat.entryLength(table, at, end);
            if (length == 0 || length > end - at) {
                findings.add(new TableFinding(length == 0 ? "ivrs-entry-length-unknown" : "ivrs-entry-cut", at, Map.of("type", TableFinding.hex(table.u8(at)),
                        "room", Integer.toString(end - at))));
                return entries;
            }
            IvhdEntry entry = entry(table, at, length);
            if (entry instanceof IvhdEntry.Unknown) {
                findings.add(new TableFinding("ivrs-entry-type-unknown", at, Map.of("type", TableFinding.hex(entry.type()))));
            }
            entries.add(new Placed<>(at, length, entry));
            at += length;
        }
        return entries;
    }

    private static IvhdEntry entry(TableBytes table, int at, int length) {
        int type = table.u8(at);
        int device = IvrsFormat.ENTRY_DEVICE.getInt(table, at);
        int setting = IvrsFormat.SETTING.getInt(table, at);
        return switch (type) {
            case 0, 1, 2, 3, 4 -> new IvhdEntry.Device(type, device, setting);
            case IvhdEntry.Alias.SELECT, IvhdEntry.Alias.START -> new IvhdEntry.Alias(type, device, setting, IvrsFormat.USED.getInt(table, at));
            case IvhdEntry.Extended.SELECT, IvhdEntry.Extended.START -> new IvhdEntry.Extended(type, device, setting, IvrsFormat.EXTENDED.get(table, at));
            case IvhdEntry.Special.TYPE -> new IvhdEntry.Special(type, device, setting, IvrsFormat.HANDLE.getInt(table, at), IvrsFormat.USED.getInt(table,
                    at), IvrsFormat.VARIETY.getInt(table, at));
            case IvhdEntry.Named.TYPE -> new IvhdEntry.Named(type, device, setting, part(table, at + IvrsFormat.HID.offset(), 8), part(table, at
                    + IvrsFormat.CID.offset(), 8), IvrsFormat.UID_FORMAT.getInt(table, at), part(table, at + NAMED_FIXED, length - NAMED_FIXED));
            default -> new IvhdEntry.Unknown(type, device, setting, part(table, at + ENTRY_FIXED, length - ENTRY_FIXED));
        };
    }
}
