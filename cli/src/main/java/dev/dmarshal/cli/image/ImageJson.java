package dev.dmarshal.cli.image;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.dmarshal.core.tables.UnitTables;
import java.io.IOException;
import java.util.Locale;

/** What the JSON forms of all commands about one image have in common. */
final class ImageJson {
    private static final int SCHEMA = 1;

    private ImageJson() {
    }

    /** Starts a document. */
    static void start(OpenTables tables, JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeNumberField("schema", SCHEMA);
        out.writeStringField("image", tables.path().toString());
        out.writeStringField("format", tables.machine().format());
    }

    static void unitFields(UnitTables unit, JsonGenerator out) throws IOException {
        out.writeStringField("name", unit.name());
        orNull(out, "mode", unit.rootTable().isEmpty() ? null : unit.scalable() ? "scalable" : "legacy");
        orNull(out, "rootTable", unit.rootTable().isEmpty() ? null : hex(unit.rootTable().getAsLong()));
        out.writeStringField("origin", unit.origin());
        out.writeStringField("confidence", unit.confidence().name().toLowerCase(Locale.ROOT));
        out.writeBooleanField("capabilitiesKnown", unit.capabilitiesKnown());
    }

    static void orNull(JsonGenerator out, String name, String value) throws IOException {
        if (value == null) {
            out.writeNullField(name);
        } else {
            out.writeStringField(name, value);
        }
    }

    static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
