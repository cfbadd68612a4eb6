package dev.dmarshal.cli;

import dev.dmarshal.host.survey.Made;
import java.util.Optional;

/** Names of devices for people. */
final class Names {

    /** Without a list of names. */
    static final Names NONE = new Names();

    private Names() {
    }

    Optional<String> of(Made made) {
        return Optional.empty();
    }
}
