package dev.dmarshal.lab.scenario;

/**
 * A spot of memory that tells who touched it: a descriptor which an E1000 obeys, and a slot that an RTL8139 zeroes.
 *
 * <p>A descriptor names a length of {@code 8 * number} bytes at FEE00000h, where reads are answered without translation and without data;
 * the card then counts a packet of that length, which says which bait it read. Where the descriptor asks for a report, the card writes it
 * back with its done bit set.
 *
 * @param number  1 to 255
 * @param address a multiple of {@link #SIZE_BYTES}
 */
public record Bait(int number, long address) {

    /** Bytes that a bait covers. */
    public static final int SIZE_BYTES = 128;
    /** Where in a bait the slot for plain writes begins. */
    public static final int SLOT_OFFSET = 64;
    /** Bytes of length for each step of the number. */
    public static final int LENGTH_UNIT = 8;
    /** What fills the slot until someone writes to it. */
    public static final long SLOT_PATTERN = 0xa5a5_a5a5_a5a5_a5a5L;
    /** Set in the second word of the descriptor by a card that reports. */
    public static final long DONE = 1L << 32;

    private static final long BUFFER = 0xfee0_0000L;
    private static final long END_OF_PACKET = 1L << 24;
    private static final long REPORT_STATUS = 1L << 27;

    /** Refuses numbers that do not fit a packet's length, and unaligned addresses. */
    public Bait {
        if (number < 1 || number > 255 || (address & SIZE_BYTES - 1) != 0) {
            throw new IllegalArgumentException("no bait: " + number + " at 0x" + Long.toHexString(address));
        }
    }

    /** First word of the descriptor. */
    public long firstWord() {
        return BUFFER;
    }

    /** Second word of the descriptor; {@code report} asks the card to write it back. The topmost 16 bits repeat the number. */
    public long secondWord(boolean report) {
        return (long) number * LENGTH_UNIT | END_OF_PACKET | (report ? REPORT_STATUS : 0) | (long) number << 48;
    }

    /** Whether an access at this IOVA could meet this bait: translation keeps the low 12 bits. */
    public boolean fits(long iova) {
        return (address & 0xfff & -SIZE_BYTES) == (iova & 0xfff & -SIZE_BYTES);
    }
}
