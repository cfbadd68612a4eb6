package dev.dmarshal.core.vtd;

import static dev.dmarshal.core.memory.WordLayout.reserved;

import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.memory.EntryLayout;
import dev.dmarshal.core.memory.PhysicalMemory;
import dev.dmarshal.core.memory.WordLayout;

/**
 * Scalable-mode PASID directory entry: points to the PASID table of 64 consecutive PASIDs (section 9.5).
 *
 * <pre>
 *   63                                     12 11      2   1   0
 *  | SMPTBLPTR: PASID table                  |  RSVD   |FPD| P |
 * </pre>
 *
 * @param word bits 63:0
 */
public record PasidDirectoryEntry(long word) {
    /** Present. */
    public static final BitField PRESENT = BitField.of("P", 0, 1);
    /** Fault-processing disable. */
    public static final BitField FAULT_DISABLE = BitField.of("FPD", 1, 1);
    /** PASID-table pointer. */
    public static final BitField TABLE = BitField.of("SMPTBLPTR", 12, 52);
    /** All fields. */
    public static final EntryLayout LAYOUT = EntryLayout.of("PasidDirectoryEntry",
            WordLayout.of(PRESENT, FAULT_DISABLE, reserved(2, 10), TABLE));

    /** Reads the entry at an address that the memory contains. */
    public static PasidDirectoryEntry read(PhysicalMemory memory, long address) {
        return new PasidDirectoryEntry(memory.read64(address));
    }

    /** Stores the entry. */
    public void write(PhysicalMemory memory, long address) {
        memory.write64(address, word);
    }

    /** P. */
    public boolean present() {
        return PRESENT.isSet(word);
    }

    /** FPD. */
    public boolean faultsDisabled() {
        return FAULT_DISABLE.isSet(word);
    }

    /** Physical address of the PASID table. */
    public long table() {
        return word & TABLE.mask();
    }

    /** Every field by name. */
    @Override
    public String toString() {
        return LAYOUT.describe(word);
    }

    /** Starts with all fields zero. */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds PASID directory entries. */
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

        /** FPD. */
        public Builder faultsDisabled(boolean value) {
            return flag(0, FAULT_DISABLE, value);
        }

        /** SMPTBLPTR, 4 KiB aligned. */
        public Builder table(long address) {
            return address(0, TABLE, address);
        }

        /** The entry. */
        public PasidDirectoryEntry build() {
            return new PasidDirectoryEntry(words[0]);
        }
    }
}
