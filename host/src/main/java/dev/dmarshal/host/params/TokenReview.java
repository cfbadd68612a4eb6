package dev.dmarshal.host.params;

import java.util.List;

/**
 * What one token does.
 *
 * @param token the token
 * @param parts one verdict for each piece of its value, at least one
 */
public record TokenReview(Token token, List<PartReview> parts) {

    /** Keeps an own copy of the list. */
    public TokenReview {
        parts = List.copyOf(parts);
    }
}
