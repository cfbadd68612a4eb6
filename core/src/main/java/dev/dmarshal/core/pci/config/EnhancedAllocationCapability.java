package dev.dmarshal.core.pci.config;

import static dev.dmarshal.core.pci.config.ConfigHeader.flag;

import dev.dmarshal.core.memory.BitField;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Enhanced allocation, capability 14h: regions whose addresses are wired in, in place of BARs. A bridge has its fixed bus numbers before the entries.
 *
 * <pre>
 *  02 number of entries 5:0   [04 bridges: fixed secondary, fixed subordinate]   then each entry:
 *  word 0: 2:0 words that follow, 7:4 what it stands for, 15:8 and 23:16 properties, 30 writable, 31 enabled
 *  word 1: base 31:2, bit 1 a base word follows; word 2: largest offset 31:2, bit 1 an offset word follows
 * </pre>
 *
 * Source: PCI Engineering Change Notice "Enhanced Allocation", 2014.
 *
 * @param at where it is
 */
public record EnhancedAllocationCapability(PciCapability at) {
    /** Number of entries. */
    public static final BitField COUNT = BitField.of("NumEntries", 0, 6);
    /** Capabilities. */
    public static final ConfigRegister EA_CAP = ConfigRegister.of("EaCap", 0x02, 2, COUNT);
    /** Words that follow the first. */
    public static final BitField ENTRY_WORDS = BitField.of("EntrySize", 0, 3);
    /** What it stands for: 0 to 5 a BAR, 6 behind the function, 7 nothing said, 8 expansion ROM, 9 to 14 a BAR of virtual functions. */
    public static final BitField EQUIVALENT = BitField.of("Equivalent", 4, 4);
    /** Kind of memory. */
    public static final BitField PRIMARY = BitField.of("PrimaryProperties", 8, 8);
    /** Kind of memory for those that do not know the first. */
    public static final BitField SECONDARY = BitField.of("SecondaryProperties", 16, 8);
    private static final BitField WRITABLE = flag("Writable", 30);
    private static final BitField ENABLE = flag("Enable", 31);
    private static final BitField WIDE = flag("64bit", 1);
    private static final long LOW_BITS = 3;

    /**
     * One region.
     *
     * @param equivalent what it stands for, see {@link #EQUIVALENT}
     * @param primary    kind of memory
     * @param secondary  kind of memory for those that do not know the first
     * @param enabled    whether it answers
     * @param writable   whether software may move it
     * @param base       first address
     * @param maxOffset  last address less the first
     * @param words      32-bit words of the entry after its first
     */
    public record Entry(int equivalent, int primary, int secondary, boolean enabled, boolean writable, long base, long maxOffset, int words) {

        /** What it stands for, in words. */
        public String stands() {
            return switch (equivalent) {
                case 0, 1, 2, 3, 4, 5 -> "BAR " + equivalent;
                case 6 -> "a region behind the function";
                case 8 -> "expansion ROM";
                case 9, 10, 11, 12, 13, 14 -> "BAR " + (equivalent - 9) + " of virtual functions";
                default -> "a region of no BAR";
            };
        }
    }

    /** The entries as far as they were measured. */
    public List<Entry> entries() {
        OptionalInt count = at.read(EA_CAP, COUNT);
        List<Entry> entries = new ArrayList<>();
        int word = at.offset() + (at.space().header().type().orElse(HeaderType.ENDPOINT) == HeaderType.BRIDGE ? 8 : 4);
        for (int i = 0; i < count.orElse(0); i++) {
            OptionalLong first = at.space().read(word, 4);
            if (first.isEmpty()) {
                break;
            }
            int words = (int) ENTRY_WORDS.get(first.getAsLong());
            if (words < 2 || !at.space().measured(word, 4 + 4 * words)) {
                break;
            }
            entries.add(entry(word, first.getAsLong()));
            word += 4 + 4 * words;
        }
        return entries;
    }

    private Entry entry(int word, long first) {
        long base = at.space().read(word + 4, 4).orElse(0);
        long offset = at.space().read(word + 8, 4).orElse(0);
        int next = word + 12;
        long wideBase = base & ~LOW_BITS;
        if (WIDE.isSet(base)) {
            wideBase |= at.space().read(next, 4).orElse(0) << 32;
            next += 4;
        }
        long wideOffset = offset | LOW_BITS;
        if (WIDE.isSet(offset)) {
            wideOffset |= at.space().read(next, 4).orElse(0) << 32;
        }
        return new Entry((int) EQUIVALENT.get(first), (int) PRIMARY.get(first), (int) SECONDARY.get(first), ENABLE.isSet(first), WRITABLE.isSet(first),
                wideBase,
                wideOffset, (int) ENTRY_WORDS.get(first));
    }
}
