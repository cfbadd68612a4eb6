package dev.dmarshal.cli.kdump;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.dmarshal.cli.page.JsonFields;
import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.doctor.kdump.BusyDevice;
import dev.dmarshal.doctor.kdump.CrashAnalysis;
import dev.dmarshal.doctor.kdump.CrashScene;
import dev.dmarshal.doctor.kdump.HandoverReport;
import dev.dmarshal.doctor.kdump.Moment;
import dev.dmarshal.doctor.kdump.Outcome;
import dev.dmarshal.doctor.kdump.Readiness;
import dev.dmarshal.host.iommu.HostCheck;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What {@code dmarshal kdump} says, as JSON in the forms of {@code docs/schema/kdump-*-1.json}. */
public final class KdumpJson {

    /** Version of the schemas: goes up when a key changes its meaning or goes away; new keys may come at any time. */
    static final int SCHEMA = 1;

    /** What goes into the document. */
    private interface Body {
        void write(JsonGenerator out) throws IOException;
    }

    private KdumpJson() {
    }

    private static void document(Writer writer, String source, Body body) throws IOException {
        try (JsonGenerator out = new JsonFactory().createGenerator(writer)) {
            out.useDefaultPrettyPrinter();
            out.writeStartObject();
            out.writeNumberField("schema", SCHEMA);
            out.writeStringField("source", source);
            body.write(out);
            out.writeEndObject();
        }
        writer.write('\n');
        writer.flush();
    }

    static void write(Readiness readiness, String source, Writer writer) throws IOException {
        document(writer, source, out -> checks(out, readiness.checks()));
    }

    static void write(CrashScene scene, List<HandoverReport> reports, Writer writer) throws IOException {
        document(writer, scene.name(), out -> {
            JsonFields.texts(out, "assumptions", scene.assumptions());
            out.writeBooleanField("scalable", scene.scalable());
            out.writeArrayFieldStart("devices");
            for (BusyDevice device : scene.devices()) {
                out.writeStartObject();
                out.writeStringField("device", device.address().toString());
                out.writeStringField("name", device.name());
                out.writeNumberField("unit", device.unit());
                out.writeBooleanField("identity", device.passThrough());
                JsonFields.texts(out, "reserved", device.reserved().stream().map(Object::toString).toList());
                out.writeStringField("driver", JsonFields.word(device.driver()));
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeArrayFieldStart("behaviours");
            for (HandoverReport report : reports) {
                report(out, report);
            }
            out.writeEndArray();
        });
    }

    private static void report(JsonGenerator out, HandoverReport report) throws IOException {
        out.writeStartObject();
        out.writeStringField("behaviour", JsonFields.word(report.behaviour()));
        out.writeStringField("words", report.behaviour().words());
        out.writeBooleanField("harmless", report.sum().harmless());
        JsonFields.texts(out, "notes", report.notes());
        out.writeObjectFieldStart("sum");
        outcome(out, report.sum());
        out.writeEndObject();
        out.writeArrayFieldStart("devices");
        for (HandoverReport.Line line : report.lines()) {
            for (Map.Entry<Moment, Outcome> at : line.outcomes().entrySet()) {
                out.writeStartObject();
                out.writeStringField("device", line.device().address().toString());
                out.writeStringField("moment", JsonFields.word(at.getKey()));
                outcome(out, at.getValue());
                out.writeEndObject();
            }
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private static void outcome(JsonGenerator out, Outcome outcome) throws IOException {
        out.writeBooleanField("harmless", outcome.harmless());
        out.writeNumberField("requestsAsBefore", outcome.asBefore());
        reasons(out, "faults", outcome.faults());
        out.writeNumberField("aborts", outcome.aborts());
        out.writeNumberField("bytesAborted", outcome.aborted());
        out.writeNumberField("bytesIntoCrashKernel", outcome.wroteCrashKernel());
        out.writeNumberField("bytesIntoWrongPlace", outcome.wroteElsewhere());
        out.writeNumberField("bytesReadFromWrongPlace", outcome.readElsewhere());
        out.writeNumberField("writesTakenForInterrupts", outcome.straySignals());
        out.writeNumberField("interruptsAsBefore", outcome.interruptsAsBefore());
        reasons(out, "interruptsBlocked", outcome.interruptsBlocked());
        out.writeNumberField("interruptsUnremapped", outcome.interruptsAstray());
    }

    private static void reasons(JsonGenerator out, String name, Map<FaultReason, Long> reasons) throws IOException {
        out.writeArrayFieldStart(name);
        for (Map.Entry<FaultReason, Long> one : reasons.entrySet()) {
            out.writeStartObject();
            out.writeNumberField("reason", one.getKey().code());
            out.writeStringField("meaning", one.getKey().meaning());
            out.writeNumberField("count", one.getValue());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    static void write(CrashAnalysis analysis, String source, Optional<CrashTables> tables, Writer writer) throws IOException {
        document(writer, source, out -> {
            if (analysis.behaviour().isPresent()) {
                out.writeStringField("behaviour", JsonFields.word(analysis.behaviour().get()));
            } else {
                out.writeNullField("behaviour");
            }
            checks(out, analysis.checks());
            out.writeArrayFieldStart("faults");
            for (CrashAnalysis.Judged judged : analysis.faults()) {
                out.writeStartObject();
                out.writeStringField("says", judged.faults().says());
                out.writeNumberField("count", judged.faults().count());
                out.writeStringField("meaning", judged.meaning());
                out.writeEndObject();
            }
            out.writeEndArray();
            if (tables.isEmpty()) {
                out.writeNullField("tables");
            } else {
                tables(out, tables.get());
            }
        });
    }

    private static void tables(JsonGenerator out, CrashTables tables) throws IOException {
        out.writeArrayFieldStart("tables");
        for (CrashTables.Root root : tables.roots()) {
            out.writeStartObject();
            out.writeStringField("rootTable", "0x" + Long.toHexString(root.address().orElseThrow()));
            out.writeBooleanField("scalable", root.scalable());
            JsonFields.texts(out, "devices", root.devices());
            out.writeNumberField("pages", root.pages());
            out.writeStringField("confidence", JsonFields.word(root.confidence()));
            JsonFields.texts(out, "copyOf", tables.kinship().stream().filter(pair -> pair.newer().address() == root.address().orElseThrow())
                    .map(pair -> "0x" + Long.toHexString(pair.older().address())).toList());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static void checks(JsonGenerator out, List<HostCheck> checks) throws IOException {
        out.writeArrayFieldStart("checks");
        for (HostCheck check : checks) {
            out.writeStartObject();
            out.writeStringField("label", check.label());
            out.writeStringField("answer", JsonFields.word(check.answer()));
            out.writeStringField("says", check.says());
            JsonFields.texts(out, "evidence", check.evidence());
            out.writeEndObject();
        }
        out.writeEndArray();
    }
}
