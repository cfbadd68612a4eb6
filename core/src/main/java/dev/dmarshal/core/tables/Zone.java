package dev.dmarshal.core.tables;

/**
 * A range of memory that devices have no business in.
 *
 * @param name  what lies there, for people
 * @param first first address
 * @param last  last address
 * @param label of the finding if a device can write it
 */
public record Zone(String name, long first, long last, String label) {

    /** The range as people write it. */
    public String range() {
        return "0x%x-0x%x".formatted(first, last);
    }
}
