package dev.dmarshal.cli.page;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Fields that may be unknown, and lists, as every schema in {@code docs/schema} has them: what is not known is null, and a constant's name is lower
 * case with hyphens.
 */
public final class JsonFields {

    private JsonFields() {
    }

    public static void text(JsonGenerator out, String name, Optional<String> value) throws IOException {
        out.writeStringField(name, value.orElse(null));
    }

    public static void flag(JsonGenerator out, String name, Optional<Boolean> value) throws IOException {
        if (value.isPresent()) {
            out.writeBooleanField(name, value.get());
        } else {
            out.writeNullField(name);
        }
    }

    public static void number(JsonGenerator out, String name, OptionalInt value) throws IOException {
        if (value.isPresent()) {
            out.writeNumberField(name, value.getAsInt());
        } else {
            out.writeNullField(name);
        }
    }

    public static void texts(JsonGenerator out, String name, Collection<String> values) throws IOException {
        out.writeArrayFieldStart(name);
        for (String value : values) {
            out.writeString(value);
        }
        out.writeEndArray();
    }

    public static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
