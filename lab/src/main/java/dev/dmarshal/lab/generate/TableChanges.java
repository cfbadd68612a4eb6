package dev.dmarshal.lab.generate;

import dev.dmarshal.lab.scenario.Bait;
import dev.dmarshal.lab.scenario.Variant;
import java.util.List;

/** Lawful changes of live tables, and invalidations that may or may not be enough for them. */
final class TableChanges {

    /** CAP.MAMV of QEMU's unit; what lies beyond is forbidden to software. */
    private static final int MAXIMUM_MASK = 18;

    private final Draft draft;
    private final Variant variant;
    private final Staleness staleness;
    private final Invalidator invalidator;
    private final Mutation mutation;

    TableChanges(Draft draft, Variant variant, Staleness staleness, Invalidator invalidator, Mutation mutation) {
        this.draft = draft;
        this.variant = variant;
        this.staleness = staleness;
        this.invalidator = invalidator;
        this.mutation = mutation;
    }

    /** A leaf gets another page, other rights, or goes; then perhaps an invalidation. */
    void leaf(Domain domain, List<Bait> baits) {
        if (domain.mappings().isEmpty()) {
            return;
        }
        Mapping mapping = draft.pick(domain.mappings());
        Bait bait = draft.oneIn(2) ? mapping.bait() : draft.pick(baits);
        long word = switch (draft.below(5)) {
            case 0 -> 0;
            case 1 -> domain.firstStage() ? mutation.firstStage(draft.word(mapping.leaf()), mapping.level(), true) : draft.below(3);
            default -> domain.leafWord(mapping, bait, 1 + draft.below(3));
        };
        draft.store(mapping.leaf(), word);
        staleness.paging(domain.id(), mapping.iova(), mapping.sizeBytes());
        switch (draft.below(6)) {
            case 0 -> {
            }
            case 1 -> invalidator.translations();
            case 2 -> invalidator.translationsOf(domain.id());
            case 3 -> someInvalidation(domain, draft.below(0x10000));
            default -> page(domain, mapping);
        }
    }

    /** Any invalidation, perhaps of something else. */
    void someInvalidation(Domain domain, int sourceId) {
        switch (draft.below(7)) {
            case 0 -> invalidator.contexts();
            case 1 -> invalidator.contextsOf(domain.id());
            case 2 -> invalidator.contextOf(domain.id(), sourceId);
            case 3 -> invalidator.translations();
            case 4 -> invalidator.translationsOf(domain.id());
            case 5 -> invalidator.pasidsOf(domain.id());
            default -> {
                if (!domain.mappings().isEmpty()) {
                    page(domain, draft.pick(domain.mappings()));
                }
            }
        }
    }

    private void page(Domain domain, Mapping mapping) {
        if (variant.mode() == Variant.Mode.FIRST_STAGE) {
            invalidator.translationsOf(domain.id());
        } else {
            invalidator.pagesOf(domain.id(), mapping.iova(), Math.min(MAXIMUM_MASK, 9 * (mapping.level() - 1) + draft.below(2)));
        }
    }
}
