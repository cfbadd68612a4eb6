package dev.dmarshal.cli.tables;

import dev.dmarshal.cli.page.Page;
import dev.dmarshal.core.acpi.FieldValue;
import dev.dmarshal.core.acpi.TableField;
import dev.dmarshal.core.acpi.TableHeader;
import dev.dmarshal.core.acpi.TablePart;
import dev.dmarshal.doctor.finding.Severity;
import dev.dmarshal.doctor.firmware.TableAdvice;
import java.util.List;
import java.util.Locale;

/** Tables as text for people: fields with their offsets, then what is wrong. */
public final class TablesText {

    private static final int NARROW_HANG = 10;
    private static final int LONGEST_VALUE = 48;

    private final Page page;

    TablesText(Page page) {
        this.page = page;
    }

    Page write(List<JudgedTable> tables) {
        boolean first = true;
        for (JudgedTable table : tables) {
            if (!first) {
                page.blank();
            }
            first = false;
            table(table);
        }
        return page;
    }

    private void table(JudgedTable table) {
        TableHeader header = table.table().header();
        page.heading(table.source() + ": " + JudgedTable.printable(header.signature()) + ", " + table.table().bytes().length() + " bytes, revision " + header
                .revision() + ", " + JudgedTable.printable(header.oemId()) + " " + JudgedTable.printable(header.oemTableId()));
        for (TablePart part : table.layout().parts()) {
            part(table, part);
        }
        if (!table.decoded()) {
            page.blank().paragraph(0, "Only the header is decoded: this is neither a DMAR nor an IVRS table.");
        }
        findings(table.advice());
    }

    private void part(JudgedTable table, TablePart part) {
        page.blank().line(0, offset(part.offset()) + "  " + part.name() + (table.says().containsKey(part.offset()) && part.offset() > 0 ? "  " + JudgedTable
                .printable(table.says().get(part.offset())) : ""));
        part.fields().forEach(field -> field(part, field));
        for (TablePart inner : part.parts()) {
            String says = table.says().get(inner.offset());
            if (says == null) {
                inner.fields().forEach(field -> field(inner, field));
            } else {
                page.line(2, offset(inner.offset()) + "  " + JudgedTable.printable(says));
            }
        }
    }

    private void field(TablePart part, FieldValue field) {
        String value = switch (field.form()) {
            case NUMBER -> "0x" + field.text().toLowerCase(Locale.ROOT);
            case TEXT -> '"' + JudgedTable.printable(field.text()) + '"';
            case BYTES -> field.text().length() > LONGEST_VALUE ? field.text().substring(0, LONGEST_VALUE) + "…" : field.text();
        };
        boolean zero = field.form() != TableField.Form.TEXT && field.text().matches("[0 ]+");
        if (zero && (field.name().equals("Reserved") || field.name().equals(TablePart.PADDING))) {
            return;
        }
        String meaning = TableMeanings.of(part, field);
        String name = field.name() + " ".repeat(Math.max(1, 38 - field.name().length()));
        page.row(NARROW_HANG, "  " + offset(field.offset()) + "  " + name + value + (meaning.isEmpty() ? "" : "  " + meaning), "");
    }

    private void findings(List<TableAdvice> all) {
        page.blank();
        if (all.isEmpty()) {
            page.paragraph(0, "Nothing is wrong with this table as far as the table alone can tell.");
            return;
        }
        page.heading("Findings");
        for (TableAdvice advice : all) {
            String sort = advice.severity() == Severity.PROBLEM ? "" : advice.severity().name().toLowerCase(Locale.ROOT) + ", ";
            page.blank().paragraph(2, visible(advice.title())).paragraph(4, "[" + advice.label() + "] " + sort + "at " + offset(advice.offset()));
            page.paragraph(4, advice.why()).labelled(4, "Linux", advice.linux()).labelled(4, "Xen", advice.xen());
        }
    }

    /** A title has words from the table in it. */
    private static String visible(String text) {
        return text.replaceAll("\\p{Cc}", "?");
    }

    private static String offset(int offset) {
        String digits = Integer.toHexString(offset);
        return "0".repeat(Math.max(0, 4 - digits.length())) + digits;
    }
}
