package dev.dmarshal.core.vtd;

import static dev.dmarshal.core.memory.WordLayout.reserved;

import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.memory.EntryLayout;
import dev.dmarshal.core.memory.PhysicalMemory;
import dev.dmarshal.core.memory.WordLayout;
import java.util.Optional;

/**
 * Scalable-mode PASID table entry, 512 bits (section 9.6).
 *
 * <pre>
 *   63                          12 11 10   9    8  6   5   4  2   1   0
 *  | SSPTPTR: second-stage table  | RSVD |SSADE|PGTT |RSVD| AW  |FPD| P |   word 0
 *   63  32 31  30  29 27  26  25   24    23   22  16 15             0
 *  |  PAT |PCD|PWT| EMT |EMTE|CD|PGSNP|PWSNP| RSVD  |      DID       |      word 1
 *   63                          12 11  8   7    6    5   4   3  2   1   0
 *  | FSPTPTR: first-stage table   | RSVD |EAFE|RSVD|NXE|WPE| FSPM |ERE|SRE| word 2
 *  |                          RSVD                                      |   words 3 to 7
 * </pre>
 *
 * @param word0 bits 63:0
 * @param word1 bits 127:64
 * @param word2 bits 191:128
 * @param word3 bits 255:192
 * @param word4 bits 319:256
 * @param word5 bits 383:320
 * @param word6 bits 447:384
 * @param word7 bits 511:448
 */
public record PasidEntry(long word0, long word1, long word2, long word3, long word4, long word5, long word6, long word7) {
    /** Present. */
    public static final BitField PRESENT = BitField.of("P", 0, 1);
    /** Fault-processing disable. */
    public static final BitField FAULT_DISABLE = BitField.of("FPD", 1, 1);
    /** Second-stage address width code. */
    public static final BitField ADDRESS_WIDTH = BitField.of("AW", 2, 3);
    /** PASID granular translation type. */
    public static final BitField TRANSLATION_TYPE = BitField.of("PGTT", 6, 3);
    /** Second-stage accessed and dirty bits enable. */
    public static final BitField SECOND_STAGE_ACCESSED_DIRTY = BitField.of("SSADE", 9, 1);
    /** Second-stage page-table pointer. */
    public static final BitField SECOND_STAGE = BitField.of("SSPTPTR", 12, 52);
    /** Domain id (word 1). */
    public static final BitField DOMAIN = BitField.of("DID", 0, 16);
    /** Page-walk snoop (word 1). */
    public static final BitField WALK_SNOOP = BitField.of("PWSNP", 23, 1);
    /** Page snoop: all accesses snoop processor caches (word 1). */
    public static final BitField PAGE_SNOOP = BitField.of("PGSNP", 24, 1);
    /** Cache disable (word 1). */
    public static final BitField CACHE_DISABLE = BitField.of("CD", 25, 1);
    /** Extended memory type enable (word 1). */
    public static final BitField MEMORY_TYPE_ENABLE = BitField.of("EMTE", 26, 1);
    /** Extended memory type (word 1). */
    public static final BitField MEMORY_TYPE = BitField.of("EMT", 27, 3);
    /** Page-level write-through of the first-stage top table (word 1). */
    public static final BitField WRITE_THROUGH = BitField.of("PWT", 30, 1);
    /** Page-level cache disable of the first-stage top table (word 1). */
    public static final BitField PAGE_CACHE_DISABLE = BitField.of("PCD", 31, 1);
    /** Page attribute table: eight memory types of four bits (word 1). */
    public static final BitField ATTRIBUTES = BitField.of("PAT", 32, 32);
    /** Supervisor requests enable (word 2). */
    public static final BitField SUPERVISOR = BitField.of("SRE", 0, 1);
    /** Execute requests enable (word 2). */
    public static final BitField EXECUTE = BitField.of("ERE", 1, 1);
    /** First-stage paging mode: 0 is four levels, 1 five (word 2). */
    public static final BitField PAGING_MODE = BitField.of("FSPM", 2, 2);
    /** Write protection holds for supervisor requests too (word 2). */
    public static final BitField WRITE_PROTECT = BitField.of("WPE", 4, 1);
    /** No-execute enable (word 2). */
    public static final BitField NO_EXECUTE = BitField.of("NXE", 5, 1);
    /** Extended accessed flag enable (word 2). */
    public static final BitField EXTENDED_ACCESSED = BitField.of("EAFE", 7, 1);
    /** First-stage page-table pointer (word 2). */
    public static final BitField FIRST_STAGE = BitField.of("FSPTPTR", 12, 52);
    /** All fields. */
    public static final EntryLayout LAYOUT = EntryLayout.of("PasidEntry",
            WordLayout.of(PRESENT, FAULT_DISABLE, ADDRESS_WIDTH, reserved(5, 1), TRANSLATION_TYPE, SECOND_STAGE_ACCESSED_DIRTY, reserved(10, 2),
                    SECOND_STAGE),
            WordLayout.of(DOMAIN, reserved(16, 7), WALK_SNOOP, PAGE_SNOOP, CACHE_DISABLE, MEMORY_TYPE_ENABLE, MEMORY_TYPE, WRITE_THROUGH,
                    PAGE_CACHE_DISABLE, ATTRIBUTES),
            WordLayout.of(SUPERVISOR, EXECUTE, PAGING_MODE, WRITE_PROTECT, NO_EXECUTE, reserved(6, 1), EXTENDED_ACCESSED, reserved(8, 4), FIRST_STAGE),
            WordLayout.of(reserved(0, 64)), WordLayout.of(reserved(0, 64)), WordLayout.of(reserved(0, 64)), WordLayout.of(reserved(0, 64)),
            WordLayout.of(reserved(0, 64)));

    /** Defined values of PGTT. */
    public enum TranslationType {
        /** 001b. */
        FIRST_STAGE(1),
        /** 010b. */
        SECOND_STAGE(2),
        /** 011b: first stage, whose tables and results go through the second stage. */
        NESTED(3),
        /** 100b. */
        PASS_THROUGH(4);

        private final int code;

        TranslationType(int code) {
            this.code = code;
        }

        /** Value of PGTT. */
        public int code() {
            return code;
        }

        /** The type with this code, if it is not reserved. */
        public static Optional<TranslationType> of(int code) {
            return code < 1 || code > 4 ? Optional.empty() : Optional.of(values()[code - 1]);
        }
    }

    /** Reads the entry at an address that the memory contains. */
    public static PasidEntry read(PhysicalMemory memory, long address) {
        return new PasidEntry(memory.read64(address), memory.read64(address + 8), memory.read64(address + 16), memory.read64(address + 24),
                memory.read64(address + 32), memory.read64(address + 40), memory.read64(address + 48), memory.read64(address + 56));
    }

    /** Stores the entry, the word with the present bit last. */
    public void write(PhysicalMemory memory, long address) {
        long[] words = words();
        for (int i = words.length - 1; i >= 0; i--) {
            memory.write64(address + 8L * i, words[i]);
        }
    }

    /** The eight words, lowest address first. */
    public long[] words() {
        return new long[] {word0, word1, word2, word3, word4, word5, word6, word7};
    }

    /** P. */
    public boolean present() {
        return PRESENT.isSet(word0);
    }

    /** FPD. */
    public boolean faultsDisabled() {
        return FAULT_DISABLE.isSet(word0);
    }

    /** PGTT, if it is not reserved. */
    public Optional<TranslationType> translationType() {
        return TranslationType.of((int) TRANSLATION_TYPE.get(word0));
    }

    /** AW as it stands, 0 to 7. */
    public int addressWidthCode() {
        return (int) ADDRESS_WIDTH.get(word0);
    }

    /** SSADE. */
    public boolean secondStageAccessedDirty() {
        return SECOND_STAGE_ACCESSED_DIRTY.isSet(word0);
    }

    /** Physical address of the second-stage top table. */
    public long secondStage() {
        return word0 & SECOND_STAGE.mask();
    }

    /** DID. */
    public int domain() {
        return (int) DOMAIN.get(word1);
    }

    /** Address of the first-stage top table: physical, or a second-stage input when nested. */
    public long firstStage() {
        return word2 & FIRST_STAGE.mask();
    }

    /** FSPM as it stands, 0 to 3. */
    public int pagingMode() {
        return (int) PAGING_MODE.get(word2);
    }

    /** Every field by name. */
    @Override
    public String toString() {
        return LAYOUT.describe(words());
    }

    /** Starts with all fields zero. */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds PASID entries. */
    public static final class Builder extends EntryBuilder<Builder> {
        private Builder() {
            super(8);
        }

        @Override
        Builder self() {
            return this;
        }

        /** P. */
        public Builder present(boolean value) {
            return flag(0, PRESENT, value);
        }

        /** FPD. */
        public Builder faultsDisabled(boolean value) {
            return flag(0, FAULT_DISABLE, value);
        }

        /** AW. */
        public Builder addressWidth(AddressWidth value) {
            return set(0, ADDRESS_WIDTH, value.code());
        }

        /** PGTT. */
        public Builder translationType(TranslationType value) {
            return set(0, TRANSLATION_TYPE, value.code());
        }

        /** SSADE. */
        public Builder secondStageAccessedDirty(boolean value) {
            return flag(0, SECOND_STAGE_ACCESSED_DIRTY, value);
        }

        /** SSPTPTR, 4 KiB aligned. */
        public Builder secondStage(long address) {
            return address(0, SECOND_STAGE, address);
        }

        /** DID, 16 bits. */
        public Builder domain(int value) {
            return set(1, DOMAIN, value);
        }

        /** PWSNP. */
        public Builder walkSnoop(boolean value) {
            return flag(1, WALK_SNOOP, value);
        }

        /** PGSNP. */
        public Builder pageSnoop(boolean value) {
            return flag(1, PAGE_SNOOP, value);
        }

        /** CD. */
        public Builder cacheDisable(boolean value) {
            return flag(1, CACHE_DISABLE, value);
        }

        /** EMTE. */
        public Builder memoryTypeEnable(boolean value) {
            return flag(1, MEMORY_TYPE_ENABLE, value);
        }

        /** EMT, 3 bits. */
        public Builder memoryType(int value) {
            return set(1, MEMORY_TYPE, value);
        }

        /** PWT. */
        public Builder writeThrough(boolean value) {
            return flag(1, WRITE_THROUGH, value);
        }

        /** PCD. */
        public Builder pageCacheDisable(boolean value) {
            return flag(1, PAGE_CACHE_DISABLE, value);
        }

        /** PAT, 32 bits. */
        public Builder attributes(long value) {
            return set(1, ATTRIBUTES, value);
        }

        /** SRE. */
        public Builder supervisor(boolean value) {
            return flag(2, SUPERVISOR, value);
        }

        /** ERE. */
        public Builder execute(boolean value) {
            return flag(2, EXECUTE, value);
        }

        /** FSPM from the number of levels, 4 or 5. */
        public Builder firstStageLevels(int levels) {
            return set(2, PAGING_MODE, levels - 4);
        }

        /** WPE. */
        public Builder writeProtect(boolean value) {
            return flag(2, WRITE_PROTECT, value);
        }

        /** NXE. */
        public Builder noExecute(boolean value) {
            return flag(2, NO_EXECUTE, value);
        }

        /** EAFE. */
        public Builder extendedAccessed(boolean value) {
            return flag(2, EXTENDED_ACCESSED, value);
        }

        /** FSPTPTR, 4 KiB aligned. */
        public Builder firstStage(long address) {
            return address(2, FIRST_STAGE, address);
        }

        /** The entry. */
        public PasidEntry build() {
            return new PasidEntry(words[0], words[1], words[2], words[3], words[4], words[5], words[6], words[7]);
        }
    }
}
