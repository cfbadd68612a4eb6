package dev.dmarshal.core.unit;

import dev.dmarshal.core.memory.BitField;
import dev.dmarshal.core.vtd.Register;
import dev.dmarshal.core.vtd.RegisterLayout;
import dev.dmarshal.core.vtd.RegisterName;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The bits of the registers, without their effects, and the lock that serialises all use of them. Every method but {@link #lock} needs the lock held.
 * Registers that the unit does not have read as 0 here; storing to one is a programmer error.
 */
final class RegisterBank {

    final RegisterLayout layout;
    private final ReentrantLock lock = new ReentrantLock();
    private final long[] words;
    private final long[] errors = new long[ProgrammingError.values().length];
    private final boolean[] present = new boolean[RegisterName.values().length];
    private final int[] offsets = new int[RegisterName.values().length];

    RegisterBank(RegisterLayout layout) {
        this.layout = layout;
        words = new long[layout.windowBytes() / 8];
        for (RegisterName name : RegisterName.values()) {
            offsets[name.ordinal()] = layout.offset(name);
        }
        for (Register register : layout.registers()) {
            present[register.name().ordinal()] = true;
        }
        reset();
    }

    ReentrantLock lock() {
        return lock;
    }

    void reset() {
        for (Register register : layout.registers()) {
            store(register.offset(), register.name().bits(), register.reset());
        }
    }

    boolean has(RegisterName name) {
        return present[name.ordinal()];
    }

    long get(RegisterName name) {
        return has(name) ? load(offsets[name.ordinal()], name.bits()) : 0;
    }

    void set(RegisterName name, long value) {
        if (!has(name)) {
            throw new IllegalStateException("this unit has no " + name);
        }
        store(offsets[name.ordinal()], name.bits(), value);
    }

    long get(RegisterName name, int index) {
        return load(offsets[name.ordinal()] + 16 * index, name.bits());
    }

    void set(RegisterName name, int index, long value) {
        store(offsets[name.ordinal()] + 16 * index, name.bits(), value);
    }

    boolean isSet(RegisterName name, BitField field) {
        return field.isSet(get(name));
    }

    void put(RegisterName name, BitField field, long value) {
        set(name, field.set(get(name), value));
    }

    long load(int offset, int bits) {
        long word = words[offset >>> 3];
        return bits == 64 ? word : word >>> (offset & 4) * 8 & 0xffff_ffffL;
    }

    void store(int offset, int bits, long value) {
        int shift = (offset & 4) * 8;
        long mask = bits == 64 ? -1L : 0xffff_ffffL << shift;
        words[offset >>> 3] = words[offset >>> 3] & ~mask | value << shift & mask;
    }

    void count(ProgrammingError error) {
        errors[error.ordinal()]++;
    }

    long errors(ProgrammingError error) {
        return errors[error.ordinal()];
    }

    long[] words() {
        return words.clone();
    }

    void restore(long[] saved) {
        System.arraycopy(saved, 0, words, 0, words.length);
    }
}
