package dev.dmarshal.cli.watch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.dmarshal.cli.page.JsonFields;
import dev.dmarshal.core.fault.LogTime;
import dev.dmarshal.doctor.symptom.FaultGroup;
import dev.dmarshal.doctor.watch.Notice;
import dev.dmarshal.doctor.watch.WatchTotals;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** What a watch says, one JSON object a line, in the form of {@code docs/schema/watch-1.json}. Unknown is null. */
public final class WatchJson implements Consumer<Notice> {

    /** Version of the schema: goes up when a key changes its meaning or goes away; new keys may come at any time. */
    static final int SCHEMA = 1;

    private final PrintWriter out;
    private final JsonFactory factory = new JsonFactory();

    WatchJson(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void accept(Notice notice) {
        StringWriter line = new StringWriter();
        try (JsonGenerator json = factory.createGenerator(line)) {
            json.writeStartObject();
            json.writeNumberField("schema", SCHEMA);
            json.writeStringField("event", event(notice));
            time(json, notice.time());
            switch (notice) {
                case Notice.Started started -> {
                    faults(json, started.faults());
                    json.writeNumberField("round", started.round());
                }
                case Notice.Changed changed -> {
                    json.writeStringField("how", JsonFields.word(changed.how()));
                    faults(json, changed.faults());
                    leftOut(json, changed.lower());
                }
                case Notice.Ended ended -> {
                    json.writeStringField("why", JsonFields.word(ended.why()));
                    faults(json, ended.faults());
                    leftOut(json, ended.lower());
                }
                case Notice.Lost lost -> {
                    json.writeStringField("by", JsonFields.word(lost.what()));
                    json.writeNumberField("count", lost.count());
                }
                case Notice.HeldBack held -> {
                    json.writeNumberField("started", held.started());
                    json.writeNumberField("changed", held.changed());
                    json.writeNumberField("ended", held.ended());
                    json.writeNumberField("other", held.other());
                }
                case Notice.Summary summary -> totals(json, summary.totals());
            }
            json.writeEndObject();
        } catch (IOException e) {
            // A StringWriter has no errors of its own.
            throw new UncheckedIOException(e);
        }
        out.println(line);
        out.flush();
    }

    private static String event(Notice notice) {
        return switch (notice) {
            case Notice.Started _ -> "started";
            case Notice.Changed _ -> "changed";
            case Notice.Ended _ -> "ended";
            case Notice.Lost _ -> "lost";
            case Notice.HeldBack _ -> "held-back";
            case Notice.Summary _ -> "summary";
        };
    }

    private static void faults(JsonGenerator json, FaultGroup faults) throws IOException {
        json.writeStringField("dialect", JsonFields.word(faults.dialect()));
        json.writeStringField("kind", JsonFields.word(faults.kind()));
        JsonFields.text(json, "device", faults.device().map(Object::toString));
        json.writeBooleanField("segmentSaid", faults.first().segment().isPresent());
        JsonFields.text(json, "oddDevice", faults.first().oddSource());
        json.writeStringField("access", JsonFields.word(faults.access()));
        JsonFields.number(json, "reason", faults.first().reason());
        JsonFields.text(json, "reasonLabel", faults.reason().map(reason -> reason.label()));
        JsonFields.text(json, "amdEvent", faults.first().amdEvent());
        json.writeNumberField("count", faults.count());
        json.writeStringField("pattern", JsonFields.word(faults.pattern()));
        address(json, "lowest", faults.lowest());
        address(json, "highest", faults.highest());
        json.writeArrayFieldStart("indexes");
        for (int index : faults.indexes()) {
            json.writeString("0x" + Integer.toHexString(index));
        }
        json.writeEndArray();
        json.writeStringField("says", faults.says());
    }

    private static void leftOut(JsonGenerator json, Notice.LeftOut left) throws IOException {
        json.writeBooleanField("countIsLowerBound", left.lowerBound());
        json.writeNumberField("leftOutOwn", left.own());
        json.writeNumberField("leftOutShared", left.shared());
    }

    private static void totals(JsonGenerator json, WatchTotals totals) throws IOException {
        json.writeNumberField("faults", totals.faults());
        json.writeBooleanField("countIsLowerBound", totals.lowerBound());
        json.writeNumberField("patterns", totals.patterns());
        json.writeNumberField("rateLimit", totals.rateLimit());
        json.writeNumberField("logLost", totals.logLost());
        json.writeNumberField("overflows", totals.overflows());
        json.writeNumberField("evicted", totals.evicted());
        json.writeNumberField("heldBack", totals.heldBack());
    }

    private static void time(JsonGenerator json, Optional<LogTime> time) throws IOException {
        if (time.isEmpty()) {
            json.writeNullField("time");
            return;
        }
        json.writeObjectFieldStart("time");
        json.writeStringField("clock", JsonFields.word(time.get().clock()));
        json.writeNumberField("nanos", time.get().nanos());
        json.writeEndObject();
    }

    private static void address(JsonGenerator json, String name, OptionalLong value) throws IOException {
        JsonFields.text(json, name, value.isPresent() ? Optional.of("0x" + Long.toHexString(value.getAsLong())) : Optional.empty());
    }
}
