package dev.dmarshal.host.params;

import java.util.Optional;

/**
 * The verdict on one piece of a token's value.
 *
 * @param part the piece; empty for a token without a value
 * @param verdict what it does
 */
public record PartReview(Optional<String> part, Verdict verdict) {
}
