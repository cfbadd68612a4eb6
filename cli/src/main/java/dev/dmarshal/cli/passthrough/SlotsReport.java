package dev.dmarshal.cli.passthrough;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.dmarshal.cli.page.JsonFields;
import dev.dmarshal.cli.page.Page;
import dev.dmarshal.passthrough.xen.ConfigReview;
import dev.dmarshal.passthrough.xen.VirtualSlots;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Where a guest sees each device of its configuration, for people and programs. */
record SlotsReport(ConfigReview review) {

    void write(Page page, boolean known) {
        String whose = (known ? "Xen " : "No Xen here and none named: as since Xen ") + review.release();
        page.paragraph(0, whose + ". " + switch (review.model().kind()) {
            case HVM -> hvm();
            case PV -> "This is a PV guest: pciback makes its bus, and numbers the cards from slot 0 on, whatever slot is asked for; functions of a card keep"
                    + " together and keep their numbers.";
            case PVH -> "This is a PVH guest.";
        });
        review.model().notes().forEach(note -> page.paragraph(0, note));
        for (ConfigReview.Row row : review.rows()) {
            page.blank().line(0, row.text());
            row.places().forEach(place -> page.line(2, place.device() + " is " + seen(place) + " in the guest"));
            row.notes().forEach(note -> page.paragraph(2, note));
            row.troubles().forEach(trouble -> page.paragraph(2, "not so: " + trouble));
        }
    }

    private String hvm() {
        VirtualSlots slots = new VirtualSlots(review.release(), review.model().slots().keySet());
        String own = review.model().slots().entrySet().stream().map(slot -> Integer.toHexString(slot.getKey()) + " " + slot.getValue())
                .collect(Collectors.joining("; "));
        return "An HVM guest has 32 slots, of which its device model has " + review.model().slots().size() + " (" + own + "); "
                + (slots.anySlot() ? "any other may be asked for" : "6 and 7 are for passthrough, and none can be asked for") + ". " + (slots.multifunction()
                        ? "A card's functions keep together where one entry names them; one that is named alone is function 0."
                        : "Each function is function 0 of a slot of its own.");
    }

    void writeJson(PrintWriter out) throws IOException {
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeNumberField("schema", 1);
            json.writeStringField("xen", review.release().toString());
            writeGuest(json);
            json.writeArrayFieldStart("entries");
            for (ConfigReview.Row row : review.rows()) {
                json.writeStartObject();
                json.writeStringField("text", row.text());
                json.writeArrayFieldStart("places");
                for (VirtualSlots.Place place : row.places()) {
                    json.writeStartObject();
                    json.writeStringField("device", place.device());
                    json.writeStringField("guest", seen(place));
                    json.writeEndObject();
                }
                json.writeEndArray();
                JsonFields.texts(json, "troubles", row.troubles());
                JsonFields.texts(json, "notes", row.notes());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }

    private void writeGuest(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("guest");
        json.writeStringField("kind", review.model().kind().name().toLowerCase(Locale.ROOT));
        json.writeArrayFieldStart("deviceModel");
        for (Map.Entry<Integer, String> slot : review.model().slots().entrySet()) {
            json.writeStartObject();
            json.writeNumberField("slot", slot.getKey());
            json.writeStringField("device", slot.getValue());
            json.writeEndObject();
        }
        json.writeEndArray();
        JsonFields.texts(json, "notes", review.model().notes());
        json.writeEndObject();
    }

    private static String seen(VirtualSlots.Place place) {
        return (place.slot() < 16 ? "0" : "") + Integer.toHexString(place.slot()) + "." + place.function();
    }
}
