package dev.dmarshal.host.survey;

import java.util.Optional;

/**
 * Power of a function.
 *
 * @param state       {@code power_state} of sysfs, such as {@code D0}
 * @param coldAllowed whether {@code d3cold_allowed}
 */
public record PowerFacts(Optional<String> state, Optional<Boolean> coldAllowed) {
}
