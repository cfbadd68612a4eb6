package dev.dmarshal.core.acpi;

import static dev.dmarshal.core.acpi.DmarFormat.ANDD_NAME;
import static dev.dmarshal.core.acpi.DmarFormat.STRUCTURE_FIXED;

import dev.dmarshal.core.acpi.DmarStructure.Andd;
import dev.dmarshal.core.acpi.DmarStructure.Atsr;
import dev.dmarshal.core.acpi.DmarStructure.Drhd;
import dev.dmarshal.core.acpi.DmarStructure.Rhsa;
import dev.dmarshal.core.acpi.DmarStructure.Rmrr;
import dev.dmarshal.core.acpi.DmarStructure.Satc;
import dev.dmarshal.core.acpi.DmarStructure.Sidp;
import dev.dmarshal.core.acpi.DmarStructure.Unknown;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Walks the structures of a DMAR table. A structure whose length cannot be right ends the walk, because nothing behind it has a known place. */
final class DmarReader {

    private final TableBytes table;
    private final List<Placed<DmarStructure>> structures = new ArrayList<>();
    private final List<TableFinding> findings = new ArrayList<>();

    private DmarReader(AcpiTable table) {
        this.table = table.bytes();
        findings.addAll(table.findings());
    }

    static DmarTable read(AcpiTable acpi) {
        DmarReader reader = new DmarReader(acpi);
        if (!reader.table.contains(0, DmarFormat.TABLE_FIXED)) {
            reader.findings.add(new TableFinding("dmar-fields-missing", TableHeader.SIZE_BYTES, Map.of("bytes", Integer.toString(reader.table.length()))));
            return new DmarTable(acpi, 0, 0, List.of(), reader.findings);
        }
        reader.walk();
        int width = DmarFormat.WIDTH.getInt(reader.table, 0) + 1;
        return new DmarTable(acpi, width, DmarFormat.FLAGS.getInt(reader.table, 0), reader.structures, reader.findings);
    }

    private void walk() {
        int at = DmarFormat.TABLE_FIXED;
        while (at < table.length()) {
            int room = table.length() - at;
            if (room < STRUCTURE_FIXED) {
                findings.add(new TableFinding("dmar-structure-cut", at, Map.of("bytes", Integer.toString(room))));
                return;
            }
            int length = DmarFormat.LENGTH.getInt(table, at);
            int type = DmarFormat.TYPE.getInt(table, at);
            if (length < STRUCTURE_FIXED) {
                String label = length == 0 ? "dmar-structure-length-zero" : "dmar-structure-length-small";
                findings.add(new TableFinding(label, at, Map.of("type", Integer.toString(type), "length", Integer.toString(length))));
                return;
            }
            if (length > room) {
                findings.add(new TableFinding("dmar-structure-past-end", at, Map.of("type", Integer.toString(type), "length", Integer.toString(length), "room",
                        Integer.toString(room))));
            }
            int there = Math.min(length, room);
            structures.add(new Placed<>(at, there, structure(type, at, there)));
            at += there;
        }
    }

    private DmarStructure structure(int type, int at, int length) {
        if (length < DmarFormat.fixed(type)) {
            findings.add(new TableFinding("dmar-structure-too-short", at, Map.of("type", Integer.toString(type), "length", Integer.toString(length), "needed",
                    Integer.toString(DmarFormat.fixed(type)))));
            return unknown(type, at, length);
        }
        return switch (type) {
            case Drhd.TYPE -> new Drhd(flags(at), DmarFormat.DRHD_SIZE.getInt(table, at), segment(at), DmarFormat.DRHD_BASE.get(table, at), scopes(type, at,
                    length));
            case Rmrr.TYPE -> new Rmrr(segment(at), DmarFormat.RMRR_BASE.get(table, at), DmarFormat.RMRR_LIMIT.get(table, at), scopes(type, at, length));
            case Atsr.TYPE -> new Atsr(flags(at), segment(at), scopes(type, at, length));
            case Rhsa.TYPE -> new Rhsa(DmarFormat.RHSA_BASE.get(table, at), DmarFormat.RHSA_DOMAIN.get(table, at));
            case Andd.TYPE -> andd(at, length);
            case Satc.TYPE -> new Satc(flags(at), segment(at), scopes(type, at, length));
            case Sidp.TYPE -> new Sidp(segment(at), scopes(type, at, length));
            default -> {
                findings.add(new TableFinding("dmar-structure-type-unknown", at, Map.of("type", Integer.toString(type))));
                yield unknown(type, at, length);
            }
        };
    }

    private Unknown unknown(int type, int at, int length) {
        return new Unknown(type, TableBytes.of(table.copy(at + STRUCTURE_FIXED, length - STRUCTURE_FIXED)));
    }

    private Andd andd(int at, int length) {
        String field = table.text(at + ANDD_NAME, length - ANDD_NAME);
        int zero = field.indexOf('\0');
        if (zero < 0) {
            findings.add(new TableFinding("dmar-andd-name-open", at, Map.of("name", field)));
        }
        return new Andd(DmarFormat.ANDD_NUMBER.getInt(table, at), zero < 0 ? field : field.substring(0, zero), zero >= 0);
    }

    private int flags(int at) {
        return DmarFormat.FLAGS8.getInt(table, at);
    }

    private int segment(int at) {
        return DmarFormat.SEGMENT.getInt(table, at);
    }

    private List<DeviceScope> scopes(int type, int at, int length) {
        return ScopeReader.read(table, at + DmarFormat.fixed(type), at + length, findings).stream().map(Placed::value).toList();
    }
}
