package dev.dmarshal.host.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import dev.dmarshal.core.fault.LogScanner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/**
 * Entries of {@code journalctl -o json} as the lines that dmesg would print. {@code MESSAGE} is a string, or an array of bytes if it is no UTF-8
 * (systemd docs/JOURNAL_EXPORT_FORMATS.md); a message of several lines becomes several lines.
 */
final class JournalJson {

    private final LogScanner scanner;
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();
    private Optional<String> micros = Optional.empty();
    private Optional<String> wall = Optional.empty();
    private boolean source;

    JournalJson(LogScanner scanner) {
        this.scanner = scanner;
    }

    /** Reads to the end, or to where it is JSON no more; then says so. */
    Optional<String> read(InputStream in) {
        JsonFactory factory = JsonFactory.builder().enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS).build();
        long entries = 0;
        try (JsonParser parser = factory.createParser(in)) {
            while (parser.nextToken() != null) {
                if (parser.currentToken() == JsonToken.START_OBJECT) {
                    entry(parser);
                    entries++;
                }
            }
            return Optional.empty();
        } catch (StreamReadException e) {
            return Optional.of("no JSON after " + entries + " entries: " + e.getOriginalMessage());
        } catch (IOException e) {
            return Optional.of("damaged after " + entries + " entries: " + e.getMessage());
        }
    }

    private void entry(JsonParser parser) throws IOException {
        message.reset();
        micros = Optional.empty();
        wall = Optional.empty();
        source = false;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (name) {
                case "MESSAGE" -> message(parser, value);
                case "_SOURCE_MONOTONIC_TIMESTAMP" -> {
                    micros = Optional.ofNullable(parser.getValueAsString());
                    source = true;
                }
                case "__MONOTONIC_TIMESTAMP" -> micros = source ? micros : Optional.ofNullable(parser.getValueAsString());
                case "__REALTIME_TIMESTAMP" -> wall = Optional.ofNullable(parser.getValueAsString());
                default -> parser.skipChildren();
            }
        }
        give();
    }

    private void message(JsonParser parser, JsonToken value) throws IOException {
        if (value == JsonToken.START_ARRAY) {
            while (parser.nextToken() != JsonToken.END_ARRAY && parser.currentToken() != null) {
                if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
                    message.write(parser.getValueAsInt());
                } else {
                    parser.skipChildren();
                }
            }
        } else if (value == JsonToken.VALUE_STRING) {
            message.writeBytes(parser.getText().getBytes(StandardCharsets.UTF_8));
        } else {
            parser.skipChildren();
        }
    }

    private void give() {
        if (message.size() == 0) {
            return;
        }
        byte[] prefix = micros.filter(text -> text.matches("[0-9]{1,15}")).map(JournalJson::stamp)
                .or(() -> wall.filter(text -> text.matches("[0-9]{1,16}")).map(JournalJson::date)).orElse("").getBytes(StandardCharsets.US_ASCII);
        message.write('\n');
        byte[] bytes = message.toByteArray();
        scanner.scan(prefix, 0, prefix.length);
        scanner.scan(bytes, 0, bytes.length);
    }

    /** Where nothing tells the time since boot, such as in entries that were filtered: what {@code -o short-iso-precise} would begin the line with. */
    private static String date(String text) {
        long value = Long.parseLong(text);
        return Instant.ofEpochSecond(value / 1_000_000, value % 1_000_000 * 1_000) + " host kernel: ";
    }

    private static String stamp(String text) {
        long value = Long.parseLong(text);
        String fraction = Long.toString(1_000_000 + value % 1_000_000).substring(1);
        return "[" + value / 1_000_000 + "." + fraction + "] ";
    }
}
