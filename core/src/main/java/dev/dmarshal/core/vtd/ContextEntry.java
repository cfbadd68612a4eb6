package dev.dmarshal.core.vtd;

import static dev.dmarshal.core.memory.WordLayout.ignored;
import static dev.dmarshal.core.memory.WordLayout.reserved;

import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.memory.EntryLayout;
import dev.dmarshal.core.memory.PhysicalMemory;
import dev.dmarshal.core.memory.WordLayout;

/**
 * Legacy-mode context entry, one for each of a bus's 256 functions (section 9.3).
 *
 * <pre>
 *   63                                          12 11     4  3 2   1   0
 *  | SSPTPTR: second-stage top table              |  RSVD  | TT |FPD| P |  word 0
 *   63                       24 23      8  7   6  3 2    0
 *  |           RSVD            |   DID   |RSVD| IGN |  AW  |              word 1
 * </pre>
 *
 * @param low  word 0
 * @param high word 1
 */
public record ContextEntry(long low, long high) {
    /** Present. */
    public static final BitField PRESENT = BitField.of("P", 0, 1);
    /** Fault-processing disable: faults qualified by this entry are not recorded, whether or not P is set. */
    public static final BitField FAULT_DISABLE = BitField.of("FPD", 1, 1);
    /** Translation type. */
    public static final BitField TRANSLATION_TYPE = BitField.of("TT", 2, 2);
    /** Second-stage page-table pointer. */
    public static final BitField SECOND_STAGE = BitField.of("SSPTPTR", 12, 52);
    /** Address width code (word 1). */
    public static final BitField ADDRESS_WIDTH = BitField.of("AW", 0, 3);
    /** Domain id (word 1). */
    public static final BitField DOMAIN = BitField.of("DID", 8, 16);
    /** All fields. */
    public static final EntryLayout LAYOUT = EntryLayout.of("ContextEntry",
            WordLayout.of(PRESENT, FAULT_DISABLE, TRANSLATION_TYPE, reserved(4, 8), SECOND_STAGE),
            WordLayout.of(ADDRESS_WIDTH, ignored(3, 4), reserved(7, 1), DOMAIN, reserved(24, 40)));

    /** Values of TT. */
    public enum TranslationType {
        /** 00b: untranslated requests go through the second stage; translation and translated requests are blocked. */
        UNTRANSLATED_ONLY,
        /** 01b: as 00b, but translation and translated requests are allowed (needs device-TLB support). */
        WITH_DEVICE_TLB,
        /** 10b: untranslated requests pass through; the others are blocked (needs pass-through support). */
        PASS_THROUGH,
        /** 11b: reserved. */
        RESERVED
    }

    /** Reads the entry at an address that the memory contains. */
    public static ContextEntry read(PhysicalMemory memory, long address) {
        return new ContextEntry(memory.read64(address), memory.read64(address + 8));
    }

    /** Stores the entry, the word with the present bit last. */
    public void write(PhysicalMemory memory, long address) {
        memory.write64(address + 8, high);
        memory.write64(address, low);
    }

    /** P. */
    public boolean present() {
        return PRESENT.isSet(low);
    }

    /** FPD. */
    public boolean faultsDisabled() {
        return FAULT_DISABLE.isSet(low);
    }

    /** TT. */
    public TranslationType translationType() {
        return TranslationType.values()[(int) TRANSLATION_TYPE.get(low)];
    }

    /** Physical address of the second-stage top table. */
    public long secondStage() {
        return low & SECOND_STAGE.mask();
    }

    /** AW as it stands, 0 to 7; see {@link AddressWidth#of}. */
    public int addressWidthCode() {
        return (int) ADDRESS_WIDTH.get(high);
    }

    /** DID. */
    public int domain() {
        return (int) DOMAIN.get(high);
    }

    /** Every field by name. */
    @Override
    public String toString() {
        return LAYOUT.describe(low, high);
    }

    /** Starts with all fields zero. */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds context entries. */
    public static final class Builder extends EntryBuilder<Builder> {
        private Builder() {
            super(2);
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

        /** TT. */
        public Builder translationType(TranslationType value) {
            return set(0, TRANSLATION_TYPE, value.ordinal());
        }

        /** SSPTPTR, 4 KiB aligned. */
        public Builder secondStage(long address) {
            return address(0, SECOND_STAGE, address);
        }

        /** AW. */
        public Builder addressWidth(AddressWidth value) {
            return set(1, ADDRESS_WIDTH, value.code());
        }

        /** DID, 16 bits. */
        public Builder domain(int value) {
            return set(1, DOMAIN, value);
        }

        /** The entry. */
        public ContextEntry build() {
            return new ContextEntry(words[0], words[1]);
        }
    }
}
