package dev.dmarshal.core.memory;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Layouts of words in hardware tables: little-endian and naturally aligned, so that each access is one access and may be atomic.
 * (Files are read through unaligned layouts instead, which allow no atomic access.)
 */
public final class LittleEndian {
    /** 32-bit word at a multiple of 4. */
    public static final ValueLayout.OfInt WORD32 = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    /** 64-bit word at a multiple of 8. */
    public static final ValueLayout.OfLong WORD64 = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

    private LittleEndian() {
    }
}
