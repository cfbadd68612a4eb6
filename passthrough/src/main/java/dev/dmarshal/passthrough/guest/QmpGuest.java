package dev.dmarshal.passthrough.guest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dmarshal.core.pci.DeviceNotation;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.Reading;
import dev.dmarshal.passthrough.plan.Condition;
import dev.dmarshal.passthrough.plan.Deed;
import dev.dmarshal.passthrough.plan.DeviceAdd;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A guest that plain QEMU runs, through its QMP socket. A device is found by the {@code host} property of {@code vfio-pci} (hw/vfio/pci.c), whoever plugged it
 * in and under whatever id.
 */
final class QmpGuest implements GuestPort {

    private static final String PERIPHERAL = "/machine/peripheral";
    private static final Duration SHORT = Duration.ofSeconds(10);

    private final Path socket;

    QmpGuest(Path socket) {
        this.socket = socket;
    }

    @Override
    public Deed attach(String device, Map<String, String> options, Duration limit) {
        try (QmpConnection qemu = QmpConnection.open(socket, SHORT)) {
            qemu.execute("device_add", new DeviceAdd(device, options).arguments(), limit);
            return new Deed.Done();
        } catch (IOException e) {
            return new Deed.Refused(words(e));
        }
    }

    @Override
    public Reading<GuestLayout> layout() {
        try (QmpConnection qemu = QmpConnection.open(socket, SHORT)) {
            Map<String, Sbdf> hosts = new LinkedHashMap<>();
            for (Map.Entry<String, String> one : hosts(qemu).entrySet()) {
                DeviceNotation.parse(one.getValue()).function().ifPresent(function -> hosts.put(one.getKey(), function));
            }
            return new Reading.Present<>(socket.toString(), QmpLayout.of(qemu.execute("query-pci", Map.of(), SHORT), hosts));
        } catch (IOException e) {
            return new Reading.Denied<>(socket.toString(), words(e));
        }
    }

    @Override
    public Deed detach(String device, Map<String, String> options, Duration limit) {
        try (QmpConnection qemu = QmpConnection.open(socket, SHORT)) {
            Optional<String> id = id(qemu, device);
            if (id.isEmpty()) {
                return new Deed.Refused("the guest has no device " + device + " with an id");
            }
            qemu.execute("device_del", Map.of("id", id.get()), limit);
            Optional<JsonNode> event = qemu.event(message -> isAbout(message, id.get()), limit);
            if (event.isEmpty()) {
                return new Deed.Refused("the guest has not let go of " + device + " within " + limit.toSeconds() + " s; it may still do so");
            }
            return event.get().path("event").asText().equals("DEVICE_DELETED") ? new Deed.Done() : new Deed.Refused("the guest refused to let go of " + device);
        } catch (IOException e) {
            return new Deed.Refused(words(e));
        }
    }

    /** DEVICE_UNPLUG_GUEST_ERROR is the guest's "no" since QEMU 6.2; MEM_UNPLUG_ERROR and the like are of other devices. */
    private static boolean isAbout(JsonNode message, String id) {
        String event = message.path("event").asText();
        return (event.equals("DEVICE_DELETED") || event.equals("DEVICE_UNPLUG_GUEST_ERROR")) && message.path("data").path("device").asText().equals(id);
    }

    @Override
    public Condition.Answer look(String device, boolean has) {
        try (QmpConnection qemu = QmpConnection.open(socket, SHORT)) {
            boolean there = id(qemu, device).isPresent();
            return there == has ? new Condition.Holds() : new Condition.Fails(there ? "it has it" : "it does not have it");
        } catch (IOException e) {
            return new Condition.Unmeasured(words(e));
        }
    }

    private static Optional<String> id(QmpConnection qemu, String device) throws IOException {
        return hosts(qemu).entrySet().stream().filter(one -> one.getValue().equals(device)).map(Map.Entry::getKey).findFirst();
    }

    /** The host's functions that the guest has, by QEMU's id. */
    private static Map<String, String> hosts(QmpConnection qemu) throws IOException {
        Map<String, String> hosts = new LinkedHashMap<>();
        for (JsonNode child : qemu.execute("qom-list", Map.of("path", PERIPHERAL), SHORT)) {
            String id = child.path("name").asText();
            if (child.path("type").asText().equals("child<vfio-pci>")) {
                hosts.put(id, host(qemu, id));
            }
        }
        return hosts;
    }

    private static String host(QmpConnection qemu, String id) throws IOException {
        return qemu.execute("qom-get", Map.of("path", PERIPHERAL + "/" + id, "property", "host"), SHORT).asText();
    }

    private String words(IOException e) {
        return socket + ": " + e.getMessage();
    }
}
