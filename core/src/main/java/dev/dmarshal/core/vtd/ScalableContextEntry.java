package dev.dmarshal.core.vtd;

import static dev.dmarshal.core.memory.WordLayout.reserved;

import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.memory.EntryLayout;
import dev.dmarshal.core.memory.PhysicalMemory;
import dev.dmarshal.core.memory.WordLayout;

/**
 * Scalable-mode context entry, 256 bits, one for each of 128 functions of a half bus (section 9.4).
 *
 * <pre>
 *   63                      12 11  9 8    5   4    3     2    1   0
 *  | PASIDDIRPTR              | PDTS | RSVD |PRE|PASIDE|DTE |FPD| P |  word 0
 *   63                              21   20      19              0
 *  |             RSVD                |RID_PRIV|     RID_PASID      |  word 1
 *  |                       RSVD                                    |  words 2, 3
 * </pre>
 *
 * @param word0 bits 63:0
 * @param word1 bits 127:64
 * @param word2 bits 191:128
 * @param word3 bits 255:192
 */
public record ScalableContextEntry(long word0, long word1, long word2, long word3) {
    /** Present. */
    public static final BitField PRESENT = BitField.of("P", 0, 1);
    /** Fault-processing disable. */
    public static final BitField FAULT_DISABLE = BitField.of("FPD", 1, 1);
    /** Device-TLB enable: translation and translated requests are allowed. */
    public static final BitField DEVICE_TLB = BitField.of("DTE", 2, 1);
    /** PASID enable: requests with PASID are allowed. */
    public static final BitField PASID_ENABLE = BitField.of("PASIDE", 3, 1);
    /** Page-request enable. */
    public static final BitField PAGE_REQUESTS = BitField.of("PRE", 4, 1);
    /** PASID directory size: 2 to the (PDTS + 7) entries of 64 PASIDs each. */
    public static final BitField DIRECTORY_SIZE = BitField.of("PDTS", 9, 3);
    /** PASID directory pointer. */
    public static final BitField DIRECTORY = BitField.of("PASIDDIRPTR", 12, 52);
    /** PASID of requests without PASID (word 1). */
    public static final BitField RID_PASID = BitField.of("RID_PASID", 0, 20);
    /** Whether requests without PASID are privileged (word 1). */
    public static final BitField RID_PRIVILEGED = BitField.of("RID_PRIV", 20, 1);
    /** All fields. */
    public static final EntryLayout LAYOUT = EntryLayout.of("ScalableContextEntry",
            WordLayout.of(PRESENT, FAULT_DISABLE, DEVICE_TLB, PASID_ENABLE, PAGE_REQUESTS, reserved(5, 4), DIRECTORY_SIZE, DIRECTORY),
            WordLayout.of(RID_PASID, RID_PRIVILEGED, reserved(21, 43)), WordLayout.of(reserved(0, 64)), WordLayout.of(reserved(0, 64)));

    /** Reads the entry at an address that the memory contains. */
    public static ScalableContextEntry read(PhysicalMemory memory, long address) {
        return new ScalableContextEntry(memory.read64(address), memory.read64(address + 8), memory.read64(address + 16), memory.read64(address + 24));
    }

    /** Stores the entry, the word with the present bit last. */
    public void write(PhysicalMemory memory, long address) {
        memory.write64(address + 24, word3);
        memory.write64(address + 16, word2);
        memory.write64(address + 8, word1);
        memory.write64(address, word0);
    }

    /** P. */
    public boolean present() {
        return PRESENT.isSet(word0);
    }

    /** FPD. */
    public boolean faultsDisabled() {
        return FAULT_DISABLE.isSet(word0);
    }

    /** DTE. */
    public boolean deviceTlb() {
        return DEVICE_TLB.isSet(word0);
    }

    /** PASIDE. */
    public boolean pasidEnabled() {
        return PASID_ENABLE.isSet(word0);
    }

    /** PRE. */
    public boolean pageRequests() {
        return PAGE_REQUESTS.isSet(word0);
    }

    /** Number of PASIDs that the directory covers: 2 to the (PDTS + 13). */
    public int pasidLimit() {
        return 1 << DIRECTORY_SIZE.get(word0) + 13;
    }

    /** Physical address of the PASID directory. */
    public long directory() {
        return word0 & DIRECTORY.mask();
    }

    /** RID_PASID. */
    public int ridPasid() {
        return (int) RID_PASID.get(word1);
    }

    /** RID_PRIV. */
    public boolean ridPrivileged() {
        return RID_PRIVILEGED.isSet(word1);
    }

    /** Every field by name. */
    @Override
    public String toString() {
        return LAYOUT.describe(word0, word1, word2, word3);
    }

    /** Starts with all fields zero. */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds scalable-mode context entries. */
    public static final class Builder extends EntryBuilder<Builder> {
        private Builder() {
            super(4);
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

        /** DTE. */
        public Builder deviceTlb(boolean value) {
            return flag(0, DEVICE_TLB, value);
        }

        /** PASIDE. */
        public Builder pasidEnabled(boolean value) {
            return flag(0, PASID_ENABLE, value);
        }

        /** PRE. */
        public Builder pageRequests(boolean value) {
            return flag(0, PAGE_REQUESTS, value);
        }

        /** PDTS, 0 to 7. */
        public Builder directorySize(int code) {
            return set(0, DIRECTORY_SIZE, code);
        }

        /** PASIDDIRPTR, 4 KiB aligned. */
        public Builder directory(long address) {
            return address(0, DIRECTORY, address);
        }

        /** RID_PASID, 20 bits. */
        public Builder ridPasid(int pasid) {
            return set(1, RID_PASID, pasid);
        }

        /** RID_PRIV. */
        public Builder ridPrivileged(boolean value) {
            return flag(1, RID_PRIVILEGED, value);
        }

        /** The entry. */
        public ScalableContextEntry build() {
            return new ScalableContextEntry(words[0], words[1], words[2], words[3]);
        }
    }
}
