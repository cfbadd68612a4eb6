package dev.dmarshal.cli.doctor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.dmarshal.cli.page.JsonFields;
import dev.dmarshal.doctor.policy.XenWhatIf;
import dev.dmarshal.doctor.twin.XenEntry;
import dev.dmarshal.doctor.twin.XenOwner;
import dev.dmarshal.doctor.twin.XenRules;
import java.io.IOException;
import java.io.Writer;

/** What would change under Xen, as JSON ({@code docs/schema/what-if-xen-1.json}). */
public final class XenWhatIfJson {

    /** Version of the schema: goes up when a key changes its meaning or goes away; new keys may come at any time. */
    static final int SCHEMA = 1;

    private final JsonGenerator out;

    private XenWhatIfJson(JsonGenerator out) {
        this.out = out;
    }

    static void write(XenWhatIfReport report, Writer writer) throws IOException {
        try (JsonGenerator out = new JsonFactory().createGenerator(writer)) {
            out.useDefaultPrettyPrinter();
            new XenWhatIfJson(out).document(report);
        }
        writer.write('\n');
        writer.flush();
    }

    private void document(XenWhatIfReport report) throws IOException {
        out.writeStartObject();
        out.writeNumberField("schema", SCHEMA);
        out.writeStringField("source", report.now().survey().source());
        JsonFields.text(out, "xen", report.then().rules().release().map(Object::toString));
        JsonFields.text(out, "commandLine", report.commandLine());
        rules("before", report.now().rules());
        rules("after", report.then().rules());
        out.writeArrayFieldStart("devices");
        for (XenWhatIf.Device device : report.whatIf().devices()) {
            out.writeStartObject();
            out.writeStringField("address", device.function().address().toString());
            out.writeBooleanField("changed", device.changed());
            entry("before", device.from(), device.before());
            entry("after", device.to(), device.after());
            out.writeEndObject();
        }
        out.writeEndArray();
        WhatIfJson.tail(out, report.whatIf().faults(), XenWhatIf.NOT_MODELLED, report.whatIf().notes());
        out.writeEndObject();
    }

    private void rules(String name, XenRules rules) throws IOException {
        out.writeObjectFieldStart(name);
        JsonFields.flag(out, "translating", rules.translating());
        out.writeStringField("dom0", JsonFields.word(rules.dom0()));
        out.writeBooleanField("inclusive", rules.inclusive());
        out.writeBooleanField("reserved", rules.reserved());
        JsonFields.text(out, "quarantine", rules.quarantine().map(JsonFields::word));
        out.writeBooleanField("quarantineAlways", rules.quarantineAlways());
        out.writeEndObject();
    }

    private void entry(String name, XenOwner owner, XenEntry entry) throws IOException {
        out.writeObjectFieldStart(name);
        out.writeStringField("owner", owner.inWords());
        out.writeBooleanField("refused", entry.refused());
        out.writeStringField("reaches", entry.reaches());
        out.writeStringField("why", entry.why());
        out.writeEndObject();
    }
}
