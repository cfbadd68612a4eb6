package dev.dmarshal.core.pci.config;

/**
 * Something in a configuration space that should not be so. Reading went on where it was safe.
 *
 * @param label  stable name, such as {@code capability-loop}
 * @param offset where, in bytes from the start of the space
 * @param text   what, in words
 */
public record ConfigFinding(String label, int offset, String text) {
}
