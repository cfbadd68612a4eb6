package dev.dmarshal.core.vtd;

import static dev.dmarshal.core.memory.WordLayout.reserved;

import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.memory.EntryLayout;
import dev.dmarshal.core.memory.PhysicalMemory;
import dev.dmarshal.core.memory.WordLayout;

/**
 * Legacy-mode root entry, one for each of 256 buses (section 9.1).
 *
 * <pre>
 *   63                                     12 11          1  0
 *  | CTP: context table (HAW bits are used)  |    RSVD     |P|  word 0
 *  |                       RSVD                              |  word 1
 * </pre>
 *
 * @param low  word 0
 * @param high word 1
 */
public record RootEntry(long low, long high) {
    /** Present. */
    public static final BitField PRESENT = BitField.of("P", 0, 1);
    /** Context-table pointer. */
    public static final BitField CONTEXT_TABLE = BitField.of("CTP", 12, 52);
    /** All fields. */
    public static final EntryLayout LAYOUT = EntryLayout.of("RootEntry",
            WordLayout.of(PRESENT, reserved(1, 11), CONTEXT_TABLE), WordLayout.of(reserved(0, 64)));

    /** Reads the entry at an address that the memory contains. */
    public static RootEntry read(PhysicalMemory memory, long address) {
        return new RootEntry(memory.read64(address), memory.read64(address + 8));
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

    /** Physical address of the context table. */
    public long contextTable() {
        return low & CONTEXT_TABLE.mask();
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

    /** Builds root entries. */
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

        /** CTP, 4 KiB aligned. */
        public Builder contextTable(long address) {
            return address(0, CONTEXT_TABLE, address);
        }

        /** The entry. */
        public RootEntry build() {
            return new RootEntry(words[0], words[1]);
        }
    }
}
