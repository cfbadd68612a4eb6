package dev.dmarshal.host.boot;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The {@code kernel_options} of kernelstub's configuration, JSON with a {@code default} and a {@code user} part; the user's part counts
 * (github.com/pop-os/kernelstub).
 */
final class KernelstubSettings {

    private KernelstubSettings() {
    }

    static Optional<String> options(String json) {
        Optional<String> found = Optional.empty();
        try (JsonParser in = new JsonFactory().createParser(json)) {
            String part = "";
            int depth = 0;
            while (in.nextToken() != null) {
                if (in.currentToken() == JsonToken.START_OBJECT) {
                    depth++;
                } else if (in.currentToken() == JsonToken.END_OBJECT) {
                    depth--;
                } else if (in.currentToken() == JsonToken.FIELD_NAME) {
                    String key = in.currentName();
                    part = depth == 1 ? key : part;
                    if (depth == 2 && key.equals("kernel_options") && (part.equals("user") || found.isEmpty())) {
                        found = Optional.of(value(in));
                    }
                }
            }
        } catch (IOException e) {
            return found;
        }
        return found;
    }

    /** An array of words, or one text on old versions. */
    private static String value(JsonParser in) throws IOException {
        if (in.nextToken() != JsonToken.START_ARRAY) {
            return in.getValueAsString("");
        }
        List<String> words = new ArrayList<>();
        while (in.nextToken() == JsonToken.VALUE_STRING) {
            words.add(in.getText());
        }
        return String.join(" ", words);
    }
}
