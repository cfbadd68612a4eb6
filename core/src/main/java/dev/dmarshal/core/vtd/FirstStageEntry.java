package dev.dmarshal.core.vtd;

import static dev.dmarshal.core.memory.WordLayout.ignored;
import static dev.dmarshal.core.memory.WordLayout.reserved;

import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.memory.EntryLayout;
import dev.dmarshal.core.memory.WordLayout;

/**
 * First-stage paging entry, the processor's own format (sections 9.7 to 9.9): levels 5 and 4 point to tables, 3 and 2 to tables or pages, 1 to pages.
 *
 * <pre>
 *   63 62  52 51               12  11  10  9   8   7    6   5  4   3   2   1  0
 *  |XD| IGN  |  ADDR             |IGN |EA| IGN   |PS 0|IGN|A|PCD|PWT|U/S|R/W|P|  points to a table (PS is RSVD at levels 5 and 4)
 *  |XD| IGN  |  ADDR  | RSVD |PAT|IGN |EA|IGN| G |PS 1| D |A|PCD|PWT|U/S|R/W|P|  points to a 1 GiB or 2 MiB page
 *  |XD| IGN  |  ADDR             |IGN |EA|IGN| G |PAT | D |A|PCD|PWT|U/S|R/W|P|  level 1
 * </pre>
 *
 * @param word bits 63:0
 */
public record FirstStageEntry(long word) {
    /** Present. */
    public static final BitField PRESENT = BitField.of("P", 0, 1);
    /** Write permission. */
    public static final BitField WRITE = BitField.of("R/W", 1, 1);
    /** User permission. */
    public static final BitField USER = BitField.of("U/S", 2, 1);
    /** Page-level write-through. */
    public static final BitField WRITE_THROUGH = BitField.of("PWT", 3, 1);
    /** Page-level cache disable. */
    public static final BitField CACHE_DISABLE = BitField.of("PCD", 4, 1);
    /** Accessed. */
    public static final BitField ACCESSED = BitField.of("A", 5, 1);
    /** Dirty, of a page. */
    public static final BitField DIRTY = BitField.of("D", 6, 1);
    /** Page size: levels 3 and 2, set if the entry points to a page. */
    public static final BitField PAGE_SIZE = BitField.of("PS", 7, 1);
    /** Page attribute bit of a 4 KiB page. */
    public static final BitField ATTRIBUTE_4K = BitField.of("PAT", 7, 1);
    /** Page attribute bit of a larger page. */
    public static final BitField ATTRIBUTE_LARGE = BitField.of("PAT", 12, 1);
    /** Global, of a page. */
    public static final BitField GLOBAL = BitField.of("G", 8, 1);
    /** Extended accessed, if the PASID entry enables it. */
    public static final BitField EXTENDED_ACCESSED = BitField.of("EA", 10, 1);
    /** Address of a table or 4 KiB page. */
    public static final BitField ADDRESS = BitField.of("ADDR", 12, 40);
    /** Address of a 2 MiB page. */
    public static final BitField ADDRESS_2M = BitField.of("ADDR", 21, 31);
    /** Address of a 1 GiB page. */
    public static final BitField ADDRESS_1G = BitField.of("ADDR", 30, 22);
    /** Execute disable. */
    public static final BitField EXECUTE_DISABLE = BitField.of("XD", 63, 1);
    /** Levels 5 and 4. */
    public static final EntryLayout TOP_TABLE = EntryLayout.of("FirstStageEntry", table(reserved(7, 1)));
    /** Levels 3 and 2, PS clear. */
    public static final EntryLayout TABLE = EntryLayout.of("FirstStageEntry", table(PAGE_SIZE));
    /** Level 3, PS set. */
    public static final EntryLayout PAGE_1G = EntryLayout.of("FirstStageEntry", page(reserved(13, 17), ADDRESS_1G));
    /** Level 2, PS set. */
    public static final EntryLayout PAGE_2M = EntryLayout.of("FirstStageEntry", page(reserved(13, 8), ADDRESS_2M));
    /** Level 1. */
    public static final EntryLayout PAGE_4K = EntryLayout.of("FirstStageEntry",
            WordLayout.of(PRESENT, WRITE, USER, WRITE_THROUGH, CACHE_DISABLE, ACCESSED, DIRTY, ATTRIBUTE_4K, GLOBAL, ignored(9, 1),
                    EXTENDED_ACCESSED, ignored(11, 1), ADDRESS, ignored(52, 11), EXECUTE_DISABLE));

    private static WordLayout table(BitField bit7) {
        return WordLayout.of(PRESENT, WRITE, USER, WRITE_THROUGH, CACHE_DISABLE, ACCESSED, ignored(6, 1), bit7, ignored(8, 2), EXTENDED_ACCESSED,
                ignored(11, 1), ADDRESS, ignored(52, 11), EXECUTE_DISABLE);
    }

    private static WordLayout page(BitField gap, BitField address) {
        return WordLayout.of(PRESENT, WRITE, USER, WRITE_THROUGH, CACHE_DISABLE, ACCESSED, DIRTY, PAGE_SIZE, GLOBAL, ignored(9, 1), EXTENDED_ACCESSED,
                ignored(11, 1), ATTRIBUTE_LARGE, gap, address, ignored(52, 11), EXECUTE_DISABLE);
    }

    /** The layout of {@code word} at a level, 5 (nearest the root) to 1. */
    public static EntryLayout layout(int level, long word) {
        boolean page = PAGE_SIZE.isSet(word);
        return switch (level) {
            case 5, 4 -> TOP_TABLE;
            case 3 -> page ? PAGE_1G : TABLE;
            case 2 -> page ? PAGE_2M : TABLE;
            case 1 -> PAGE_4K;
            default -> throw new IllegalArgumentException("no level " + level);
        };
    }

    /** P. */
    public boolean present() {
        return PRESENT.isSet(word);
    }

    /** R/W. */
    public boolean writable() {
        return WRITE.isSet(word);
    }

    /** U/S. */
    public boolean user() {
        return USER.isSet(word);
    }

    /** Bits 51:12. Of a large page the low ones hold other fields. */
    public long address() {
        return word & ADDRESS.mask();
    }

    /** Whether the entry maps a page at this level (3 to 1). */
    public boolean page(int level) {
        return level == 1 || level <= 3 && PAGE_SIZE.isSet(word);
    }

    /** Every field by name, as the entry reads at a level. */
    public String describe(int level) {
        return layout(level, word).describe(word);
    }

    /** Starts with all fields zero. */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds first-stage entries. */
    public static final class Builder extends EntryBuilder<Builder> {
        private Builder() {
            super(1);
        }

        @Override
        Builder self() {
            return this;
        }

        /** P. */
        public Builder present(boolean value) {
            return flag(0, PRESENT, value);
        }

        /** R/W. */
        public Builder write(boolean value) {
            return flag(0, WRITE, value);
        }

        /** U/S. */
        public Builder user(boolean value) {
            return flag(0, USER, value);
        }

        /** PWT. */
        public Builder writeThrough(boolean value) {
            return flag(0, WRITE_THROUGH, value);
        }

        /** PCD. */
        public Builder cacheDisable(boolean value) {
            return flag(0, CACHE_DISABLE, value);
        }

        /** A. */
        public Builder accessed(boolean value) {
            return flag(0, ACCESSED, value);
        }

        /** D. */
        public Builder dirty(boolean value) {
            return flag(0, DIRTY, value);
        }

        /** PS. */
        public Builder pageSize(boolean value) {
            return flag(0, PAGE_SIZE, value);
        }

        /** G. */
        public Builder global(boolean value) {
            return flag(0, GLOBAL, value);
        }

        /** EA. */
        public Builder extendedAccessed(boolean value) {
            return flag(0, EXTENDED_ACCESSED, value);
        }

        /** XD. */
        public Builder executeDisable(boolean value) {
            return flag(0, EXECUTE_DISABLE, value);
        }

        /** Address of a table or page, 4 KiB aligned at least. */
        public Builder address(long address) {
            return address(0, ADDRESS, address);
        }

        /** The entry. */
        public FirstStageEntry build() {
            return new FirstStageEntry(words[0]);
        }
    }
}
