package dev.dmarshal.core.unit;

import dev.dmarshal.core.vtd.FirstStageEntry;
import dev.dmarshal.core.vtd.PasidEntry;
import dev.dmarshal.core.vtd.SecondStageEntry;

/**
 * Effective memory types (section 3.10): the second stage's EMT, the first stage's PAT, and what both come to. Codes are the processor's:
 * 0 UC, 1 WC, 4 WT, 5 WP, 6 WB, 7 UC-.
 */
final class MemoryTypes {
    private static final int UNCACHEABLE = 0;
    private static final int WRITE_COMBINING = 1;
    private static final int WRITE_THROUGH = 4;
    private static final int WRITE_PROTECTED = 5;
    private static final int UNCACHED = 7;
    private static final long TYPE = 7L << Mapping.TYPE_SHIFT;

    private MemoryTypes() {
    }

    private static long with(long mapping, long type) {
        return mapping & ~TYPE | type << Mapping.TYPE_SHIFT;
    }

    /** A second-stage mapping with the type that its leaf asks for. */
    static long secondStage(long mapping, long leaf) {
        return with(mapping, SecondStageEntry.MEMORY_TYPE.get(leaf));
    }

    /** A first-stage mapping with the type that PAT, PCD and PWT of its leaf select. */
    static long firstStage(long mapping, long leaf, int level, long pasid1) {
        if (PasidEntry.CACHE_DISABLE.isSet(pasid1)) {
            return with(mapping, UNCACHEABLE);
        }
        long high = level == 1 ? FirstStageEntry.ATTRIBUTE_4K.get(leaf) : FirstStageEntry.ATTRIBUTE_LARGE.get(leaf);
        long index = high << 2 | FirstStageEntry.CACHE_DISABLE.get(leaf) << 1 | FirstStageEntry.WRITE_THROUGH.get(leaf);
        return with(mapping, PasidEntry.ATTRIBUTES.get(pasid1) >>> 4 * index & 7);
    }

    /** A nested mapping with what both stages' types come to. */
    static long nested(long mapping, long first, long second) {
        int pat = (int) (first >>> Mapping.TYPE_SHIFT) & 7;
        int emt = (int) (second >>> Mapping.TYPE_SHIFT) & 7;
        return with(mapping, combined(pat, emt));
    }

    /** What a first-stage type (as PAT) and a second-stage type (as EMT, like an MTRR) come to. */
    static long combined(int pat, int emt) {
        if (emt == UNCACHEABLE || pat == UNCACHEABLE) {
            return pat == WRITE_COMBINING ? WRITE_COMBINING : UNCACHEABLE;
        }
        if (pat == UNCACHED) {
            return emt == WRITE_COMBINING ? WRITE_COMBINING : UNCACHEABLE;
        }
        if (pat == WRITE_COMBINING || emt == WRITE_COMBINING) {
            return pat == WRITE_COMBINING || pat == Mapping.WRITE_BACK ? WRITE_COMBINING : UNCACHEABLE;
        }
        if (pat == emt || emt == Mapping.WRITE_BACK) {
            return pat;
        }
        if (pat == Mapping.WRITE_BACK) {
            return emt;
        }
        return pat == WRITE_THROUGH && emt == WRITE_PROTECTED || pat == WRITE_PROTECTED && emt == WRITE_THROUGH ? WRITE_THROUGH : UNCACHEABLE;
    }
}
