package dev.dmarshal.host.boot;

/**
 * Something that is not as whoever set up this machine probably means it.
 *
 * @param label  what sort, stable across versions, such as {@code not-regenerated}
 * @param title  in a sentence
 * @param why    what follows from it
 * @param remedy what to do about it; empty text if there is nothing to do
 */
public record BootFinding(String label, String title, String why, String remedy) {
}
