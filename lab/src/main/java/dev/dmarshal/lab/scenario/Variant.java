package dev.dmarshal.lab.scenario;

import java.util.Set;

/**
 * How the remapping unit under test is built. The names are those of the command line.
 *
 * <p>A unit of QEMU offers either second-stage or first-stage tables in scalable mode, never both.
 */
public enum Variant {
    /** Legacy mode, 39-bit addresses (three levels). */
    LEGACY39("legacy39", 39, Mode.LEGACY),
    /** Legacy mode, 48-bit addresses (three or four levels). */
    LEGACY48("legacy48", 48, Mode.LEGACY),
    /** Legacy mode, 48-bit addresses, caching mode (CAP.CM) on. */
    CACHING48("caching48", 48, Mode.LEGACY, Feature.CACHING_MODE),
    /** Legacy mode with all that QEMU can add to it; a QEMU that lacks one of the features goes without it. */
    FEATURES48("features48", 48, Mode.LEGACY, Feature.EXTENDED_INTERRUPTS, Feature.DEVICE_TLB, Feature.SNOOP_CONTROL),
    /** Scalable mode with second-stage tables, 48-bit addresses. */
    SCALABLE("scalable", 48, Mode.SECOND_STAGE),
    /** Scalable mode with second-stage tables, 39-bit addresses. */
    SCALABLE39("scalable39", 39, Mode.SECOND_STAGE),
    /** Scalable mode with second-stage tables and all that QEMU can add to it. */
    FEATURES_SCALABLE("features-scalable", 48, Mode.SECOND_STAGE, Feature.EXTENDED_INTERRUPTS, Feature.DEVICE_TLB, Feature.SNOOP_CONTROL),
    /** Scalable mode with first-stage tables; QEMU 10 and later. */
    FIRST_STAGE("first-stage", 48, Mode.FIRST_STAGE);

    /** Which tables requests walk. */
    public enum Mode {
        /** Root and context tables of legacy mode, second-stage paging. */
        LEGACY,
        /** Scalable-mode tables, second-stage paging. */
        SECOND_STAGE,
        /** Scalable-mode tables, first-stage paging. */
        FIRST_STAGE
    }

    private final String word;
    private final int addressWidth;
    private final Mode mode;
    private final Set<Feature> features;

    Variant(String word, int addressWidth, Mode mode, Feature... features) {
        this.word = word;
        this.addressWidth = addressWidth;
        this.mode = mode;
        this.features = Set.of(features);
    }

    /** The variant of this name; {@link IllegalArgumentException} for others. */
    public static Variant of(String word) {
        for (Variant variant : values()) {
            if (variant.word.equals(word)) {
                return variant;
            }
        }
        throw new IllegalArgumentException("no variant is called " + word);
    }

    /** The host address width that QEMU is told ({@code aw-bits}): it bounds input addresses and table pointers alike. */
    public int addressWidth() {
        return addressWidth;
    }

    /** The tables in use. */
    public Mode mode() {
        return mode;
    }

    /** Whether root and context tables have the layout of scalable mode. */
    public boolean scalable() {
        return mode != Mode.LEGACY;
    }

    /** Features beyond the mode. */
    public Set<Feature> features() {
        return features;
    }

    /** Whether it has the feature, if QEMU offers it. */
    public boolean has(Feature feature) {
        return features.contains(feature);
    }

    @Override
    public String toString() {
        return word;
    }
}
