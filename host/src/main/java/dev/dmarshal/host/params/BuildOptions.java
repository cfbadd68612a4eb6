package dev.dmarshal.host.params;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of a kernel's build configuration.
 *
 * @param values option names ({@code CONFIG_…}) to their values; an option that was read as not set has the value {@code n}
 */
public record BuildOptions(Map<String, String> values) {

    /** Nothing is known. */
    public static final BuildOptions UNKNOWN = new BuildOptions(Map.of());

    /** Keeps an own copy. */
    public BuildOptions {
        values = Map.copyOf(values);
    }

    /** Reads the text of {@code /boot/config-…} or {@code /proc/config.gz}; lines of any other form are passed over. */
    public static BuildOptions parse(String text) {
        Map<String, String> values = new HashMap<>();
        text.lines().map(String::strip).forEach(line -> {
            int equals = line.indexOf('=');
            if (line.startsWith("CONFIG_") && equals > 0) {
                values.put(line.substring(0, equals), line.substring(equals + 1));
            } else if (line.startsWith("# CONFIG_") && line.endsWith(" is not set")) {
                values.put(line.substring(2, line.length() - " is not set".length()), "n");
            }
        });
        return new BuildOptions(values);
    }

    /** Whether an option is set; empty when that is not known. In a configuration that was read, an option that is not mentioned is not known either. */
    public Optional<Boolean> isSet(String option) {
        return Optional.ofNullable(values.get(option)).map(value -> !"n".equals(value));
    }
}
