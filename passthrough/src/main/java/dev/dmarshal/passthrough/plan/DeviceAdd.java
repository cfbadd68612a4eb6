package dev.dmarshal.passthrough.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The QMP command that plugs a host function into a guest of plain QEMU ({@code device_add}, qapi/qdev.json, with the properties of hw/vfio/pci.c).
 *
 * <p>Flags go out as JSON's own booleans: since QEMU's device_add no longer goes through QemuOpts, it takes them only so, and older ones take both.
 *
 * @param device  the host's address of the function, {@code dddd:bb:dd.f}
 * @param options properties of the guest's side: {@code bus}, {@code addr}, {@code multifunction}…
 */
public record DeviceAdd(String device, Map<String, String> options) {

    private static final JsonMapper MAPPER = new JsonMapper();

    /** Keeps its own copy, in the order of names. */
    public DeviceAdd {
        options = Collections.unmodifiableMap(new TreeMap<>(options));
    }

    /** The arguments, in the order in which they are sent. */
    public Map<String, Object> arguments() {
        Map<String, Object> arguments = new LinkedHashMap<>();
        arguments.put("driver", "vfio-pci");
        arguments.put("id", "hostdev-" + device.replace(':', '-').replace('.', '-'));
        arguments.put("host", device);
        options.forEach((name, value) -> arguments.put(name, name.equals("multifunction") ? (Object) value.equals("on") : value));
        return arguments;
    }

    /** The whole command, as it could be typed into a monitor. */
    public String json() {
        Map<String, Object> command = new LinkedHashMap<>();
        command.put("execute", "device_add");
        command.put("arguments", arguments());
        try {
            return MAPPER.writeValueAsString(command);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("strings and booleans are always JSON", e);
        }
    }
}
