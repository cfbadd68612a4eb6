package dev.dmarshal.core.image;

/**
 * Something about an image or the tables in it that people should know.
 *
 * @param label  stable name; the reviewed table of texts has a row for it
 * @param detail what was seen where
 */
public record ImageFinding(String label, String detail) {
    /** The file ends before the memory that its headers promise. */
    public static final String TRUNCATED = "image-truncated";
    /** Headers contradict themselves or the file. */
    public static final String HEADER = "image-header";
    /** More of something than is read. */
    public static final String LIMIT = "image-limit";
    /** Pages are stored in a way that cannot be decoded. */
    public static final String CODEC = "image-codec";

    static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
