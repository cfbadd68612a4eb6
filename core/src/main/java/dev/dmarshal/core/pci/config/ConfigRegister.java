package dev.dmarshal.core.pci.config;

import dev.dmarshal.core.memory.BitField;
import java.util.List;

/**
 * A register of configuration space: where it lies in its header or capability, how wide it is, which fields it has.
 *
 * @param name      short name, unique in its structure
 * @param offset    bytes from the start of the structure
 * @param sizeBytes 1, 2, 4 or 8
 * @param fields    its fields in ascending order; bits that no field names are reserved
 */
public record ConfigRegister(String name, int offset, int sizeBytes, List<BitField> fields) {

    /** Refuses other sizes, and fields that overlap, are out of order or do not fit. */
    public ConfigRegister {
        fields = List.copyOf(fields);
        if (offset < 0 || sizeBytes != 1 && sizeBytes != 2 && sizeBytes != 4 && sizeBytes != 8) {
            throw new IllegalArgumentException("no such register: " + name + " at " + offset + " of " + sizeBytes + " bytes");
        }
        int next = 0;
        for (BitField field : fields) {
            if (field.low() < next) {
                throw new IllegalArgumentException(name + "." + field.name() + " starts at bit " + field.low() + ", not at " + next + " or above");
            }
            next = field.low() + field.width();
        }
        if (next > sizeBytes * Byte.SIZE) {
            throw new IllegalArgumentException(name + " has " + sizeBytes * Byte.SIZE + " bits, its fields " + next);
        }
    }

    /** Declares a register. */
    public static ConfigRegister of(String name, int offset, int sizeBytes, BitField... fields) {
        return new ConfigRegister(name, offset, sizeBytes, List.of(fields));
    }

    /** Bits that the register has. */
    public long widthMask() {
        return -1L >>> Long.SIZE - sizeBytes * Byte.SIZE;
    }

    /** Bits that no field names. */
    public long reservedMask() {
        long named = 0;
        for (BitField field : fields) {
            named |= field.mask();
        }
        return widthMask() & ~named;
    }

    /** The same register of a structure that repeats: further up by this many bytes. */
    public ConfigRegister plus(int bytes) {
        return new ConfigRegister(name, offset + bytes, sizeBytes, fields);
    }
}
