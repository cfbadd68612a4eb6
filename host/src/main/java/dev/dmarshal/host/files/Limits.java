package dev.dmarshal.host.files;

/**
 * What an archive from a stranger may cost.
 *
 * @param entries       most entries looked at
 * @param fileBytes     most bytes kept of one file that is no log
 * @param logBytes      most bytes kept of one log
 * @param keptBytes     most bytes kept in all, names included
 * @param unpackedBytes most bytes unpacked in all, kept or not
 * @param ratio         most bytes unpacked for each packed one, once {@link #ratioFrom} bytes are unpacked
 * @param ratioFrom     bytes before which the ratio is not asked
 */
public record Limits(int entries, int fileBytes, int logBytes, long keptBytes, long unpackedBytes, long ratio, long ratioFrom) {

    /** What every archive is opened with. The kept bytes fit the heap that the launcher gives; a capture of 10,000 functions needs half of them. */
    public static final Limits STANDARD = new Limits(2_000_000, 4 << 20, 24 << 20, 96L << 20, 8L << 30, 2_000, 64L << 20);

    /** What one entry costs beside its content: its name and the objects that hold it. */
    static final int ENTRY_BYTES = 96;
}
