package dev.dmarshal.host.holders;

import dev.dmarshal.host.HostRoot;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What udev noted of a block device: {@code /run/udev/data/bMAJOR:MINOR}, lines {@code E:KEY=VALUE} (systemd, src/libsystemd/sd-device). */
record UdevRecord(String path, Map<String, String> properties) {

    static Optional<UdevRecord> ofBlock(HostRoot host, String device) {
        String path = "/run/udev/data/b" + device;
        return host.text(path).present().map(text -> {
            Map<String, String> properties = new HashMap<>();
            for (String line : text.split("\n")) {
                int equals = line.indexOf('=');
                if (line.startsWith("E:") && equals > 2) {
                    properties.put(line.substring(2, equals), line.substring(equals + 1));
                }
            }
            return new UdevRecord(path, Map.copyOf(properties));
        });
    }

    Optional<String> get(String key) {
        return Optional.ofNullable(properties.get(key));
    }
}
