package dev.dmarshal.doctor.finding;

import java.util.Optional;

/**
 * One reason to believe or doubt a finding.
 *
 * @param says what it shows, one sentence
 * @param line the log line or file that shows it, as written
 * @param at   where that stands, such as {@code messages.log:12}
 */
public record Evidence(String says, Optional<String> line, Optional<String> at) {

    /** Evidence that follows from other evidence and has no line of its own. */
    public static Evidence that(String says) {
        return new Evidence(says, Optional.empty(), Optional.empty());
    }
}
