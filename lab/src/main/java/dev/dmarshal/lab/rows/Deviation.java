package dev.dmarshal.lab.rows;

/**
 * A way in which QEMU is known to be wrong. A row that names one must come out different on the versions concerned.
 *
 * @param name   one word
 * @param from   first version, as major * 100 + minor
 * @param before first version without it
 * @param never  whether the row must not be played there at all (QEMU ends)
 * @param why    what QEMU does instead
 */
public record Deviation(String name, int from, int before, boolean never, String why) {

    /** Whether a version of QEMU is concerned. */
    public boolean concerns(int version) {
        return version >= from && version < before;
    }
}
