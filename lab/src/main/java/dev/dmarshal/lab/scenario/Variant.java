package dev.dmarshal.lab.scenario;

/**
 * How the remapping unit under test is built. The names are those of the command line.
 *
 * <p>A unit of QEMU offers either second-stage or first-stage tables in scalable mode, never both.
 */
public enum Variant {
    /** Legacy mode, 39-bit addresses (three levels). */
    LEGACY39("legacy39", 39, Mode.LEGACY, false),
    /** Legacy mode, 48-bit addresses (three or four levels). */
    LEGACY48("legacy48", 48, Mode.LEGACY, false),
    /** Legacy mode, 48-bit addresses, caching mode (CAP.CM) on. */
    CACHING48("caching48", 48, Mode.LEGACY, true),
    /** Scalable mode with second-stage tables, 48-bit addresses. */
    SCALABLE("scalable", 48, Mode.SECOND_STAGE, false),
    /** Scalable mode with second-stage tables, 39-bit addresses. */
    SCALABLE39("scalable39", 39, Mode.SECOND_STAGE, false),
    /** Scalable mode with first-stage tables; QEMU 10 and later. */
    FIRST_STAGE("first-stage", 48, Mode.FIRST_STAGE, false);

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
    private final boolean caching;

    Variant(String word, int addressWidth, Mode mode, boolean caching) {
        this.word = word;
        this.addressWidth = addressWidth;
        this.mode = mode;
        this.caching = caching;
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

    /** Whether CAP.CM is set. */
    public boolean caching() {
        return caching;
    }

    @Override
    public String toString() {
        return word;
    }
}
