package dev.dmarshal.core.pci.config;

import dev.dmarshal.core.memory.BitField;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * A base address register. How much lies behind it is not in configuration space: see {@link Resources}.
 *
 * <p>A register that reads 0 is either not there or has no address; both are left out of lists here. Source: PCI Local Bus Specification 3.0, section 6.2.5.1.
 *
 * @param index        0 to 5; a 64-bit one takes the next index too
 * @param kind         what is behind it
 * @param prefetchable whether reads have no side effects
 * @param address      where it is; 0 if it was given none
 */
public record Bar(int index, Kind kind, boolean prefetchable, long address) {
    /** I/O space rather than memory. */
    public static final BitField IO_SPACE = BitField.of("IO", 0, 1);
    /** Width of a memory address: 0 is 32 bits, 1 below 1 MiB, 2 is 64 bits, 3 is reserved. */
    public static final BitField MEMORY_TYPE = BitField.of("Type", 1, 2);
    /** Prefetchable. */
    public static final BitField PREFETCHABLE = BitField.of("Prefetchable", 3, 1);
    /** Address of I/O space, in 4 bytes. */
    public static final BitField IO_ADDRESS = BitField.of("Address", 2, 30);
    /** Address of memory, in 16 bytes. */
    public static final BitField MEMORY_ADDRESS = BitField.of("Address", 4, 28);

    private static final long ALL_ONES = 0xffff_ffffL;

    /** What is behind a register. */
    public enum Kind {
        /** I/O ports. */
        IO,
        /** Memory at a 32-bit address. */
        MEMORY_32,
        /** Memory below 1 MiB, which newer specifications no longer have. */
        MEMORY_LOW,
        /** Memory at a 64-bit address. */
        MEMORY_64,
        /** Memory of a reserved type. */
        RESERVED
    }

    /** Whether it is memory. */
    public boolean isMemory() {
        return kind != Kind.IO;
    }

    /** The registers that are not 0 and were measured; those of virtual functions are memory always. */
    static List<Bar> read(ConfigSpace space, int offset, int count, boolean memoryOnly) {
        List<Bar> bars = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            OptionalLong value = space.read(offset + 4 * i, 4);
            if (value.isEmpty() || value.getAsLong() == 0 || value.getAsLong() == ALL_ONES) {
                continue;
            }
            long low = value.getAsLong();
            if (IO_SPACE.isSet(low) && !memoryOnly) {
                bars.add(new Bar(i, Kind.IO, false, low & IO_ADDRESS.mask()));
                continue;
            }
            Kind kind = Kind.values()[1 + (int) MEMORY_TYPE.get(low)];
            long address = low & MEMORY_ADDRESS.mask();
            int index = i;
            if (kind == Kind.MEMORY_64) {
                OptionalLong high = i + 1 < count ? space.read(offset + 4 * i + 4, 4) : OptionalLong.empty();
                if (high.isEmpty()) {
                    continue;
                }
                address |= high.getAsLong() << 32;
                i++;
            }
            bars.add(new Bar(index, kind, PREFETCHABLE.isSet(low), address));
        }
        return bars;
    }
}
