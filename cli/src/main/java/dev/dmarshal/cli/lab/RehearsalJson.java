package dev.dmarshal.cli.lab;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.dmarshal.cli.page.JsonFields;
import dev.dmarshal.core.fault.FaultEvent;
import dev.dmarshal.lab.rehearsal.Rehearsal;
import dev.dmarshal.lab.rehearsal.Rehearsed;
import java.io.IOException;
import java.io.Writer;
import java.util.Locale;
import java.util.Optional;

/** A rehearsal as JSON, in the form of {@code docs/schema/rehearsal-1.json}. Unknown is null. */
public final class RehearsalJson {

    /** Version of the schema: goes up when a key changes its meaning or goes away; new keys may come at any time. */
    static final int SCHEMA = 1;

    private final JsonGenerator out;

    private RehearsalJson(JsonGenerator out) {
        this.out = out;
    }

    static void write(String source, Rehearsal rehearsal, Writer writer) throws IOException {
        try (JsonGenerator out = new JsonFactory().createGenerator(writer)) {
            out.useDefaultPrettyPrinter();
            new RehearsalJson(out).document(source, rehearsal);
        }
        writer.write('\n');
        writer.flush();
    }

    private void document(String source, Rehearsal rehearsal) throws IOException {
        out.writeStartObject();
        out.writeNumberField("schema", SCHEMA);
        out.writeStringField("source", source);
        out.writeStringField("kernel", rehearsal.kernel());
        out.writeStringField("qemu", rehearsal.qemu());
        out.writeNumberField("bootMillis", rehearsal.bootTook().toMillis());
        out.writeStringField("commandLine", rehearsal.commandLine());
        JsonFields.texts(out, "changes", rehearsal.changes());
        JsonFields.texts(out, "units", rehearsal.units());
        out.writeBooleanField("interruptsRemapped", rehearsal.interrupts());
        out.writeBooleanField("asComputed", rehearsal.asComputed());
        out.writeArrayFieldStart("functions");
        for (Rehearsed function : rehearsal.functions()) {
            function(function);
        }
        out.writeEndArray();
        JsonFields.texts(out, "differences", rehearsal.differences());
        out.writeArrayFieldStart("faults");
        for (FaultEvent fault : rehearsal.faults()) {
            fault(fault);
        }
        out.writeEndArray();
        JsonFields.texts(out, "shortfalls", rehearsal.shortfalls());
        out.writeEndObject();
    }

    private void function(Rehearsed function) throws IOException {
        out.writeStartObject();
        out.writeStringField("address", function.standIn().original().address().toString());
        JsonFields.text(out, "ids", function.standIn().original().ids().pair());
        out.writeStringField("standIn", function.standIn().model());
        JsonFields.text(out, "standInAddress", function.address().map(Object::toString));
        JsonFields.number(out, "group", function.group());
        JsonFields.text(out, "domainType", function.type());
        JsonFields.text(out, "driver", function.driver());
        out.writeEndObject();
    }

    private void fault(FaultEvent fault) throws IOException {
        out.writeStartObject();
        out.writeStringField("kind", fault.kind().name().toLowerCase(Locale.ROOT));
        out.writeStringField("access", fault.access().name().toLowerCase(Locale.ROOT));
        JsonFields.text(out, "device", fault.source().map(Object::toString));
        JsonFields.number(out, "reason", fault.reason());
        JsonFields.text(out, "address", fault.address().isPresent() ? Optional.of("0x" + Long.toHexString(fault.address().getAsLong())) : Optional.empty());
        JsonFields.number(out, "index", fault.index());
        out.writeEndObject();
    }
}
