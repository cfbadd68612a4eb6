package dev.dmarshal.lab.compare;

/**
 * A reviewed row of {@code qemu-differences.txt}: a place where QEMU is known not to follow the architecture.
 *
 * @param id     one word
 * @param from   first QEMU version with it, as major * 100 + minor
 * @param before first QEMU version without it, likewise; {@link Integer#MAX_VALUE} when none is known
 * @param where  the condition in words
 * @param why    what QEMU does, and what the architecture says
 * @param source where that is known from
 */
public record KnownDifference(String id, int from, int before, String where, String why, String source) {

    /** Whether that version of QEMU has it. */
    public boolean concerns(int major, int minor) {
        int version = major * 100 + minor;
        return version >= from && version < before;
    }
}
