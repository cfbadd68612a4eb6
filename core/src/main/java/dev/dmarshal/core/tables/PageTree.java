package dev.dmarshal.core.tables;

/**
 * A tree of paging structures. Two devices with equal trees share them.
 *
 * @param top        physical address of the top table
 * @param levels     3 to 5
 * @param firstStage first-stage format, otherwise second-stage
 */
public record PageTree(long top, int levels, boolean firstStage) {

    /** Bits of an input address. */
    public int width() {
        return 12 + 9 * levels;
    }

    /** For people. */
    @Override
    public String toString() {
        return "%s-stage tables of %d levels at 0x%x".formatted(firstStage ? "first" : "second", levels, top);
    }
}
