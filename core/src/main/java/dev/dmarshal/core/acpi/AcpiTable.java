package dev.dmarshal.core.acpi;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Any ACPI table: header, bytes, and what is wrong with them as a whole.
 *
 * @param header   the common header
 * @param bytes    the whole table: as many bytes as it claims, or as there are if those are fewer
 * @param findings on length and checksum
 */
public record AcpiTable(TableHeader header, TableBytes bytes, List<TableFinding> findings) {

    /** Copies the list. */
    public AcpiTable {
        findings = List.copyOf(findings);
    }

    /** Reads a table from bytes that begin with its header; empty if they are too few for a header. */
    public static Optional<AcpiTable> of(byte[] raw) {
        TableBytes all = TableBytes.of(raw);
        if (all.length() < TableHeader.SIZE_BYTES) {
            return Optional.empty();
        }
        TableHeader header = TableHeader.of(all);
        List<TableFinding> findings = new ArrayList<>();
        TableBytes bytes = all;
        Map<String, String> lengths = Map.of("declared", Long.toString(header.declaredLength()), "present", Integer.toString(all.length()));
        if (header.declaredLength() < TableHeader.SIZE_BYTES) {
            findings.add(new TableFinding("table-length-too-small", TableHeader.LENGTH.offset(), lengths));
        } else if (header.declaredLength() > all.length()) {
            findings.add(new TableFinding("table-cut-short", TableHeader.LENGTH.offset(), lengths));
        } else {
            bytes = all.first((int) header.declaredLength());
            if (bytes.length() < all.length()) {
                findings.add(new TableFinding("table-bytes-behind-end", bytes.length(), lengths));
            }
        }
        if (findings.stream().allMatch(finding -> finding.label().equals("table-bytes-behind-end")) && bytes.sum() != 0) {
            int right = header.checksum() - bytes.sum() & 0xff;
            findings.add(new TableFinding("table-checksum-wrong", TableHeader.CHECKSUM.offset(), Map.of("checksum", TableFinding.hex(header.checksum()),
                    "right", TableFinding.hex(right))));
        }
        return Optional.of(new AcpiTable(header, bytes, findings));
    }

    /** Whether the sum of all bytes is 0 modulo 256. */
    public boolean checksumRight() {
        return bytes.sum() == 0;
    }

    /** The header's fields as they lie in the table. */
    public TablePart headerLayout() {
        return new TablePart("header", 0, TableHeader.SIZE_BYTES, TablePart.fields(TableHeader.LAYOUT, bytes, 0, TableHeader.SIZE_BYTES), List.of());
    }
}
