package dev.dmarshal.trials;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The faults that {@code dmarshal doctor --json} lists, in words. */
final class FaultWords {

    private FaultWords() {
    }

    /** Each group of faults: kind, access, reason, device, addresses or index. */
    static List<String> of(String json) throws IOException {
        List<String> faults = new ArrayList<>();
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                if (name.equals("faults")) {
                    while (parser.nextToken() == JsonToken.START_OBJECT) {
                        faults.add(fault(parser));
                    }
                } else {
                    parser.skipChildren();
                }
            }
        }
        return faults;
    }

    private static String fault(JsonParser parser) throws IOException {
        Map<String, String> fields = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            if (parser.nextToken() == JsonToken.START_ARRAY && name.equals("indexes")) {
                StringBuilder indexes = new StringBuilder();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    indexes.append(indexes.isEmpty() ? "" : ",").append(parser.getText());
                }
                fields.put(name, indexes.toString());
            } else {
                fields.put(name, parser.getText());
                parser.skipChildren();
            }
        }
        String where = fields.get("kind").equals("interrupt") ? fields.get("indexes")
                : fields.get("lowest").equals(fields.get("highest")) ? fields.get("lowest") : fields.get("lowest") + "-" + fields.get("highest");
        return fields.get("kind") + " " + fields.get("access") + " 0x" + Integer.toHexString(Integer.parseInt(fields.get("reason"))) + " of "
                + fields.get("device") + " at "
                + where;
    }
}
