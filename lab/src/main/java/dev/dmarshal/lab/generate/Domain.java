package dev.dmarshal.lab.generate;

import dev.dmarshal.lab.scenario.Bait;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A domain: its id and its tables, encoded word by word here (VT-d specification, "First-Stage Paging Entries" and "Second-Stage Paging Entries"),
 * on purpose without the builders of the unit under test.
 */
final class Domain {

    /** R and W of a second-stage entry; P and R/W of a first-stage entry. */
    static final long READ_WRITE = 3;
    /** Page size: the entry is a leaf. */
    static final long PAGE_SIZE = 1 << 7;
    /** U/S of a first-stage entry. */
    static final long USER = 4;
    private static final long ACCESSED_DIRTY = 3 << 5;

    private final Draft draft;
    private final int id;
    private final int levels;
    private final boolean firstStage;
    private final long top;
    private final List<Mapping> mappings = new ArrayList<>();

    Domain(Draft draft, int id, int levels, boolean firstStage) {
        this.draft = draft;
        this.id = id;
        this.levels = levels;
        this.firstStage = firstStage;
        this.top = draft.page();
    }

    int id() {
        return id;
    }

    int levels() {
        return levels;
    }

    boolean firstStage() {
        return firstStage;
    }

    /** Physical address of the top table. */
    long top() {
        return top;
    }

    /** Bits of input address that the tables take. */
    int width() {
        return 12 + 9 * levels;
    }

    List<Mapping> mappings() {
        return mappings;
    }

    /** Maps the page of this level at {@code iova} to that around the bait, unless something else is mapped there. */
    Optional<Mapping> map(long iova, int level, Bait bait, long rights) {
        List<Long> entries = new ArrayList<>();
        long table = top;
        for (int at = levels; at > level; at--) {
            long entry = table + 8 * index(iova, at);
            long word = draft.word(entry);
            if (word == 0) {
                word = draft.page() | inner();
                draft.store(entry, word);
            } else if ((word & PAGE_SIZE) != 0 && at <= 3) {
                return Optional.empty();
            }
            entries.add(entry);
            table = word & 0x000f_ffff_ffff_f000L;
        }
        long leaf = table + 8 * index(iova, level);
        if (draft.word(leaf) != 0) {
            return Optional.empty();
        }
        entries.add(leaf);
        Mapping mapping = new Mapping(this, iova, level, bait, List.copyOf(entries));
        draft.store(leaf, leafWord(mapping, bait, rights));
        mappings.add(mapping);
        return Optional.of(mapping);
    }

    /** The word of a leaf: page frame of the bait, rights, page size above level 1. First-stage leaves are user pages, sometimes accessed and dirty. */
    long leafWord(Mapping mapping, Bait bait, long rights) {
        long word = bait.address() & -mapping.sizeBytes() | rights | (mapping.level() > 1 ? PAGE_SIZE : 0);
        return firstStage ? word | USER | (draft.oneIn(2) ? ACCESSED_DIRTY : 0) : word;
    }

    private long inner() {
        return firstStage ? READ_WRITE | USER : READ_WRITE;
    }

    private static long index(long iova, int level) {
        return iova >>> 12 + 9 * (level - 1) & 0x1ff;
    }
}
