package dev.dmarshal.cli.image;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import dev.dmarshal.cli.page.JsonFields;
import dev.dmarshal.core.memory.MemoryImage.Presence;
import dev.dmarshal.core.tables.Attachment;
import dev.dmarshal.core.tables.MappingSink.Gap;
import dev.dmarshal.core.tables.MappingSink;
import dev.dmarshal.core.tables.PageTree;
import dev.dmarshal.core.tables.TableFinding;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;

/** Mappings as JSON, in the form of {@code docs/schema/mappings-1.json}. */
public final class MappingsJson implements MappingsPrinter {
    private final PrintWriter writer;
    private final JsonGenerator out;
    private boolean direct;

    MappingsJson(PrintWriter writer) throws IOException {
        this.writer = writer;
        this.out = new JsonFactory().createGenerator(writer);
        out.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
        out.setPrettyPrinter(new MinimalPrettyPrinter());
    }

    @Override
    public void start(OpenTables tables) throws IOException {
        ImageJson.start(tables, out);
        out.writeArrayFieldStart("units");
    }

    @Override
    public void unit(MappingsCommand.Listed unit) throws IOException {
        out.writeStartObject();
        ImageJson.unitFields(unit.unit(), out);
        out.writeArrayFieldStart("direct");
        direct = true;
    }

    @Override
    public void direct(Attachment attachment) throws IOException {
        out.writeStartObject();
        user(attachment);
        out.writeStringField("kind", JsonFields.word(attachment.kind()));
        ImageJson.orNull(out, "reason", attachment.fault().map(fault -> "%02X".formatted(fault.code())).orElse(null));
        out.writeEndObject();
    }

    private void user(Attachment attachment) throws IOException {
        out.writeStringField("device", attachment.device().toString());
        if (attachment.pasid().isPresent()) {
            out.writeNumberField("pasid", attachment.pasid().getAsInt());
        } else {
            out.writeNullField("pasid");
        }
        out.writeNumberField("domain", attachment.domain());
        out.writeStringField("entry", ImageJson.hex(attachment.entryAddress()));
    }

    private void endDirect() throws IOException {
        if (direct) {
            out.writeEndArray();
            out.writeArrayFieldStart("trees");
            direct = false;
        }
    }

    @Override
    public void tree(PageTree tree, List<Attachment> users) throws IOException {
        endDirect();
        out.writeStartObject();
        out.writeStringField("table", ImageJson.hex(tree.top()));
        out.writeNumberField("levels", tree.levels());
        out.writeStringField("stage", tree.firstStage() ? "first" : "second");
        out.writeArrayFieldStart("users");
        for (Attachment attachment : users) {
            out.writeStartObject();
            user(attachment);
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeArrayFieldStart("runs");
    }

    @Override
    public void run(long input, long output, long sizeBytes, int rights) throws IOException {
        out.writeStartObject();
        out.writeStringField("iova", ImageJson.hex(input));
        out.writeStringField("physical", ImageJson.hex(output));
        out.writeNumberField("bytes", sizeBytes);
        out.writeStringField("rights", ((rights & MappingSink.READ) != 0 ? "R" : "") + ((rights & MappingSink.WRITE) != 0 ? "W" : "")
                + ((rights & MappingSink.EXECUTE) != 0 ? "X" : ""));
        out.writeBooleanField("snooped", (rights & MappingSink.SNOOP) != 0);
        out.writeEndObject();
    }

    @Override
    public void gap(long input, long sizeBytes, Gap gap, long entryAddress, long entry, Presence presence) throws IOException {
        out.writeStartObject();
        out.writeStringField("iova", ImageJson.hex(input));
        out.writeNumberField("bytes", sizeBytes);
        out.writeStringField("gap", JsonFields.word(gap));
        out.writeStringField("entryAddress", ImageJson.hex(entryAddress));
        out.writeStringField("entry", ImageJson.hex(entry));
        out.writeStringField("presence", JsonFields.word(presence));
        out.writeEndObject();
    }

    @Override
    public void endTree(Totals totals) throws IOException {
        out.writeEndArray();
        out.writeNumberField("shownRuns", totals.runs());
        out.writeNumberField("shownBytes", totals.bytes());
        out.writeNumberField("pages4K", totals.small());
        out.writeNumberField("pages2M", totals.large());
        out.writeNumberField("pages1G", totals.huge());
        out.writeNumberField("tables", totals.tables());
        out.writeEndObject();
    }

    @Override
    public void endUnit(List<TableFinding> findings) throws IOException {
        endDirect();
        out.writeEndArray();
        out.writeArrayFieldStart("findings");
        for (TableFinding finding : findings) {
            out.writeStartObject();
            out.writeStringField("label", finding.label());
            ImageJson.orNull(out, "device", finding.device().map(Object::toString).orElse(null));
            out.writeStringField("detail", finding.detail());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    @Override
    public void end() throws IOException {
        out.writeEndArray();
        out.writeEndObject();
        out.close();
        writer.println();
        writer.flush();
    }
}
