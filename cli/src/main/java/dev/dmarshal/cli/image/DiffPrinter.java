package dev.dmarshal.cli.image;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.dmarshal.core.tables.MappingSink;
import dev.dmarshal.core.tables.RunDifference;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** Differences between two images, as text or as JSON in the form of {@code docs/schema/diff-1.json}; written as they are found. */
abstract sealed class DiffPrinter implements RunDifference.Listener {
    private long differences;

    static DiffPrinter text(PrintWriter out) {
        return new Text(out);
    }

    static DiffPrinter json(PrintWriter out) throws IOException {
        return new Json(out);
    }

    /** How many differences there were. */
    long differences() {
        return differences;
    }

    abstract void start(Path before, Path after) throws IOException;

    abstract void device(String who, String was, String is) throws IOException;

    abstract void endDevice() throws IOException;

    /** Ends; says whether everything could be compared. */
    abstract void end(boolean complete) throws IOException;

    abstract void change(String kind, long input, long sizeBytes, String was, String is) throws IOException;

    void count() {
        differences++;
    }

    private void tell(String kind, long input, long sizeBytes, String was, String is) {
        count();
        try {
            change(kind, input, sizeBytes, was, is);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void removed(long input, long output, long sizeBytes, int rights) {
        tell("removed", input, sizeBytes, end(output, rights), "");
    }

    @Override
    public void added(long input, long output, long sizeBytes, int rights) {
        tell("added", input, sizeBytes, "", end(output, rights));
    }

    @Override
    public void changed(long input, long sizeBytes, long outputBefore, int rightsBefore, long outputAfter, int rightsAfter) {
        tell("changed", input, sizeBytes, end(outputBefore, rightsBefore), end(outputAfter, rightsAfter));
    }

    private static String end(long output, int rights) {
        return "0x%x %s%s%s".formatted(output, (rights & MappingSink.READ) != 0 ? "R" : "", (rights & MappingSink.WRITE) != 0 ? "W" : "",
                (rights & MappingSink.EXECUTE) != 0 ? "X" : "");
    }

    private static final class Text extends DiffPrinter {
        private final PrintWriter out;

        private Text(PrintWriter out) {
            this.out = out;
        }

        @Override
        void start(Path before, Path after) {
            out.println("- " + before);
            out.println("+ " + after);
        }

        @Override
        void device(String who, String was, String is) {
            if (was.equals(is)) {
                out.println(who + ": " + is);
            } else {
                count();
                out.println(who + ": was " + was + "; is " + is);
            }
        }

        @Override
        void change(String kind, long input, long sizeBytes, String was, String is) {
            StringBuilder size = new StringBuilder();
            MappingsText.size(sizeBytes, size);
            String sign = switch (kind) {
                case "removed" -> "-";
                case "added" -> "+";
                default -> "~";
            };
            out.println("  %s 0x%012x %10s  %s%s%s".formatted(sign, input, size, was, kind.equals("changed") ? " -> " : "", is));
        }

        @Override
        void endDevice() {
            out.println();
        }

        @Override
        void end(boolean complete) {
            out.println(differences() == 0 ? "No difference." : differences() + " differences.");
            out.flush();
        }
    }

    private static final class Json extends DiffPrinter {
        private final PrintWriter writer;
        private final JsonGenerator out;

        private Json(PrintWriter writer) throws IOException {
            this.writer = writer;
            this.out = new JsonFactory().createGenerator(writer);
            out.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
        }

        @Override
        void start(Path before, Path after) throws IOException {
            out.writeStartObject();
            out.writeNumberField("schema", 1);
            out.writeStringField("before", before.toString());
            out.writeStringField("after", after.toString());
            out.writeArrayFieldStart("devices");
        }

        @Override
        void device(String who, String was, String is) throws IOException {
            if (!was.equals(is)) {
                count();
            }
            out.writeStartObject();
            out.writeStringField("device", who);
            out.writeStringField("was", was);
            out.writeStringField("is", is);
            out.writeArrayFieldStart("changes");
        }

        @Override
        void change(String kind, long input, long sizeBytes, String was, String is) throws IOException {
            out.writeStartObject();
            out.writeStringField("kind", kind);
            out.writeStringField("iova", ImageJson.hex(input));
            out.writeNumberField("bytes", sizeBytes);
            ImageJson.orNull(out, "was", was.isEmpty() ? null : was);
            ImageJson.orNull(out, "is", is.isEmpty() ? null : is);
            out.writeEndObject();
        }

        @Override
        void endDevice() throws IOException {
            out.writeEndArray();
            out.writeEndObject();
        }

        @Override
        void end(boolean complete) throws IOException {
            out.writeEndArray();
            out.writeBooleanField("complete", complete);
            out.writeEndObject();
            out.close();
            writer.println();
            writer.flush();
        }
    }
}
