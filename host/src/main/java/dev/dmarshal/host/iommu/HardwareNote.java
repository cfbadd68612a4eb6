package dev.dmarshal.host.iommu;

/**
 * Something that is known of a chipset or board by its name.
 *
 * @param about    which chipset or board
 * @param standing how it stands with its IOMMU
 * @param says     in a sentence
 * @param source   where that is from
 */
public record HardwareNote(String about, Standing standing, String says, String source) {

    /** How hardware stands with its IOMMU. */
    public enum Standing {
        /** It has one that was seen to work. */
        WORKS,
        /** It has one, which firmware has to offer and often does not. */
        FIRMWARE_DECIDES,
        /** It works only with other firmware or another setting. */
        NEEDS,
        /** It has one with a defect. */
        FLAWED,
        /** It has none, or firmware withholds it. */
        LACKS
    }
}
