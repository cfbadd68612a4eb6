package dev.dmarshal.cli.host;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.dmarshal.cli.page.JsonFields;
import dev.dmarshal.host.boot.BootFinding;
import dev.dmarshal.host.boot.BootLine;
import dev.dmarshal.host.boot.BootSetup;
import dev.dmarshal.host.iommu.Board;
import dev.dmarshal.host.iommu.HardwareNote;
import dev.dmarshal.host.iommu.HostCheck;
import dev.dmarshal.host.iommu.KnownHardware;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A check as JSON, in the form of {@code docs/schema/check-1.json}. Unknown is null. */
public final class CheckJson {

    /** Version of the schema: goes up when a key changes its meaning or goes away; new keys may come at any time. */
    static final int SCHEMA = 1;

    private final JsonGenerator out;

    private CheckJson(JsonGenerator out) {
        this.out = out;
    }

    static void write(CheckReport report, Writer writer) throws IOException {
        try (JsonGenerator out = new JsonFactory().createGenerator(writer)) {
            out.useDefaultPrettyPrinter();
            new CheckJson(out).document(report);
        }
        writer.write('\n');
        writer.flush();
    }

    private void document(CheckReport report) throws IOException {
        out.writeStartObject();
        out.writeNumberField("schema", SCHEMA);
        out.writeStringField("source", report.source());
        JsonFields.texts(out, "remarks", report.remarks());
        checks("checks", report.checks());
        checks("causes", report.standing().causes());
        JsonFields.text(out, "reason", report.standing().reason().map(HostCheck::label));
        hardware(report.hardware());
        boot(report.boot(), report.bootFindings());
        out.writeArrayFieldStart("parameters");
        for (CheckReport.Parameter parameter : report.parameters()) {
            out.writeStartObject();
            out.writeStringField("reader", parameter.reader());
            out.writeStringField("word", parameter.word());
            out.writeStringField("verdict", parameter.verdict());
            out.writeStringField("says", parameter.says());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private void hardware(KnownHardware hardware) throws IOException {
        out.writeObjectFieldStart("hardware");
        JsonFields.text(out, "machine", hardware.board().map(Board::described));
        JsonFields.text(out, "evidence", hardware.board().map(Board::evidence));
        out.writeArrayFieldStart("known");
        for (HardwareNote note : hardware.notes()) {
            out.writeStartObject();
            out.writeStringField("about", note.about());
            out.writeStringField("standing", JsonFields.word(note.standing()));
            out.writeStringField("says", note.says());
            out.writeStringField("source", note.source());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private void checks(String name, List<HostCheck> checks) throws IOException {
        out.writeArrayFieldStart(name);
        for (HostCheck check : checks) {
            out.writeStartObject();
            out.writeStringField("label", check.label());
            out.writeStringField("answer", check.answer().name().toLowerCase(Locale.ROOT));
            out.writeStringField("says", check.says());
            JsonFields.texts(out, "evidence", check.evidence());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private void boot(BootSetup boot, List<BootFinding> findings) throws IOException {
        out.writeObjectFieldStart("boot");
        JsonFields.text(out, "loader", boot.loader().map(JsonFields::word));
        JsonFields.texts(out, "evidence", boot.evidence());
        JsonFields.text(out, "inForce", boot.inForce().map(line -> line.render()));
        line("configured", boot.configured());
        line("afterReboot", boot.afterReboot());
        JsonFields.texts(out, "unmeasured", boot.unmeasured());
        out.writeArrayFieldStart("findings");
        for (BootFinding finding : findings) {
            out.writeStartObject();
            out.writeStringField("label", finding.label());
            out.writeStringField("title", finding.title());
            out.writeStringField("why", finding.why());
            JsonFields.text(out, "remedy", Optional.of(finding.remedy()).filter(text -> !text.isEmpty()));
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private void line(String name, Optional<BootLine> line) throws IOException {
        if (line.isEmpty()) {
            out.writeNullField(name);
            return;
        }
        out.writeObjectFieldStart(name);
        out.writeStringField("path", line.get().path());
        JsonFields.text(out, "entry", line.get().entry());
        out.writeStringField("linux", line.get().linux().render());
        JsonFields.text(out, "xen", line.get().xen().map(xen -> xen.render()));
        out.writeEndObject();
    }
}
