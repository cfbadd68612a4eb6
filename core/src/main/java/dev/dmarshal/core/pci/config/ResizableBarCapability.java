package dev.dmarshal.core.pci.config;

import dev.dmarshal.core.memory.BitField;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * BARs whose size software chooses: extended capability 0015h, and 0024h for virtual functions.
 *
 * <pre>
 *  04+8n sizes: 31:4 bit i is 1 MiB shifted left by i    08+8n control: 2:0 BAR, 7:5 number of entries (the first only), 13:8 size, 31:16 more sizes
 * </pre>
 *
 * Source: PCI Express Base Specification 6.0, section 7.8.6.
 *
 * @param at where it is
 */
public record ResizableBarCapability(PciCapability at) {
    /** Sizes that it can. */
    public static final BitField SIZES = BitField.of("Sizes", 4, 28);
    /** Which BAR. */
    public static final BitField BAR = BitField.of("BAR", 0, 3);
    /** How many entries there are. */
    public static final BitField COUNT = BitField.of("Count", 5, 3);
    /** Size in force: 1 MiB shifted left by this. */
    public static final BitField SIZE = BitField.of("Size", 8, 6);
    /** Sizes from 256 TiB on. */
    public static final BitField MORE_SIZES = BitField.of("MoreSizes", 16, 16);
    /** Sizes of the first BAR. */
    public static final ConfigRegister REBAR_CAP = ConfigRegister.of("RebarCap", 4, 4, SIZES);
    /** Control of the first BAR. */
    public static final ConfigRegister REBAR_CTL = ConfigRegister.of("RebarCtl", 8, 4, BAR, COUNT, SIZE, MORE_SIZES);

    private static final int ENTRY_BYTES = 8;
    private static final int MOST_ENTRIES = 6;
    private static final int LOW_SIZES = 28;

    /**
     * One BAR.
     *
     * @param bar       which
     * @param power     size in force: 2 to this power MiB, 0 to 63
     * @param supported such powers that it can, bit i for i
     */
    public record Entry(int bar, int power, long supported) {
    }

    /** The entries that were measured; a count that no specification allows gives none. */
    public List<Entry> entries() {
        OptionalInt count = at.read(REBAR_CTL, COUNT);
        List<Entry> entries = new ArrayList<>();
        if (count.isEmpty() || count.getAsInt() > MOST_ENTRIES) {
            return entries;
        }
        for (int i = 0; i < count.getAsInt(); i++) {
            OptionalLong sizes = at.read(REBAR_CAP.plus(i * ENTRY_BYTES));
            OptionalLong control = at.read(REBAR_CTL.plus(i * ENTRY_BYTES));
            if (sizes.isEmpty() || control.isEmpty()) {
                break;
            }
            entries.add(new Entry((int) BAR.get(control.getAsLong()), (int) SIZE.get(control.getAsLong()),
                    SIZES.get(sizes.getAsLong()) | MORE_SIZES.get(control.getAsLong()) << LOW_SIZES));
        }
        return entries;
    }
}
