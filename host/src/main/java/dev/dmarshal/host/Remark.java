package dev.dmarshal.host;

/**
 * Something about a source that whoever judges by it should know: that it is damaged, that part of it was left out, that it is of a later version.
 *
 * @param label what sort, stable across versions, such as {@code archive-damaged}
 * @param text  in words
 */
public record Remark(String label, String text) {
}
