package dev.dmarshal.core.acpi;

/**
 * What a maker of tables may choose in the header. Texts are filled up with zero bytes.
 *
 * @param signature       up to four characters
 * @param revision        0 to 255
 * @param oemId           up to six characters
 * @param oemTableId      up to eight characters
 * @param oemRevision     32 bits
 * @param creatorId       up to four characters
 * @param creatorRevision 32 bits
 */
public record HeaderFields(String signature, int revision, String oemId, String oemTableId, long oemRevision, String creatorId, long creatorRevision) {

    /** The fields of tables that dmarshal makes. */
    public static HeaderFields own(String signature, int revision) {
        return new HeaderFields(signature, revision, "DMRSHL", "DMARSHAL", 1, "DMSH", 1);
    }
}
