package dev.dmarshal.lab.rehearsal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.LabFailure.Kind;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Where the firmware put the parts of a machine, as QEMU's {@code query-pci} tells it (qapi/pci.json): bus numbers are not known before. */
final class PciPlaces {

    private static final JsonFactory JSON = new JsonFactory();

    private final Map<String, Sbdf> places = new HashMap<>();

    private PciPlaces() {
    }

    /** Names of parts to their addresses. */
    static Map<String, Sbdf> of(String answer) throws LabFailure {
        PciPlaces places = new PciPlaces();
        try (JsonParser json = JSON.createParser(answer)) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.FIELD_NAME && json.currentName().equals("devices")) {
                    json.nextToken();
                    places.devices(json);
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new LabFailure(Kind.GARBLED, "QEMU's answer to query-pci is not understood", e);
        }
        return Map.copyOf(places.places);
    }

    private void devices(JsonParser json) throws IOException {
        while (json.nextToken() == JsonToken.START_OBJECT) {
            device(json);
        }
    }

    private void device(JsonParser json) throws IOException {
        Optional<String> id = Optional.empty();
        int bus = 0;
        int slot = 0;
        int function = 0;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            switch (name) {
                case "qdev_id" -> id = Optional.of(json.getText());
                case "bus" -> bus = json.getIntValue();
                case "slot" -> slot = json.getIntValue();
                case "function" -> function = json.getIntValue();
                case "pci_bridge" -> bridge(json);
                default -> json.skipChildren();
            }
        }
        if (id.isPresent() && !id.get().isEmpty()) {
            places.put(id.get(), new Sbdf(0, bus, slot, function));
        }
    }

    private void bridge(JsonParser json) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            boolean devices = json.currentName().equals("devices");
            json.nextToken();
            if (devices) {
                devices(json);
            } else {
                json.skipChildren();
            }
        }
    }
}
