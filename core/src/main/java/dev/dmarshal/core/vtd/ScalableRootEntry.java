package dev.dmarshal.core.vtd;

import static dev.dmarshal.core.memory.WordLayout.reserved;

import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.memory.EntryLayout;
import dev.dmarshal.core.memory.PhysicalMemory;
import dev.dmarshal.core.memory.WordLayout;

/**
 * Scalable-mode root entry: two context tables for each bus, one for devices 0 to 15, one for 16 to 31 (section 9.2).
 *
 * <pre>
 *   63                                     12 11          1  0
 *  | LCTP: context table of devfn 00h to 7Fh |    RSVD     |LP|  word 0
 *  | UCTP: context table of devfn 80h to FFh |    RSVD     |UP|  word 1
 * </pre>
 *
 * @param low  word 0
 * @param high word 1
 */
public record ScalableRootEntry(long low, long high) {
    /** Lower context table present. */
    public static final BitField LOWER_PRESENT = BitField.of("LP", 0, 1);
    /** Lower context-table pointer. */
    public static final BitField LOWER_TABLE = BitField.of("LCTP", 12, 52);
    /** Upper context table present (word 1). */
    public static final BitField UPPER_PRESENT = BitField.of("UP", 0, 1);
    /** Upper context-table pointer (word 1). */
    public static final BitField UPPER_TABLE = BitField.of("UCTP", 12, 52);
    /** All fields. */
    public static final EntryLayout LAYOUT = EntryLayout.of("ScalableRootEntry",
            WordLayout.of(LOWER_PRESENT, reserved(1, 11), LOWER_TABLE), WordLayout.of(UPPER_PRESENT, reserved(1, 11), UPPER_TABLE));

    /** Reads the entry at an address that the memory contains. */
    public static ScalableRootEntry read(PhysicalMemory memory, long address) {
        return new ScalableRootEntry(memory.read64(address), memory.read64(address + 8));
    }

    /** Stores the entry. */
    public void write(PhysicalMemory memory, long address) {
        memory.write64(address, low);
        memory.write64(address + 8, high);
    }

    /** LP. */
    public boolean lowerPresent() {
        return LOWER_PRESENT.isSet(low);
    }

    /** UP. */
    public boolean upperPresent() {
        return UPPER_PRESENT.isSet(high);
    }

    /** Physical address of the context table of devfn 00h to 7Fh. */
    public long lowerTable() {
        return low & LOWER_TABLE.mask();
    }

    /** Physical address of the context table of devfn 80h to FFh. */
    public long upperTable() {
        return high & UPPER_TABLE.mask();
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

    /** Builds scalable-mode root entries. */
    public static final class Builder extends EntryBuilder<Builder> {
        private Builder() {
            super(2);
        }

        @Override
        Builder self() {
            return this;
        }

        /** LP. */
        public Builder lowerPresent(boolean value) {
            return flag(0, LOWER_PRESENT, value);
        }

        /** UP. */
        public Builder upperPresent(boolean value) {
            return flag(1, UPPER_PRESENT, value);
        }

        /** LCTP, 4 KiB aligned. */
        public Builder lowerTable(long address) {
            return address(0, LOWER_TABLE, address);
        }

        /** UCTP, 4 KiB aligned. */
        public Builder upperTable(long address) {
            return address(1, UPPER_TABLE, address);
        }

        /** The entry. */
        public ScalableRootEntry build() {
            return new ScalableRootEntry(words[0], words[1]);
        }
    }
}
