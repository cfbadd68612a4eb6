package dev.dmarshal.cli.doctor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.dmarshal.cli.page.JsonFields;
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
import java.util.Optional;
import java.util.Set;

/**
 * A diagnosis as JSON, in the form of {@code docs/schema/doctor-1.json}. Unknown is null; numbers that are addresses are strings of hexadecimal digits with 0x.
 */
public final class DiagnosisJson {

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
        JsonFields.texts(out, "sources", quality.sources());
        out.writeNumberField("lines", quality.lines());
        out.writeNumberField("faultCount", quality.faults());
        out.writeBooleanField("countsAreLowerBounds", quality.lowerBounds());
        out.writeNumberField("suppressedLines", quality.suppressed());
        out.writeNumberField("droppedMessages", quality.dropped());
        out.writeNumberField("binaryBytes", quality.binaryBytes());
        out.writeBooleanField("truncated", quality.truncated());
        JsonFields.texts(out, "missing", quality.missing());
    }

    private void host(Symptoms symptoms) throws IOException {
        out.writeObjectFieldStart("host");
        JsonFields.text(out, "kernel", symptoms.kernel().map(version -> version.text()));
        JsonFields.text(out, "xen", symptoms.xenVersion().map(version -> version.text()));
        JsonFields.text(out, "machine", symptoms.host().machine());
        JsonFields.text(out, "commandLine", symptoms.host().commandLine().map(line -> line.render()));
        JsonFields.text(out, "xenCommandLine", symptoms.host().xenCommandLine().map(line -> line.render()));
        out.writeBooleanField("crashKernel", symptoms.host().crashKernel());
        out.writeEndObject();
    }

    private void group(FaultGroup group, boolean explained) throws IOException {
        out.writeStartObject();
        out.writeStringField("dialect", JsonFields.word(group.dialect()));
        out.writeStringField("kind", JsonFields.word(group.kind()));
        JsonFields.text(out, "device", group.device().map(Object::toString));
        out.writeBooleanField("segmentSaid", group.first().segment().isPresent());
        JsonFields.text(out, "oddDevice", group.first().oddSource());
        out.writeStringField("access", JsonFields.word(group.access()));
        JsonFields.number(out, "reason", group.first().reason());
        JsonFields.text(out, "reasonLabel", group.reason().map(reason -> reason.label()));
        JsonFields.text(out, "reasonMeaning", group.reason().map(reason -> reason.meaning()));
        JsonFields.number(out, "pasid", group.first().pasid());
        JsonFields.text(out, "amdEvent", group.first().amdEvent());
        JsonFields.number(out, "amdFlags", group.amdFlags());
        JsonFields.number(out, "domain", group.first().domain());
        out.writeNumberField("count", group.count());
        out.writeStringField("pattern", JsonFields.word(group.pattern()));
        JsonFields.text(out, "lowest", group.lowest().isPresent() ? Optional.of("0x" + Long.toHexString(group.lowest().getAsLong())) : Optional.empty());
        JsonFields.text(out, "highest", group.highest().isPresent() ? Optional.of("0x" + Long.toHexString(group.highest().getAsLong())) : Optional.empty());
        JsonFields.texts(out, "indexes", group.indexes().stream().map(index -> "0x" + Integer.toHexString(index)).toList());
        time("first", group.first().time());
        time("last", group.last());
        out.writeStringField("file", group.file());
        out.writeNumberField("line", group.first().line());
        out.writeArrayFieldStart("lookUp");
        for (LookUp.Step step : LookUp.of(group).steps()) {
            out.writeStartObject();
            out.writeStringField("what", step.what());
            out.writeStringField("where", step.where());
            out.writeStringField("outcome", JsonFields.word(step.outcome()));
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeBooleanField("explained", explained);
        out.writeEndObject();
    }

    private void finding(Finding finding, Optional<Proof> proof) throws IOException {
        out.writeStartObject();
        out.writeStringField("label", finding.label());
        out.writeStringField("severity", JsonFields.word(finding.severity()));
        out.writeStringField("confidence", JsonFields.word(finding.confidence()));
        out.writeStringField("blame", JsonFields.word(finding.blame()));
        JsonFields.text(out, "device", finding.device().map(Object::toString));
        out.writeStringField("title", finding.title());
        out.writeStringField("why", finding.why());
        evidence("evidence", finding.evidence());
        evidence("counterEvidence", finding.counter());
        out.writeArrayFieldStart("fixes");
        for (Fix fix : finding.fixes()) {
            fix(fix);
        }
        out.writeEndArray();
        JsonFields.texts(out, "next", finding.next());
        if (proof.isPresent()) {
            proof(proof.get());
        }
        out.writeEndObject();
    }

    private void proof(Proof proof) throws IOException {
        out.writeObjectFieldStart("proof");
        out.writeStringField("cause", JsonFields.word(proof.cause()));
        out.writeStringField("words", proof.words());
        JsonFields.texts(out, "shown", proof.shown().stream().map(Played::inWords).toList());
        out.writeArrayFieldStart("fixes");
        for (Proof.FixProof fix : proof.fixes()) {
            out.writeStartObject();
            out.writeStringField("label", fix.label());
            out.writeStringField("outcome", JsonFields.word(fix.fix()));
            out.writeStringField("words", fix.words());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private void fix(Fix fix) throws IOException {
        out.writeStartObject();
        out.writeStringField("label", fix.label());
        out.writeStringField("scope", JsonFields.word(fix.scope()));
        out.writeStringField("what", fix.what());
        JsonFields.texts(out, "commands", fix.commands());
        out.writeStringField("exists", fix.exists());
        out.writeStringField("risk", fix.risk());
        out.writeStringField("verify", fix.verify());
        out.writeStringField("undo", fix.undo());
        out.writeStringField("source", fix.source());
        out.writeEndObject();
    }

    private void evidence(String name, Collection<Evidence> all) throws IOException {
        out.writeArrayFieldStart(name);
        for (Evidence evidence : all) {
            out.writeStartObject();
            out.writeStringField("says", evidence.says());
            JsonFields.text(out, "line", evidence.line());
            JsonFields.text(out, "at", evidence.at());
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
        out.writeStringField("clock", JsonFields.word(time.get().clock()));
        out.writeNumberField("nanos", time.get().nanos());
        out.writeEndObject();
    }
}
