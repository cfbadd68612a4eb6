package dev.dmarshal.lab.rows;

import dev.dmarshal.core.vtd.UnitCapabilities;
import dev.dmarshal.lab.scenario.Variant;
import java.util.Optional;

/**
 * The units and tables that rows start from. The first six have the capabilities of QEMU's unit; the {@code FULL_…} ones have everything: device-TLBs,
 * snoop control, x2APIC, 57 bits, both stages, PASIDs, page requests, posting, four fault records, protected regions, advanced fault logging.
 */
enum BaseKind {
    /** Legacy mode, three levels, 39 bits. */
    LEGACY39(0x00d2_008c_2226_0206L, 0xf0_0f4aL, 39, 3, 0, Variant.LEGACY39),
    /** Legacy mode, four levels, 48 bits. */
    LEGACY48(0x00d2_008c_222f_0606L, 0xf0_0f4aL, 48, 4, 0, Variant.LEGACY48),
    /** The same with CAP.CM. */
    CACHING48(0x00d2_008c_222f_0686L, 0xf0_0f4aL, 48, 4, 0, Variant.CACHING48),
    /** Scalable mode, second stage. */
    SCALABLE(0x00d2_008c_222f_0606L, 0x4800_80f0_0f4aL, 48, 4, 2, Variant.SCALABLE),
    /** Scalable mode, first stage. */
    FIRST(0x01d2_008c_222f_0606L, 0x8800_00f0_0f4aL, 48, 4, 1, Variant.FIRST_STAGE),
    /** Legacy mode with everything. */
    FULL_LEGACY(Full.CAP, Full.ECAP, 46, 4, 0, null),
    /** Scalable mode with everything, second stage. */
    FULL_SECOND(Full.CAP, Full.ECAP, 46, 4, 2, null),
    /** Scalable mode with everything, first stage. */
    FULL_FIRST(Full.CAP, Full.ECAP, 46, 4, 1, null),
    /** Scalable mode with everything, first over second stage. */
    FULL_NESTED(Full.CAP, Full.ECAP, 46, 4, 3, null);

    private static final class Full {
        static final long CAP = 0x00d2_008c_2238_0606L | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 6 | 8 << 8 | 3L << 40 | 1L << 56 | 1L << 59 | 1L << 60;
        static final long ECAP = 0xf0_0f4aL | 1 << 2 | 1 << 4 | 1 << 7 | 1L << 25 | 1L << 26 | 1L << 29 | 1L << 30 | 1L << 31 | 1L << 33 | 1L << 34
                | 19L << 35 | 1L << 40 | 1L << 42 | 1L << 43 | 1L << 45 | 1L << 46 | 1L << 47 | 1L << 48 | 1L << 49 | 1L << 52 | 1L << 53;

        private Full() {
        }
    }

    private final UnitCapabilities capabilities;
    private final int levels;
    private final int pasidType;
    private final Variant variant;

    BaseKind(long cap, long ecap, int hostWidth, int levels, int pasidType, Variant variant) {
        this.capabilities = new UnitCapabilities(cap, ecap, hostWidth);
        this.levels = levels;
        this.pasidType = pasidType;
        this.variant = variant;
    }

    /** The kind of this name, as rows write it. */
    static BaseKind of(String word) {
        for (BaseKind kind : values()) {
            if (kind.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-').equals(word)) {
                return kind;
            }
        }
        throw new RowException("no base is called " + word);
    }

    UnitCapabilities capabilities() {
        return capabilities;
    }

    /** Levels of the second stage. */
    int levels() {
        return levels;
    }

    boolean scalable() {
        return pasidType != 0;
    }

    /** PGTT. */
    int pasidType() {
        return pasidType;
    }

    boolean secondStage() {
        return pasidType != 1;
    }

    boolean firstStage() {
        return pasidType == 1 || nested();
    }

    boolean nested() {
        return pasidType == 3;
    }

    boolean full() {
        return variant == null;
    }

    /** The unit of QEMU that is the same. */
    Optional<Variant> variant() {
        return Optional.ofNullable(variant);
    }
}
