package dev.dmarshal.lab.generate;

import dev.dmarshal.lab.scenario.Scenario;
import dev.dmarshal.lab.scenario.Variant;

/** Makes valid table words wrong, one way at a time. */
final class Mutation {

    private static final long ADDRESS = 0x000f_ffff_ffff_f000L;

    private final Draft draft;
    private final Variant variant;

    Mutation(Draft draft, Variant variant) {
        this.draft = draft;
        this.variant = variant;
    }

    /** A first word of a root entry (or, scalable, either). */
    long root(long word) {
        return switch (draft.below(6)) {
            case 0 -> word & ~1L;
            case 1 -> word | 1L << 1 + draft.below(11);
            case 2 -> word | aboveHost();
            case 3 -> word & ~ADDRESS | nowhere();
            case 4 -> 0;
            default -> word | 2;
        };
    }

    /** The first word of a legacy context entry. */
    long contextLow(long word) {
        return switch (draft.below(9)) {
            case 0 -> word & ~1L;
            case 1 -> word & ~1L | 2;
            case 2 -> word | 1L << 4 + draft.below(8);
            case 3 -> word & ~ADDRESS | nowhere();
            case 4 -> word ^ 1L << 2;
            case 5 -> word ^ 3L << 2;
            case 6 -> word ^ 2L << 2;
            case 7 -> word | aboveHost();
            default -> word | 2;
        };
    }

    /** The second word of a legacy context entry. */
    long contextHigh(long word) {
        return switch (draft.below(4)) {
            case 0 -> word & ~7L | draft.below(8);
            case 1 -> word | 1L << 3 + draft.below(4);
            case 2 -> word | 1L << 7;
            default -> word | 1L << 24 + draft.below(40);
        };
    }

    /** The first word of a scalable-mode context entry. */
    long scalableContextLow(long word) {
        return switch (draft.below(8)) {
            case 0 -> word & ~1L;
            case 1 -> word | 1L << 5 + draft.below(4);
            case 2 -> word & ~ADDRESS | nowhere();
            case 3 -> word & ~(7L << 9);
            case 4 -> word | 4;
            case 5 -> word | aboveHost();
            default -> word | 2;
        };
    }

    /** The second word of a scalable-mode context entry. */
    long scalableContextHigh(long word) {
        return switch (draft.below(4)) {
            case 0 -> word | 1L << 20;
            case 1 -> word | 1L << 21 + draft.below(43);
            case 2 -> word & ~0xfffffL | draft.below(1 << 14);
            default -> word | 0xfffff;
        };
    }

    /** A PASID directory entry. */
    long pasidDirectory(long word) {
        return switch (draft.below(5)) {
            case 0 -> word & ~1L;
            case 1 -> 0;
            case 2 -> word & ~ADDRESS | nowhere();
            case 3 -> word | 1L << 2 + draft.below(10);
            default -> word | 2;
        };
    }

    /** The first word of a PASID entry. */
    long pasidLow(long word) {
        return switch (draft.below(9)) {
            case 0 -> word & ~1L;
            case 1 -> 0;
            case 2 -> word & ~1L | 2;
            case 3 -> word & ~(7L << 6) | (long) draft.below(8) << 6;
            case 4 -> word & ~(7L << 2) | (long) draft.below(8) << 2;
            case 5 -> variant.mode() == Variant.Mode.SECOND_STAGE ? word & ~ADDRESS | nowhere() : word;
            case 6 -> word | 1L << 5;
            case 7 -> word | 1L << 9 + draft.below(3);
            default -> word | 2;
        };
    }

    /** The third word of a PASID entry: first-stage fields. */
    long pasidFirstStage(long word) {
        return switch (draft.below(4)) {
            case 0 -> word & ~ADDRESS | nowhere();
            case 1 -> word | (long) (1 + draft.below(3)) << 2;
            case 2 -> word | draft.below(2) | (long) draft.below(2) << 1;
            default -> word | 1L << 4 + draft.below(8);
        };
    }

    /** A second-stage entry at this level; {@code leaf} entries hold a page's address. */
    long secondStage(long word, int level, boolean leaf) {
        return switch (draft.below(12)) {
            case 0 -> 0;
            case 1 -> word & ~1L;
            case 2 -> word & ~2L;
            case 3 -> word & ~3L;
            case 4 -> word | 1L << 52 + draft.below(12);
            case 5 -> word | aboveHost();
            case 6 -> word & ~ADDRESS | nowhere();
            case 7 -> leaf ? word & ~ADDRESS | 0xfee0_0000L & -(1L << 12 + 9 * (level - 1)) : word | 1L << 3 + draft.below(4);
            case 8 -> level > 1 ? word ^ Domain.PAGE_SIZE : word | Domain.PAGE_SIZE;
            case 9 -> -1;
            case 10 -> leaf && level > 1 ? word | 1L << 12 + draft.below(9 * (level - 1)) : word | 1L << 8 + draft.below(4);
            default -> word | 1L << 3 + draft.below(4);
        };
    }

    /** A first-stage entry at this level; {@code leaf} entries hold a page's address. */
    long firstStage(long word, int level, boolean leaf) {
        return switch (draft.below(12)) {
            case 0 -> 0;
            case 1 -> word & ~1L;
            case 2 -> word & ~2L;
            case 3 -> word & ~4L;
            case 4 -> word | 1L << 52 + draft.below(12);
            case 5 -> word | aboveHost();
            case 6 -> word & ~ADDRESS | nowhere();
            case 7 -> leaf ? word & ~ADDRESS | 0xfee0_0000L & -(1L << 12 + 9 * (level - 1)) : word | 1L << 3 + draft.below(2);
            case 8 -> level > 1 ? word ^ Domain.PAGE_SIZE : word | Domain.PAGE_SIZE;
            case 9 -> word & ~(3L << 5);
            case 10 -> leaf && level > 1 ? word | 1L << 12 + draft.below(9 * (level - 1)) : word | 1L << 8 + draft.below(4);
            default -> word | 1L << 63;
        };
    }

    private long aboveHost() {
        return 1L << variant.addressWidth() + draft.below(52 - variant.addressWidth());
    }

    private long nowhere() {
        return draft.pick(Scenario.HOLE, Scenario.HOLE + 0x4000_0000L, Scenario.HIGH_MEMORY_END, 1L << 38);
    }
}
