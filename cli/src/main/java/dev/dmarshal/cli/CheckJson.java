package dev.dmarshal.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.dmarshal.host.boot.BootFinding;
import dev.dmarshal.host.boot.BootLine;
import dev.dmarshal.host.boot.BootSetup;
import dev.dmarshal.host.iommu.HostCheck;
import java.io.IOException;
import java.io.Writer;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A check as JSON, in the form of {@code docs/schema/check-1.json}. Unknown is null. */
final class CheckJson {

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
        strings("remarks", report.remarks());
        checks("checks", report.checks());
        checks("causes", report.standing().causes());
        string("reason", report.standing().reason().map(HostCheck::label));
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

    private void checks(String name, List<HostCheck> checks) throws IOException {
        out.writeArrayFieldStart(name);
        for (HostCheck check : checks) {
            out.writeStartObject();
            out.writeStringField("label", check.label());
            out.writeStringField("answer", check.answer().name().toLowerCase(Locale.ROOT));
            out.writeStringField("says", check.says());
            strings("evidence", check.evidence());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private void boot(BootSetup boot, List<BootFinding> findings) throws IOException {
        out.writeObjectFieldStart("boot");
        string("loader", boot.loader().map(loader -> loader.name().toLowerCase(Locale.ROOT).replace('_', '-')));
        strings("evidence", boot.evidence());
        string("inForce", boot.inForce().map(line -> line.render()));
        line("configured", boot.configured());
        line("afterReboot", boot.afterReboot());
        strings("unmeasured", boot.unmeasured());
        out.writeArrayFieldStart("findings");
        for (BootFinding finding : findings) {
            out.writeStartObject();
            out.writeStringField("label", finding.label());
            out.writeStringField("title", finding.title());
            out.writeStringField("why", finding.why());
            string("remedy", Optional.of(finding.remedy()).filter(text -> !text.isEmpty()));
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
        string("entry", line.get().entry());
        out.writeStringField("linux", line.get().linux().render());
        string("xen", line.get().xen().map(xen -> xen.render()));
        out.writeEndObject();
    }

    private void string(String name, Optional<String> value) throws IOException {
        if (value.isPresent()) {
            out.writeStringField(name, value.get());
        } else {
            out.writeNullField(name);
        }
    }

    private void strings(String name, Collection<String> values) throws IOException {
        out.writeArrayFieldStart(name);
        for (String value : values) {
            out.writeString(value);
        }
        out.writeEndArray();
    }
}
