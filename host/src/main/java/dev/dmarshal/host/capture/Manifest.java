package dev.dmarshal.host.capture;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.dmarshal.host.files.Completeness;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a capture says of itself, as {@code manifest.json}. A later version may add keys, which are passed over; a key never changes its meaning, so that every
 * version reads what any other wrote.
 *
 * @param version      of the form; {@link #VERSION} is what this program writes
 * @param writer       the program and its version
 * @param kernel       the running kernel's release, if it could be read
 * @param taken        when, as an ISO instant, if the writer says
 * @param full         whether nothing was masked
 * @param entries      number of files and links in the archive
 * @param completeness what was looked for, and what could not be read and why
 * @param withheld     what is there and is not in the capture, and why
 * @param cut          files of which only the start is in the capture
 */
public record Manifest(int version, Optional<String> writer, Optional<String> kernel, Optional<String> taken, boolean full, int entries,
        Completeness completeness, Map<String, String> withheld, List<String> cut) {

    /** The version of the form that this program writes. */
    public static final int VERSION = 1;
    /** The name of its file in a capture. */
    public static final String FILE = "manifest.json";

    private static final String FORMAT = "dmarshal-capture";

    /** As a file. */
    byte[] render() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = new JsonFactory().createGenerator(bytes)) {
            out.useDefaultPrettyPrinter();
            out.writeStartObject();
            out.writeStringField("format", FORMAT);
            out.writeNumberField("version", version);
            text(out, "writer", writer);
            text(out, "kernel", kernel);
            text(out, "taken", taken);
            out.writeBooleanField("full", full);
            out.writeNumberField("entries", entries);
            looked(out);
            object(out, "denied", completeness.denied());
            object(out, "withheld", withheld);
            array(out, "cut", cut);
            out.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private static void object(JsonGenerator out, String key, Map<String, String> values) throws IOException {
        out.writeObjectFieldStart(key);
        for (Map.Entry<String, String> value : new TreeMap<>(values).entrySet()) {
            out.writeStringField(value.getKey(), value.getValue());
        }
        out.writeEndObject();
    }

    private static void text(JsonGenerator out, String key, Optional<String> value) throws IOException {
        if (value.isPresent()) {
            out.writeStringField(key, value.get());
        } else {
            out.writeNullField(key);
        }
    }

    /** Folders in which the same names were looked for stand together: a device's folder is like every other device's. */
    private void looked(JsonGenerator out) throws IOException {
        Map<Set<String>, List<String>> alike = new LinkedHashMap<>();
        new TreeMap<>(completeness.looked()).forEach((folder, names) -> alike.computeIfAbsent(names, any -> new ArrayList<>()).add(folder));
        List<Map.Entry<Set<String>, List<String>>> sorted = new ArrayList<>(alike.entrySet());
        sorted.sort(Comparator.comparing(entry -> entry.getValue().getFirst()));
        out.writeArrayFieldStart("looked");
        for (Map.Entry<Set<String>, List<String>> entry : sorted) {
            out.writeStartObject();
            array(out, "names", new TreeSet<>(entry.getKey()));
            array(out, "folders", entry.getValue());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static void array(JsonGenerator out, String key, Iterable<String> values) throws IOException {
        out.writeArrayFieldStart(key);
        for (String value : values) {
            out.writeString(value);
        }
        out.writeEndArray();
    }

    /** Reads the file. Empty if it is no manifest, or is damaged: then nothing of it can be relied upon. */
    public static Optional<Manifest> parse(byte[] json) {
        try (JsonParser in = new JsonFactory().createParser(json)) {
            return in.nextToken() == JsonToken.START_OBJECT ? new Reader(in).document() : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Takes the document apart, key by key. */
    private static final class Reader {

        private final JsonParser in;
        private final Map<String, Set<String>> looked = new HashMap<>();
        private final Map<String, String> denied = new HashMap<>();
        private final Map<String, String> withheld = new HashMap<>();
        private final List<String> cut = new ArrayList<>();
        private final Map<String, String> texts = new HashMap<>();
        private int version;
        private int entries;
        private boolean full;

        Reader(JsonParser in) {
            this.in = in;
        }

        Optional<Manifest> document() throws IOException {
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String key = in.currentName();
                JsonToken value = in.nextToken();
                switch (key) {
                    case "format", "writer", "kernel", "taken" -> {
                        if (value == JsonToken.VALUE_STRING) {
                            texts.put(key, in.getText());
                        }
                    }
                    case "version" -> version = in.getValueAsInt(0);
                    case "entries" -> entries = in.getValueAsInt(0);
                    case "full" -> full = in.getValueAsBoolean(false);
                    case "looked" -> looked(value);
                    case "denied" -> object(value, denied);
                    case "withheld" -> object(value, withheld);
                    case "cut" -> cut.addAll(strings());
                    default -> in.skipChildren();
                }
            }
            if (in.currentToken() != JsonToken.END_OBJECT || !FORMAT.equals(texts.get("format")) || version < 1) {
                return Optional.empty();
            }
            return Optional.of(new Manifest(version, text("writer"), text("kernel"), text("taken"), full, entries, new Completeness(false, looked, denied),
                    withheld, cut));
        }

        private Optional<String> text(String key) {
            return Optional.ofNullable(texts.get(key));
        }

        private void looked(JsonToken value) throws IOException {
            if (value != JsonToken.START_ARRAY) {
                in.skipChildren();
                return;
            }
            while (in.nextToken() == JsonToken.START_OBJECT) {
                Set<String> names = Set.of();
                List<String> folders = List.of();
                while (in.nextToken() == JsonToken.FIELD_NAME) {
                    String key = in.currentName();
                    in.nextToken();
                    switch (key) {
                        case "names" -> names = new HashSet<>(strings());
                        case "folders" -> folders = strings();
                        default -> in.skipChildren();
                    }
                }
                for (String folder : folders) {
                    looked.merge(folder, names, (one, other) -> {
                        Set<String> both = new HashSet<>(one);
                        both.addAll(other);
                        return both;
                    });
                }
            }
        }

        private List<String> strings() throws IOException {
            List<String> strings = new ArrayList<>();
            if (in.currentToken() != JsonToken.START_ARRAY) {
                in.skipChildren();
                return strings;
            }
            while (in.nextToken() != JsonToken.END_ARRAY && in.currentToken() != null) {
                if (in.currentToken() == JsonToken.VALUE_STRING) {
                    strings.add(in.getText());
                } else {
                    in.skipChildren();
                }
            }
            return strings;
        }

        private void object(JsonToken value, Map<String, String> into) throws IOException {
            if (value != JsonToken.START_OBJECT) {
                in.skipChildren();
                return;
            }
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String path = in.currentName();
                if (in.nextToken() == JsonToken.VALUE_STRING) {
                    into.put(path, in.getText());
                } else {
                    in.skipChildren();
                }
            }
        }
    }
}
