package dev.dmarshal.cli.image;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.dmarshal.cli.page.Page;
import dev.dmarshal.core.tables.AuditScope;
import dev.dmarshal.core.tables.FindingTexts.Text;
import dev.dmarshal.core.tables.FindingTexts.Weight;
import dev.dmarshal.core.tables.FindingTexts;
import dev.dmarshal.core.tables.TableFinding;
import dev.dmarshal.core.tables.UnitTables;
import dev.dmarshal.host.image.KernelUnits;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Findings of an audit as text for people, those that weigh most first, and as JSON in the form of {@code docs/schema/audit-1.json}. */
public record AuditPrinter(OpenTables tables, AuditScope scope, List<KernelUnits> kernels) {

    Page text(List<TableFinding> findings) {
        Page page = Page.forTerminal();
        page.heading(tables.path() + ": " + tables.machine().format());
        scope.units().forEach(unit -> page.paragraph(2, WalkPrinter.title(unit)));
        scope.interruptTables().forEach(table -> page.paragraph(2, "interrupt-remapping table at 0x%x, %d entries (%s)".formatted(table.address(),
                table.entries(),
                table.evidence())));
        kernels.forEach(kernel -> page.paragraph(2, "kernel " + kernel.kernel().release() + (kernel.kernel().address().isPresent()
                ? " (its VMCOREINFO is at 0x%x)".formatted(kernel.kernel().address().getAsLong()) : " (VMCOREINFO of the dump)")));
        unlooked().forEach(line -> page.paragraph(2, line));
        for (Map.Entry<Text, List<TableFinding>> kind : sorted(findings).entrySet()) {
            Text text = kind.getKey();
            page.blank().heading("%s: %s [%s]".formatted(text.weight().name().toLowerCase(Locale.ROOT), text.title(), text.label()));
            page.paragraph(2, text.meaning());
            for (TableFinding finding : kind.getValue()) {
                page.paragraph(4, finding.device().map(device -> device + "  ").orElse("") + finding.detail());
            }
            page.labelled(2, "To do:", text.action());
        }
        if (findings.isEmpty()) {
            page.blank().paragraph(0, "Nothing found.");
        }
        return page;
    }

    /** What was not looked at for want of facts: silence about it would read as "fine". */
    private List<String> unlooked() {
        List<String> lines = new ArrayList<>();
        if (scope.units().isEmpty()) {
            lines.add("No unit's tables were found: nothing is known of what devices can reach.");
        }
        if (scope.zones().stream().noneMatch(zone -> zone.label().equals("reaches-kernel-text"))) {
            lines.add("Not looked at: kernel code (the image has no VMCOREINFO).");
        } else if (kernels.stream().anyMatch(kernel -> kernel.text().isEmpty())) {
            lines.add("Of kernel code only the first 2 MiB are looked at: VMCOREINFO does not say where it ends.");
        }
        if (scope.reserved().isEmpty()) {
            lines.add("Not looked at: RMRRs (give --host or --rmrr).");
        }
        return lines;
    }

    private static Map<Text, List<TableFinding>> sorted(List<TableFinding> findings) {
        Map<Text, List<TableFinding>> kinds = new LinkedHashMap<>();
        for (Weight weight : Weight.values()) {
            for (TableFinding finding : findings) {
                Text text = FindingTexts.of(finding.label()).orElseThrow();
                if (text.weight() == weight) {
                    kinds.computeIfAbsent(text, key -> new ArrayList<>()).add(finding);
                }
            }
        }
        return kinds;
    }

    void json(List<TableFinding> findings, PrintWriter writer) throws IOException {
        try (JsonGenerator out = new JsonFactory().createGenerator(writer)) {
            out.useDefaultPrettyPrinter();
            ImageJson.start(tables, out);
            out.writeArrayFieldStart("units");
            for (UnitTables unit : scope.units()) {
                out.writeStartObject();
                ImageJson.unitFields(unit, out);
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeArrayFieldStart("notLookedAt");
            for (String line : unlooked()) {
                out.writeString(line);
            }
            out.writeEndArray();
            out.writeArrayFieldStart("findings");
            for (Map.Entry<Text, List<TableFinding>> kind : sorted(findings).entrySet()) {
                for (TableFinding finding : kind.getValue()) {
                    finding(kind.getKey(), finding, out);
                }
            }
            out.writeEndArray();
            out.writeEndObject();
        }
        writer.println();
        writer.flush();
    }

    private static void finding(Text text, TableFinding finding, JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeStringField("label", finding.label());
        out.writeStringField("weight", text.weight().name().toLowerCase(Locale.ROOT));
        out.writeStringField("title", text.title());
        ImageJson.orNull(out, "device", finding.device().map(Object::toString).orElse(null));
        out.writeStringField("detail", finding.detail());
        out.writeStringField("meaning", text.meaning());
        out.writeStringField("action", text.action());
        out.writeEndObject();
    }
}
