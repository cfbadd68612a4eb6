package dev.dmarshal.passthrough.wish;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dmarshal.core.pci.DeviceNotation;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.passthrough.guest.GuestLayout.Plugged;
import dev.dmarshal.passthrough.plan.Guest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What was taken out of a guest for its migration, as a file of its own ({@code docs/schema/migration-1.json}).
 *
 * @param guest   the guest
 * @param plugged what it had, and where
 */
record Remembered(Guest guest, List<Plugged> plugged) {

    private static final JsonMapper MAPPER = new JsonMapper();

    Remembered {
        plugged = List.copyOf(plugged);
    }

    String text() {
        ObjectNode root = MAPPER.createObjectNode().put("format", 1).put("via", guest.via()).put("guest", guest.name());
        for (Plugged one : plugged) {
            root.withArray("devices").addObject().put("host", one.host().toString()).put("guest", one.guest().map(Sbdf::toString).orElse(null))
                    .put("managed", one.managed());
        }
        return root.toPrettyString() + "\n";
    }

    static Remembered read(String text) throws JsonProcessingException {
        JsonNode root = MAPPER.readTree(text);
        List<Plugged> plugged = new ArrayList<>();
        for (JsonNode one : root.path("devices")) {
            Optional<Sbdf> host = DeviceNotation.parse(one.path("host").asText()).function();
            Optional<Sbdf> guest = one.path("guest").isTextual() ? DeviceNotation.parse(one.path("guest").asText()).function() : Optional.empty();
            plugged.add(new Plugged(host.orElseThrow(() -> new Strange("a device without an address")), guest, one.path("managed").asBoolean()));
        }
        if (root.path("format").asInt() != 1 || plugged.isEmpty()) {
            throw new Strange("not a memory of format 1");
        }
        return new Remembered(new Guest(root.path("via").asText(), root.path("guest").asText()), plugged);
    }

    /** JSON, but not what is written here. */
    private static final class Strange extends JsonProcessingException {
        private static final long serialVersionUID = 1;

        Strange(String message) {
            super(message);
        }
    }
}
