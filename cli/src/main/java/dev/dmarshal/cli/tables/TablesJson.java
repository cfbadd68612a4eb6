package dev.dmarshal.cli.tables;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.dmarshal.core.acpi.FieldValue;
import dev.dmarshal.core.acpi.TableField;
import dev.dmarshal.core.acpi.TableHeader;
import dev.dmarshal.core.acpi.TablePart;
import dev.dmarshal.doctor.firmware.TableAdvice;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Locale;

/** Tables as JSON, in the form of {@code docs/schema/acpi-1.json}. Unknown is null; numbers of a table are strings of hexadecimal digits with 0x. */
public final class TablesJson {

    /** Version of the schema: goes up when a key changes its meaning or goes away; new keys may come at any time. */
    static final int SCHEMA = 1;

    private final JsonGenerator out;

    private TablesJson(JsonGenerator out) {
        this.out = out;
    }

    static void write(List<JudgedTable> tables, List<String> missing, Writer writer) throws IOException {
        try (JsonGenerator out = new JsonFactory().createGenerator(writer)) {
            out.useDefaultPrettyPrinter();
            out.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            out.writeStartObject();
            out.writeNumberField("schema", SCHEMA);
            out.writeArrayFieldStart("tables");
            for (JudgedTable table : tables) {
                new TablesJson(out).table(table);
            }
            out.writeEndArray();
            out.writeArrayFieldStart("missing");
            for (String each : missing) {
                out.writeString(each);
            }
            out.writeEndArray();
            out.writeEndObject();
        }
        writer.write('\n');
        writer.flush();
    }

    private void table(JudgedTable table) throws IOException {
        TableHeader header = table.table().header();
        out.writeStartObject();
        out.writeStringField("source", table.source());
        out.writeStringField("signature", header.signature());
        out.writeNumberField("declaredLength", header.declaredLength());
        out.writeNumberField("length", table.table().bytes().length());
        out.writeNumberField("revision", header.revision());
        out.writeBooleanField("checksumRight", table.table().checksumRight());
        out.writeStringField("oemId", header.oemId());
        out.writeStringField("oemTableId", header.oemTableId());
        out.writeBooleanField("decoded", table.decoded());
        out.writeArrayFieldStart("parts");
        for (TablePart part : table.layout().parts()) {
            part(table, part);
        }
        out.writeEndArray();
        out.writeArrayFieldStart("findings");
        for (TableAdvice advice : table.advice()) {
            advice(advice);
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private void part(JudgedTable table, TablePart part) throws IOException {
        out.writeStartObject();
        out.writeStringField("name", part.name());
        out.writeNumberField("offset", part.offset());
        out.writeNumberField("length", part.lengthBytes());
        string("says", part.offset() == 0 ? null : table.says().get(part.offset()));
        out.writeArrayFieldStart("fields");
        for (FieldValue field : part.fields()) {
            field(part, field);
        }
        out.writeEndArray();
        out.writeArrayFieldStart("parts");
        for (TablePart inner : part.parts()) {
            part(table, inner);
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private void field(TablePart part, FieldValue field) throws IOException {
        out.writeStartObject();
        out.writeStringField("name", field.name());
        out.writeNumberField("offset", field.offset());
        out.writeNumberField("length", field.sizeBytes());
        out.writeStringField("form", field.form().name().toLowerCase(Locale.ROOT));
        out.writeStringField("value", field.form() == TableField.Form.NUMBER ? "0x" + field.text().toLowerCase(Locale.ROOT) : field.text());
        String meaning = TableMeanings.of(part, field);
        string("meaning", meaning.isEmpty() ? null : meaning);
        out.writeEndObject();
    }

    private void advice(TableAdvice advice) throws IOException {
        out.writeStartObject();
        out.writeStringField("label", advice.label());
        out.writeStringField("severity", advice.severity().name().toLowerCase(Locale.ROOT));
        out.writeNumberField("offset", advice.offset());
        out.writeStringField("title", advice.title());
        out.writeStringField("why", advice.why());
        out.writeStringField("linux", advice.linux());
        out.writeStringField("xen", advice.xen());
        out.writeStringField("source", advice.source());
        out.writeEndObject();
    }

    private void string(String name, String value) throws IOException {
        if (value == null) {
            out.writeNullField(name);
        } else {
            out.writeStringField(name, value);
        }
    }
}
