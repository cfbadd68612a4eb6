package dev.dmarshal.cli.doctor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.dmarshal.cli.page.JsonFields;
import dev.dmarshal.doctor.policy.DeviceChange;
import dev.dmarshal.doctor.policy.DomainType;
import dev.dmarshal.doctor.policy.FaultForecast;
import dev.dmarshal.doctor.policy.GroupPlan;
import dev.dmarshal.doctor.policy.HostPolicy;
import dev.dmarshal.doctor.policy.UnitPlan;
import dev.dmarshal.doctor.policy.WhatIf;
import dev.dmarshal.host.survey.ReservedRegion;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What would change, as JSON ({@code docs/schema/what-if-1.json}). */
public final class WhatIfJson {

    /** Version of the schema: goes up when a key changes its meaning or goes away; new keys may come at any time. */
    static final int SCHEMA = 1;

    private final JsonGenerator out;
    private final WhatIfReport report;

    private WhatIfJson(JsonGenerator out, WhatIfReport report) {
        this.out = out;
        this.report = report;
    }

    static void write(WhatIfReport report, Writer writer) throws IOException {
        try (JsonGenerator out = new JsonFactory().createGenerator(writer)) {
            out.useDefaultPrettyPrinter();
            new WhatIfJson(out, report).document();
        }
        writer.write('\n');
        writer.flush();
    }

    private void document() throws IOException {
        out.writeStartObject();
        out.writeNumberField("schema", SCHEMA);
        out.writeStringField("source", report.survey().source());
        JsonFields.text(out, "kernel", report.then().kernel().version().map(version -> version.text()));
        out.writeStringField("commandLine", report.then().kernel().line().render());
        out.writeObjectFieldStart("moved");
        for (var moved : new TreeMap<>(report.then().moved()).entrySet()) {
            out.writeStringField(moved.getKey().toString(), moved.getValue().toString());
        }
        out.writeEndObject();
        policy("before", report.whatIf().before());
        policy("after", report.whatIf().after());
        out.writeArrayFieldStart("devices");
        for (DeviceChange device : report.whatIf().devices()) {
            device(device);
        }
        out.writeEndArray();
        tail(out, report.whatIf().faults(), WhatIf.NOT_MODELLED, report.whatIf().notes());
        out.writeEndObject();
    }

    /** How both of these documents end: what becomes of the faults in the log, and how far all of it may be trusted. */
    static void tail(JsonGenerator out, List<FaultForecast> faults, Map<String, String> notModelled, List<String> notes) throws IOException {
        out.writeArrayFieldStart("faults");
        for (FaultForecast fault : faults) {
            out.writeStartObject();
            JsonFields.text(out, "device", fault.fault().device().map(Object::toString));
            out.writeStringField("fault", fault.fault().says());
            out.writeStringField("outcome", JsonFields.word(fault.outcome()));
            out.writeStringField("says", fault.words());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeObjectFieldStart("notModelled");
        for (Map.Entry<String, String> one : notModelled.entrySet()) {
            out.writeStringField(one.getKey(), one.getValue());
        }
        out.writeEndObject();
        JsonFields.texts(out, "notes", notes);
    }

    private void policy(String name, HostPolicy policy) throws IOException {
        out.writeObjectFieldStart(name);
        JsonFields.flag(out, "translating", policy.translating());
        out.writeStringField("because", policy.because());
        JsonFields.flag(out, "interruptRemapping", policy.remapping());
        out.writeArrayFieldStart("units");
        for (UnitPlan unit : policy.units()) {
            out.writeStartObject();
            JsonFields.text(out, "base", unit.base().isPresent() ? Optional.of("0x" + Long.toHexString(unit.base().getAsLong())) : Optional.empty());
            out.writeNumberField("segment", unit.segment());
            out.writeBooleanField("on", unit.on());
            out.writeStringField("tables", JsonFields.word(unit.mode()));
            out.writeBooleanField("measured", unit.measured());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private void device(DeviceChange device) throws IOException {
        out.writeStartObject();
        out.writeStringField("address", device.from().toString());
        out.writeStringField("becomes", device.to().toString());
        out.writeBooleanField("bridge", !report.endpoint(device));
        out.writeBooleanField("changed", device.changed());
        group("before", device.before());
        group("after", device.after());
        out.writeEndObject();
    }

    private void group(String name, GroupPlan group) throws IOException {
        out.writeObjectFieldStart(name);
        if (group.number().isPresent()) {
            out.writeNumberField("group", group.number().getAsInt());
        } else {
            out.writeNullField("group");
        }
        JsonFields.text(out, "type", group.type().map(DomainType::word));
        JsonFields.flag(out, "reachesAllMemory", group.type().map(DomainType::reachesAll));
        out.writeStringField("reaches", DeviceChange.reach(group));
        out.writeStringField("why", group.why());
        out.writeArrayFieldStart("reserved");
        for (ReservedRegion region : group.reserved()) {
            out.writeStartObject();
            out.writeStringField("start", "0x" + Long.toHexString(region.start()));
            out.writeStringField("end", "0x" + Long.toHexString(region.end()));
            out.writeStringField("type", region.type());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }
}
