package dev.dmarshal.cli.host;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.dmarshal.cli.page.JsonFields;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.doctor.assign.Assignability;
import dev.dmarshal.doctor.assign.Assigner;
import dev.dmarshal.doctor.assign.Reason;
import dev.dmarshal.host.holders.Holder;
import dev.dmarshal.host.reset.ResetForecast;
import dev.dmarshal.host.reset.ResetStep;
import dev.dmarshal.host.survey.Change;
import dev.dmarshal.host.survey.Evidenced;
import dev.dmarshal.host.survey.FunctionFacts;
import dev.dmarshal.host.survey.GroupFacts;
import dev.dmarshal.host.survey.HostSurvey;
import dev.dmarshal.host.survey.Identity;
import dev.dmarshal.host.survey.Made;
import dev.dmarshal.host.survey.Region;
import java.io.IOException;
import java.io.Writer;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Surveys, verdicts and drift as JSON, in the forms of {@code docs/schema/survey-1.json}, {@code assignable-1.json} and {@code drift-1.json}. Unknown is
 * null.
 */
public final class SurveyJson {

    /** Version of the schemas. */
    static final int SCHEMA = 1;

    private final JsonGenerator out;

    private SurveyJson(JsonGenerator out) {
        this.out = out;
    }

    private interface Document {
        void write(SurveyJson json) throws IOException;
    }

    private static void document(Writer writer, Document document) throws IOException {
        try (JsonGenerator out = new JsonFactory().createGenerator(writer)) {
            out.useDefaultPrettyPrinter();
            SurveyJson json = new SurveyJson(out);
            out.writeStartObject();
            out.writeNumberField("schema", SCHEMA);
            document.write(json);
            out.writeEndObject();
        }
        writer.write('\n');
        writer.flush();
    }

    static void survey(HostSurvey survey, Assigner assigner, Writer writer) throws IOException {
        document(writer, json -> {
            json.host(survey);
            json.out.writeArrayFieldStart("groups");
            for (GroupFacts group : survey.grouping().groups()) {
                json.group(group);
            }
            json.out.writeEndArray();
            json.out.writeArrayFieldStart("functions");
            for (FunctionFacts facts : survey.functions()) {
                json.function(survey, assigner, facts);
            }
            json.out.writeEndArray();
        });
    }

    static void verdicts(HostSurvey survey, String platform, List<Assignability> verdicts, Writer writer) throws IOException {
        document(writer, json -> {
            json.out.writeStringField("source", survey.source());
            json.out.writeStringField("platform", platform);
            json.out.writeArrayFieldStart("devices");
            for (Assignability verdict : verdicts) {
                json.out.writeStartObject();
                json.out.writeStringField("address", verdict.device().toString());
                json.verdict(verdict);
                json.out.writeEndObject();
            }
            json.out.writeEndArray();
        });
    }

    static void drift(String before, String now, List<Change> changes, Writer writer) throws IOException {
        document(writer, json -> {
            json.out.writeStringField("before", before);
            json.out.writeStringField("now", now);
            json.out.writeArrayFieldStart("changes");
            for (Change change : changes) {
                json.out.writeStartObject();
                json.out.writeStringField("kind", change.kind().word());
                JsonFields.text(json.out, "was", change.was().map(Sbdf::toString));
                JsonFields.text(json.out, "is", change.is().map(Sbdf::toString));
                json.out.writeStringField("words", change.words());
                json.out.writeEndObject();
            }
            json.out.writeEndArray();
        });
    }

    private void host(HostSurvey survey) throws IOException {
        out.writeStringField("source", survey.source());
        JsonFields.text(out, "kernel", survey.kernel().map(kernel -> kernel.text()));
        out.writeObjectFieldStart("remapping");
        fact("iommu", survey.remapping().translating());
        fact("interrupts", survey.remapping().interrupts());
        JsonFields.number(out, "widthBits", survey.remapping().widthBits());
        JsonFields.number(out, "hostAddressBits", survey.remapping().hostAddressBits());
        JsonFields.number(out, "physicalBits", survey.remapping().physicalBits());
        out.writeEndObject();
        out.writeStringField("grouping", survey.grouping().source().name().toLowerCase(Locale.ROOT));
        JsonFields.texts(out, "notes", survey.notes());
    }

    private void fact(String name, Evidenced<Boolean> fact) throws IOException {
        JsonFields.flag(out, name, fact.value());
        out.writeStringField(name + "Evidence", fact.evidence());
    }

    private void group(GroupFacts group) throws IOException {
        out.writeStartObject();
        JsonFields.number(out, "number", group.number());
        JsonFields.texts(out, "members", group.members().stream().map(Sbdf::toString).toList());
        JsonFields.texts(out, "merged", group.merged());
        out.writeBooleanField("certain", group.certain());
        out.writeEndObject();
    }

    private void function(HostSurvey survey, Assigner assigner, FunctionFacts facts) throws IOException {
        out.writeStartObject();
        out.writeStringField("address", facts.address().toString());
        made(facts.made());
        out.writeBooleanField("driverMeasured", facts.binding().measured());
        JsonFields.text(out, "driver", facts.binding().driver());
        JsonFields.text(out, "driverOverride", facts.binding().override());
        JsonFields.number(out, "group", survey.groupOf(facts.address()).map(GroupFacts::number).orElse(OptionalInt.empty()));
        identity(survey.identity(facts.address()));
        JsonFields.text(out, "physicalFunction", facts.virtual().parent().map(Sbdf::toString));
        JsonFields.number(out, "virtualFunctions", facts.virtual().live());
        resets(assigner.resets(facts));
        regions(facts.regions());
        out.writeArrayFieldStart("holders");
        for (Holder holder : survey.holders().of(facts.address()).holders()) {
            out.writeStartObject();
            out.writeStringField("kind", holder.kind().word());
            out.writeStringField("stake", holder.stake().word());
            out.writeStringField("what", holder.what());
            out.writeStringField("evidence", holder.evidence());
            out.writeEndObject();
        }
        out.writeEndArray();
        verdict(assigner.judge(facts));
        out.writeEndObject();
    }

    private void made(Made made) throws IOException {
        hex("vendor", made.vendor(), 4);
        hex("device", made.device(), 4);
        hex("subsystemVendor", made.subsystemVendor(), 4);
        hex("subsystem", made.subsystem(), 4);
        hex("revision", made.revision(), 2);
        hex("class", made.classCode(), 6);
    }

    private void identity(Identity identity) throws IOException {
        out.writeObjectFieldStart("identity");
        JsonFields.text(out, "path", identity.path());
        JsonFields.text(out, "ids", identity.ids());
        JsonFields.text(out, "slot", identity.slot());
        out.writeEndObject();
    }

    private void resets(ResetForecast forecast) throws IOException {
        out.writeObjectFieldStart("reset");
        JsonFields.texts(out, "methods", forecast.words());
        out.writeBooleanField("fromSysfs", forecast.fromSysfs());
        out.writeBooleanField("bus", forecast.busReset());
        JsonFields.texts(out, "busHits", forecast.busHits().stream().map(Sbdf::toString).toList());
        out.writeArrayFieldStart("steps");
        for (ResetStep step : forecast.steps()) {
            out.writeStartObject();
            out.writeStringField("method", step.method().word());
            out.writeStringField("standing", step.standing().name().toLowerCase(Locale.ROOT));
            out.writeStringField("words", step.words());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private void regions(Optional<List<Region>> regions) throws IOException {
        if (regions.isEmpty()) {
            out.writeNullField("regions");
            return;
        }
        out.writeArrayFieldStart("regions");
        for (Region region : regions.get()) {
            out.writeStartObject();
            out.writeNumberField("index", region.index());
            out.writeBooleanField("memory", region.memory());
            out.writeBooleanField("wide", region.wide());
            JsonFields.text(out, "start", region.assigned() ? Optional.of("0x" + Long.toHexString(region.start())) : Optional.empty());
            out.writeNumberField("sizeBytes", region.sizeBytes());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private void verdict(Assignability verdict) throws IOException {
        out.writeStringField("verdict", verdict.overall().word());
        out.writeArrayFieldStart("reasons");
        for (Reason reason : verdict.reasons()) {
            out.writeStartObject();
            out.writeStringField("subject", reason.subject().word());
            out.writeStringField("answer", reason.answer().word());
            out.writeStringField("weight", reason.weight().word());
            out.writeStringField("words", reason.words());
            out.writeStringField("evidence", reason.evidence());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private void hex(String name, OptionalInt value, int digits) throws IOException {
        JsonFields.text(out, name, value.isPresent() ? Optional.of(HexFormat.of().toHexDigits(value.getAsInt(), digits)) : Optional.empty());
    }
}
