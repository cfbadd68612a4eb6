package dev.dmarshal.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the thread of one field report established ({@code label.json} of the corpus).
 *
 * @param confidence       confirmed, likely or unknown
 * @param answerable       whether an expert could infer the cause from the report alone
 * @param causeClass       class of the taxonomy
 * @param alsoAcceptable   further classes that count as right
 * @param establishedCause the cause in words
 */
record Label(String confidence, boolean answerable, String causeClass, List<String> alsoAcceptable, String establishedCause) {

    private static final JsonFactory JSON = new JsonFactory();

    /** Reads a label file; fields that this does not know are skipped. */
    static Label read(Path file) throws IOException {
        String confidence = "unknown";
        boolean answerable = false;
        String causeClass = "unknown";
        List<String> acceptable = new ArrayList<>();
        String cause = "";
        try (JsonParser json = JSON.createParser(file.toFile())) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                JsonToken value = json.nextToken();
                switch (name) {
                    case "confidence" -> confidence = json.getText();
                    case "answerable_from_report" -> answerable = json.getBooleanValue();
                    case "cause_class" -> causeClass = json.getText();
                    case "established_cause" -> cause = json.getText();
                    case "also_acceptable" -> {
                        while (value == JsonToken.START_ARRAY && json.nextToken() != JsonToken.END_ARRAY) {
                            acceptable.add(json.getText());
                        }
                    }
                    default -> json.skipChildren();
                }
            }
        }
        return new Label(confidence, answerable, causeClass, List.copyOf(acceptable), cause);
    }

    /** Whether {@code answer} is the class of the label or one that counts as right too. */
    boolean takes(String answer) {
        return causeClass.equals(answer) || alsoAcceptable.contains(answer);
    }

    /** Confidence and answerability as one key of the summary. */
    String stratum() {
        return confidence + (answerable ? ", answerable" : ", not answerable");
    }
}
