package dev.dmarshal.host.params;

import java.util.Optional;

/**
 * One word of a command line.
 *
 * @param index which word it is, from 0
 * @param offset where it starts in the text, in characters
 * @param raw as it is written, quotes included
 * @param name what stands before the first {@code =}, without quotes
 * @param value what stands behind it, without quotes; empty when there is no {@code =}
 * @param handedOn whether it stands behind {@code --}, and so is for init (Linux) or for dom0's kernel (Xen)
 */
public record Token(int index, int offset, String raw, String name, Optional<String> value, boolean handedOn) {
}
