package dev.dmarshal.core.vtd;

import dev.dmarshal.core.memory.BitField;

/**
 * What builders of VT-d structures share: words, and a way to set any field, also to values that software must not use.
 *
 * @param <B> the builder itself
 */
public abstract sealed class EntryBuilder<B extends EntryBuilder<B>>
        permits RootEntry.Builder, ScalableRootEntry.Builder, ContextEntry.Builder, ScalableContextEntry.Builder,
        PasidDirectoryEntry.Builder, PasidEntry.Builder, SecondStageEntry.Builder, FirstStageEntry.Builder {
    final long[] words;

    EntryBuilder(int count) {
        words = new long[count];
    }

    abstract B self();

    /** Sets a field of word {@code index} (64 bits each, lowest address first) to any value that fits. */
    public B set(int index, BitField field, long value) {
        words[index] = field.set(words[index], value);
        return self();
    }

    /** Sets or clears a one-bit field of word {@code index}. */
    B flag(int index, BitField field, boolean value) {
        return set(index, field, value ? 1 : 0);
    }

    /** Sets an address field; {@code field} holds the address bits in place, the others must be zero. */
    B address(int index, BitField field, long address) {
        if ((address & ~field.mask()) != 0) {
            throw new IllegalArgumentException(field.name() + " cannot hold 0x" + Long.toHexString(address));
        }
        return set(index, field, field.get(address));
    }
}
