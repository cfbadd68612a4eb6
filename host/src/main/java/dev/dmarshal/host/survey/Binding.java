package dev.dmarshal.host.survey;

import java.util.Optional;

/**
 * Which driver has a function.
 *
 * @param measured whether that could be seen
 * @param driver   the driver; empty if none has it
 * @param override {@code driver_override}, if one is set
 */
public record Binding(boolean measured, Optional<String> driver, Optional<String> override) {
}
