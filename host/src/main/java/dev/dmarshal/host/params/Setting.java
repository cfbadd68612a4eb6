package dev.dmarshal.host.params;

import java.util.Optional;

/**
 * The answer to one question about the host, with what decides it.
 *
 * @param state yes, no or not known
 * @param reason why, in a sentence
 * @param token the token that decides; empty when a default does
 */
public record Setting(State state, String reason, Optional<Token> token) {

    /** Three answers; not known is neither of the others. */
    public enum State {
        /** Yes. */
        YES,
        /** No. */
        NO,
        /** What is known does not decide it. */
        UNKNOWN
    }

    static Setting byDefault(State state, String reason) {
        return new Setting(state, reason, Optional.empty());
    }
}
