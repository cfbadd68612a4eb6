package dev.dmarshal.core.pci.config;

import dev.dmarshal.core.memory.BitField;

/** Fills the registers of one capability of a space that is being built. */
public final class CapabilityBuilder {

    private final ConfigSpaceBuilder space;
    private final int offset;

    CapabilityBuilder(ConfigSpaceBuilder space, int offset) {
        this.space = space;
        this.offset = offset;
    }

    /** Where the capability was put. */
    public int offset() {
        return offset;
    }

    /** A register. */
    public CapabilityBuilder set(ConfigRegister register, long value) {
        space.store(offset, register, value);
        return this;
    }

    /** A field of a register. */
    public CapabilityBuilder set(ConfigRegister register, BitField field, long value) {
        space.store(offset, register, field.set(space.load(offset, register), value));
        return this;
    }

    /** Sets one-bit fields. */
    public CapabilityBuilder flags(ConfigRegister register, BitField... fields) {
        for (BitField field : fields) {
            set(register, field, 1);
        }
        return this;
    }

    /** Back to the space. */
    public ConfigSpaceBuilder done() {
        return space;
    }
}
