package dev.dmarshal.core.tables;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * What a page may be, by the bits that its words never have set. The first look at every page of an image, so it reads no more of a page than it must.
 */
final class PageShape {
    /** Neither kind of table, or nothing but zeros. */
    static final int NOTHING = 0;
    /** Every word is a root entry or zero. */
    static final int ROOT = 1;
    /** Every pair of words is an interrupt-remapping entry or zero. */
    static final int INTERRUPTS = 2;

    /** Bits 11:1 and 63:52 of a root entry, in legacy and in scalable mode. */
    private static final long NOT_ROOT = 0xFFF0_0000_0000_0FFEL;
    /** Bits 13:12 and 31:24 of the lower word of a remapped or posted entry. */
    private static final long NOT_INTERRUPT_LOW = 0xFF00_3000L;
    /** Bits 95:84: reserved in both. */
    private static final long NOT_INTERRUPT_HIGH = 0xFFF0_0000L;
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int PAGE = 4096;
    private static final int FIRST_LOOK = 128;

    private PageShape() {
    }

    /** The shapes that the page at an offset may have: a set of {@link #ROOT} and {@link #INTERRUPTS}. */
    static int of(MemorySegment memory, long offset) {
        if (look(memory, offset) == NOTHING) {
            return NOTHING;
        }
        long low = 0;
        long high = 0;
        for (int i = 0; i < PAGE; i += 16) {
            low |= memory.get(WORD, offset + i);
            high |= memory.get(WORD, offset + i + 8);
        }
        return (low | high) == 0 ? NOTHING : judge(low, high);
    }

    private static int look(MemorySegment memory, long offset) {
        long low = 0;
        long high = 0;
        for (int i = 0; i < FIRST_LOOK; i += 16) {
            low |= memory.get(WORD, offset + i);
            high |= memory.get(WORD, offset + i + 8);
        }
        return judge(low, high);
    }

    private static int judge(long low, long high) {
        int root = ((low | high) & NOT_ROOT) == 0 ? ROOT : 0;
        int interrupts = (low & NOT_INTERRUPT_LOW) == 0 && (high & NOT_INTERRUPT_HIGH) == 0 ? INTERRUPTS : 0;
        return root | interrupts;
    }
}
