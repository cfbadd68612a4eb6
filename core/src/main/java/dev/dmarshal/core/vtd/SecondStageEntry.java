package dev.dmarshal.core.vtd;

import static dev.dmarshal.core.memory.WordLayout.ignored;
import static dev.dmarshal.core.memory.WordLayout.reserved;

import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.memory.EntryLayout;
import dev.dmarshal.core.memory.WordLayout;

/**
 * Second-stage paging entry (section 9.10): levels 5 and 4 point to tables, 3 and 2 to tables or pages, 1 to pages.
 *
 * <pre>
 *   63   62    61 52 51                 12  11  10   9  8   7    6   5  3  2   1 0
 *  |IGN|RSVD  | IGN |  ADDR              |RSVD|IGN |IGN|A|PS 0|      IGN      |W|R|  points to a table (PS is RSVD at levels 5 and 4)
 *  |IGN|TM    | IGN |  ADDR (low RSVD)   |SNP |IGN | D |A|PS 1|IPAT| EMT |IGN |W|R|  points to a page (PS is IGN at level 1)
 * </pre>
 *
 * An entry with neither R nor W is not present. Bits from the host address width up to 51 are reserved; SNP and TM are reserved
 * on units that lack snoop control or device-TLBs (in legacy mode).
 *
 * @param word bits 63:0
 */
public record SecondStageEntry(long word) {
    /** Read permission. */
    public static final BitField READ = BitField.of("R", 0, 1);
    /** Write permission. */
    public static final BitField WRITE = BitField.of("W", 1, 1);
    /** Extended memory type, of a page. */
    public static final BitField MEMORY_TYPE = BitField.of("EMT", 3, 3);
    /** Ignore PAT, of a page. */
    public static final BitField IGNORE_PAT = BitField.of("IPAT", 6, 1);
    /** Page size: levels 3 and 2, set if the entry points to a page. */
    public static final BitField PAGE_SIZE = BitField.of("PS", 7, 1);
    /** Accessed, if the PASID entry enables it. */
    public static final BitField ACCESSED = BitField.of("A", 8, 1);
    /** Dirty, of a page, if the PASID entry enables it. */
    public static final BitField DIRTY = BitField.of("D", 9, 1);
    /** Snoop, of a page. */
    public static final BitField SNOOP = BitField.of("SNP", 11, 1);
    /** Address of a table or 4 KiB page. */
    public static final BitField ADDRESS = BitField.of("ADDR", 12, 40);
    /** Address of a 2 MiB page. */
    public static final BitField ADDRESS_2M = BitField.of("ADDR", 21, 31);
    /** Address of a 1 GiB page. */
    public static final BitField ADDRESS_1G = BitField.of("ADDR", 30, 22);
    /** Transient mapping, of a page. */
    public static final BitField TRANSIENT = BitField.of("TM", 62, 1);
    /** Levels 5 and 4. */
    public static final EntryLayout TOP_TABLE = EntryLayout.of("SecondStageEntry",
            WordLayout.of(READ, WRITE, ignored(2, 5), reserved(7, 1), ACCESSED, ignored(9, 2), reserved(11, 1), ADDRESS, ignored(52, 10),
                    reserved(62, 1), ignored(63, 1)));
    /** Levels 3 and 2, PS clear. */
    public static final EntryLayout TABLE = EntryLayout.of("SecondStageEntry",
            WordLayout.of(READ, WRITE, ignored(2, 5), PAGE_SIZE, ACCESSED, ignored(9, 2), reserved(11, 1), ADDRESS, ignored(52, 10),
                    reserved(62, 1), ignored(63, 1)));
    /** Level 3, PS set. */
    public static final EntryLayout PAGE_1G = EntryLayout.of("SecondStageEntry", page(PAGE_SIZE, reserved(12, 18), ADDRESS_1G));
    /** Level 2, PS set. */
    public static final EntryLayout PAGE_2M = EntryLayout.of("SecondStageEntry", page(PAGE_SIZE, reserved(12, 9), ADDRESS_2M));
    /** Level 1. */
    public static final EntryLayout PAGE_4K = EntryLayout.of("SecondStageEntry",
            WordLayout.of(READ, WRITE, ignored(2, 1), MEMORY_TYPE, IGNORE_PAT, ignored(7, 1), ACCESSED, DIRTY, ignored(10, 1), SNOOP, ADDRESS,
                    ignored(52, 10), TRANSIENT, ignored(63, 1)));

    private static WordLayout page(BitField size, BitField gap, BitField address) {
        return WordLayout.of(READ, WRITE, ignored(2, 1), MEMORY_TYPE, IGNORE_PAT, size, ACCESSED, DIRTY, ignored(10, 1), SNOOP, gap, address,
                ignored(52, 10), TRANSIENT, ignored(63, 1));
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

    /** R or W: the entry is present. */
    public boolean present() {
        return readable() || writable();
    }

    /** R. */
    public boolean readable() {
        return READ.isSet(word);
    }

    /** W. */
    public boolean writable() {
        return WRITE.isSet(word);
    }

    /** Bits 51:12. Of a large page the low ones should be zero. */
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

    /** Builds second-stage entries. */
    public static final class Builder extends EntryBuilder<Builder> {
        private Builder() {
            super(1);
        }

        @Override
        Builder self() {
            return this;
        }

        /** R. */
        public Builder read(boolean value) {
            return flag(0, READ, value);
        }

        /** W. */
        public Builder write(boolean value) {
            return flag(0, WRITE, value);
        }

        /** EMT, 3 bits. */
        public Builder memoryType(int value) {
            return set(0, MEMORY_TYPE, value);
        }

        /** IPAT. */
        public Builder ignorePat(boolean value) {
            return flag(0, IGNORE_PAT, value);
        }

        /** PS. */
        public Builder pageSize(boolean value) {
            return flag(0, PAGE_SIZE, value);
        }

        /** A. */
        public Builder accessed(boolean value) {
            return flag(0, ACCESSED, value);
        }

        /** D. */
        public Builder dirty(boolean value) {
            return flag(0, DIRTY, value);
        }

        /** SNP. */
        public Builder snoop(boolean value) {
            return flag(0, SNOOP, value);
        }

        /** TM. */
        public Builder transientMapping(boolean value) {
            return flag(0, TRANSIENT, value);
        }

        /** Address of a table or page, 4 KiB aligned at least. */
        public Builder address(long address) {
            return address(0, ADDRESS, address);
        }

        /** The entry. */
        public SecondStageEntry build() {
            return new SecondStageEntry(words[0]);
        }
    }
}
