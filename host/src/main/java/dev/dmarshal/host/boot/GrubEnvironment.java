package dev.dmarshal.host.boot;

import java.util.HashMap;
import java.util.Map;

/** The variables of a {@code grubenv}: lines {@code name=value} behind a heading, filled up with {@code #} (GRUB manual, "The GRUB environment block"). */
final class GrubEnvironment {

    private GrubEnvironment() {
    }

    static Map<String, String> parse(String text) {
        Map<String, String> values = new HashMap<>();
        text.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.put(line.substring(0, equals), line.substring(equals + 1).replace("\\\\", "\\"));
            }
        });
        return values;
    }
}
