package dev.dmarshal.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.dmarshal.core.fault.LogTime;
import dev.dmarshal.doctor.Diagnosis;
import dev.dmarshal.doctor.LookUp;
import dev.dmarshal.doctor.finding.Evidence;
import dev.dmarshal.doctor.finding.Finding;
import dev.dmarshal.doctor.finding.Fix;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.symptom.SourceQuality;
import dev.dmarshal.doctor.symptom.Symptoms;
import dev.dmarshal.doctor.twin.Played;
import dev.dmarshal.doctor.twin.Proof;
import java.io.IOException;
import java.io.Writer;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A diagnosis as JSON, in the form of {@code docs/schema/doctor-1.json}. Unknown is null; numbers that are addresses are strings of hexadecimal digits with 0x.
 */
final class DiagnosisJson {

    /** Version of the schema: goes up when a key changes its meaning or goes away; new keys may come at any time. */
    static final int SCHEMA = 1;

    private final JsonGenerator out;

    private final List<Proof> proofs;

    private DiagnosisJson(JsonGenerator out, List<Proof> proofs) {
        this.out = out;
        this.proofs = proofs;
    }

    /** @param proofs one for each finding, or none */
    static void write(Diagnosis diagnosis, List<Proof> proofs, Writer writer) throws IOException {
        try (JsonGenerator out = new JsonFactory().createGenerator(writer)) {
            out.useDefaultPrettyPrinter();
            new DiagnosisJson(out, proofs).document(diagnosis);
        }
        writer.write('\n');
        writer.flush();
    }

    private void document(Diagnosis diagnosis) throws IOException {
        out.writeStartObject();
        out.writeNumberField("schema", SCHEMA);
        quality(diagnosis.symptoms().quality());
        host(diagnosis.symptoms());
        Set<FaultGroup> unexplained = Collections.newSetFromMap(new IdentityHashMap<>());
        unexplained.addAll(diagnosis.unexplained());
        out.writeArrayFieldStart("faults");
        for (FaultGroup group : diagnosis.symptoms().faults()) {
            group(group, !unexplained.contains(group));
        }
        out.writeEndArray();
        out.writeArrayFieldStart("findings");
        for (int i = 0; i < diagnosis.findings().size(); i++) {
            finding(diagnosis.findings().get(i), i < proofs.size() ? Optional.of(proofs.get(i)) : Optional.empty());
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private void quality(SourceQuality quality) throws IOException {
        strings("sources", quality.sources());
        out.writeNumberField("lines", quality.lines());
        out.writeNumberField("faultCount", quality.faults());
        out.writeBooleanField("countsAreLowerBounds", quality.lowerBounds());
        out.writeNumberField("suppressedLines", quality.suppressed());
        out.writeNumberField("droppedMessages", quality.dropped());
        out.writeNumberField("binaryBytes", quality.binaryBytes());
        out.writeBooleanField("truncated", quality.truncated());
        strings("missing", quality.missing());
    }

    private void host(Symptoms symptoms) throws IOException {
        out.writeObjectFieldStart("host");
        string("kernel", symptoms.kernel().map(version -> version.text()));
        string("xen", symptoms.xenVersion().map(version -> version.text()));
        string("machine", symptoms.host().machine());
        string("commandLine", symptoms.host().commandLine().map(line -> line.render()));
        string("xenCommandLine", symptoms.host().xenCommandLine().map(line -> line.render()));
        out.writeBooleanField("crashKernel", symptoms.host().crashKernel());
        out.writeEndObject();
    }

    private void group(FaultGroup group, boolean explained) throws IOException {
        out.writeStartObject();
        string("dialect", Optional.of(lower(group.dialect())));
        string("kind", Optional.of(lower(group.kind())));
        string("device", group.device().map(Object::toString));
        out.writeBooleanField("segmentSaid", group.first().segment().isPresent());
        string("oddDevice", group.first().oddSource());
        string("access", Optional.of(lower(group.access())));
        number("reason", group.first().reason());
        string("reasonLabel", group.reason().map(reason -> reason.label()));
        string("reasonMeaning", group.reason().map(reason -> reason.meaning()));
        number("pasid", group.first().pasid());
        string("amdEvent", group.first().amdEvent());
        number("amdFlags", group.amdFlags());
        number("domain", group.first().domain());
        out.writeNumberField("count", group.count());
        string("pattern", Optional.of(lower(group.pattern())));
        string("lowest", group.lowest().isPresent() ? Optional.of("0x" + Long.toHexString(group.lowest().getAsLong())) : Optional.empty());
        string("highest", group.highest().isPresent() ? Optional.of("0x" + Long.toHexString(group.highest().getAsLong())) : Optional.empty());
        strings("indexes", group.indexes().stream().map(index -> "0x" + Integer.toHexString(index)).toList());
        time("first", group.first().time());
        time("last", group.last());
        string("file", Optional.of(group.file()));
        out.writeNumberField("line", group.first().line());
        out.writeArrayFieldStart("lookUp");
        for (LookUp.Step step : LookUp.of(group).steps()) {
            out.writeStartObject();
            string("what", Optional.of(step.what()));
            string("where", Optional.of(step.where()));
            string("outcome", Optional.of(lower(step.outcome())));
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeBooleanField("explained", explained);
        out.writeEndObject();
    }

    private void finding(Finding finding, Optional<Proof> proof) throws IOException {
        out.writeStartObject();
        string("label", Optional.of(finding.label()));
        string("severity", Optional.of(lower(finding.severity())));
        string("confidence", Optional.of(lower(finding.confidence())));
        string("blame", Optional.of(lower(finding.blame())));
        string("device", finding.device().map(Object::toString));
        string("title", Optional.of(finding.title()));
        string("why", Optional.of(finding.why()));
        evidence("evidence", finding.evidence());
        evidence("counterEvidence", finding.counter());
        out.writeArrayFieldStart("fixes");
        for (Fix fix : finding.fixes()) {
            fix(fix);
        }
        out.writeEndArray();
        strings("next", finding.next());
        if (proof.isPresent()) {
            proof(proof.get());
        }
        out.writeEndObject();
    }

    private void proof(Proof proof) throws IOException {
        out.writeObjectFieldStart("proof");
        string("cause", Optional.of(lower(proof.cause())));
        string("words", Optional.of(proof.words()));
        strings("shown", proof.shown().stream().map(Played::inWords).toList());
        out.writeArrayFieldStart("fixes");
        for (Proof.FixProof fix : proof.fixes()) {
            out.writeStartObject();
            string("label", Optional.of(fix.label()));
            string("outcome", Optional.of(lower(fix.fix())));
            string("words", Optional.of(fix.words()));
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private void fix(Fix fix) throws IOException {
        out.writeStartObject();
        string("label", Optional.of(fix.label()));
        string("scope", Optional.of(lower(fix.scope())));
        string("what", Optional.of(fix.what()));
        strings("commands", fix.commands());
        string("exists", Optional.of(fix.exists()));
        string("risk", Optional.of(fix.risk()));
        string("verify", Optional.of(fix.verify()));
        string("undo", Optional.of(fix.undo()));
        string("source", Optional.of(fix.source()));
        out.writeEndObject();
    }

    private void evidence(String name, Collection<Evidence> all) throws IOException {
        out.writeArrayFieldStart(name);
        for (Evidence evidence : all) {
            out.writeStartObject();
            string("says", Optional.of(evidence.says()));
            string("line", evidence.line());
            string("at", evidence.at());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private void time(String name, Optional<LogTime> time) throws IOException {
        if (time.isEmpty()) {
            out.writeNullField(name);
            return;
        }
        out.writeObjectFieldStart(name);
        string("clock", Optional.of(lower(time.get().clock())));
        out.writeNumberField("nanos", time.get().nanos());
        out.writeEndObject();
    }

    private void string(String name, Optional<String> value) throws IOException {
        if (value.isPresent()) {
            out.writeStringField(name, value.get());
        } else {
            out.writeNullField(name);
        }
    }

    private void number(String name, OptionalInt value) throws IOException {
        if (value.isPresent()) {
            out.writeNumberField(name, value.getAsInt());
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

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
