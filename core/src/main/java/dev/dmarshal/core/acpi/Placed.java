package dev.dmarshal.core.acpi;

/**
 * A structure and where it lies.
 *
 * @param offset      from the start of the table, bytes
 * @param lengthBytes bytes that it has in the table, which may be fewer than it claims
 * @param value       the structure
 * @param <T>         its type
 */
public record Placed<T>(int offset, int lengthBytes, T value) {

    /** First offset behind it. */
    public int end() {
        return offset + lengthBytes;
    }
}
