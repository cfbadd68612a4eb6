package dev.dmarshal.lab.generate;

import dev.dmarshal.lab.scenario.Requester;
import dev.dmarshal.lab.scenario.Variant;
import java.util.Optional;

/** Puts a {@link Mutation} somewhere on the way of a requester's accesses. */
final class Spoiler {

    /** FSPM of a PASID entry's third word. */
    private static final long PAGING_MODE = 3 << 2;

    private final Draft draft;
    private final Variant variant;
    private final DeviceTables tables;
    private final Mutation mutation;
    private final Optional<Staleness> staleness;

    /** {@code staleness} takes note of the changes, if hardware may have cached what was there. */
    Spoiler(Draft draft, Variant variant, DeviceTables tables, Mutation mutation, Optional<Staleness> staleness) {
        this.draft = draft;
        this.variant = variant;
        this.tables = tables;
        this.mutation = mutation;
        this.staleness = staleness;
    }

    void spoil(Requester requester, Domain domain) {
        int source = requester.sourceId().value();
        switch (draft.below(20)) {
            case 0 -> root(source);
            case 1, 2, 3 -> context(source, domain);
            case 4, 5, 6 -> {
                if (variant.scalable()) {
                    pasid(source, domain);
                } else {
                    context(source, domain);
                }
            }
            default -> paging(domain);
        }
    }

    private void root(int source) {
        long address = tables.rootWord(source);
        draft.store(address, mutation.root(draft.word(address)));
        staleness.ifPresent(noted -> noted.root(source >>> 8));
    }

    private void context(int source, Domain domain) {
        if ((draft.word(tables.rootWord(source)) & 1) == 0) {
            return;
        }
        long entry = tables.contextEntry(source);
        boolean low = draft.below(3) > 0;
        long address = low ? entry : entry + 8;
        long word = draft.word(address);
        draft.store(address, variant.scalable() ? low ? mutation.scalableContextLow(word) : mutation.scalableContextHigh(word)
                : low ? mutation.contextLow(word) : mutation.contextHigh(word));
        staleness.ifPresent(noted -> noted.context(source, domain.id(), variant.scalable()));
    }

    private void pasid(int source, Domain domain) {
        long entry = tables.pasidEntry(source);
        switch (draft.below(3)) {
            case 0 -> {
                long directory = tables.directoryEntry(source);
                draft.store(directory, mutation.pasidDirectory(draft.word(directory)));
            }
            case 1 -> draft.store(entry, mutation.pasidLow(draft.word(entry)));
            default -> {
                if (domain.firstStage()) {
                    long word = draft.word(entry + 16);
                    long spoilt = mutation.pasidFirstStage(word);
                    // With the context entry in its cache QEMU 10.0 seems to walk five levels unasked: it ended by an assertion on the level.
                    draft.store(entry + 16, staleness.isPresent() ? spoilt & ~PAGING_MODE | word & PAGING_MODE : spoilt);
                } else {
                    draft.store(entry, mutation.pasidLow(draft.word(entry)));
                }
            }
        }
        staleness.ifPresent(noted -> noted.pasid(source, domain.id()));
    }

    private void paging(Domain domain) {
        if (domain.mappings().isEmpty()) {
            return;
        }
        Mapping mapping = draft.pick(domain.mappings());
        int depth = mapping.entries().size();
        int index = draft.oneIn(2) ? depth - 1 : draft.below(depth);
        boolean leaf = index == depth - 1;
        int level = domain.levels() - index;
        long address = mapping.entries().get(index);
        long word = draft.word(address);
        draft.store(address, domain.firstStage() ? mutation.firstStage(word, level, leaf) : mutation.secondStage(word, level, leaf));
        staleness.ifPresent(noted -> noted.paging(domain.id(), mapping.iova() & -mapping.coverage(index), mapping.coverage(index)));
    }
}
