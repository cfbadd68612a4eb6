package dev.dmarshal.core.pci.config;

import dev.dmarshal.core.memory.BitField;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One capability of a function, standard or extended, as its list has it.
 *
 * @param space    where its registers are read from
 * @param extended whether it is of the extended list, which starts at 100h
 * @param id       8 bits, or 16 if extended
 * @param version  4 bits if extended; 0 otherwise, where a version is the capability's own affair
 * @param offset   of its first byte in the space
 * @param next     where its header says that the next one is, 0 at the end of the list
 */
public record PciCapability(ConfigSpace space, boolean extended, int id, int version, int offset, int next) {

    /** Which one it is; empty for an id that this program has no name for. */
    public Optional<CapabilityKind> kind() {
        return CapabilityKind.of(extended, id);
    }

    /** Whether it is of a kind. */
    public boolean is(CapabilityKind kind) {
        return extended == kind.extended() && id == kind.id();
    }

    /** A register, if it was measured. */
    public OptionalLong read(ConfigRegister register) {
        return space.read(offset + register.offset(), register.sizeBytes());
    }

    /** A register of at most four bytes, of which 31 bits are used. */
    OptionalInt number(ConfigRegister register) {
        return ConfigSpace.narrow(read(register), BitField.of(register.name(), 0, register.sizeBytes() * Byte.SIZE));
    }

    /** A field of a register, if it was measured; the field has at most 31 bits. */
    public OptionalInt read(ConfigRegister register, BitField field) {
        return ConfigSpace.narrow(read(register), field);
    }

    /** Whether any bit of a field is set; empty if that was not measured. */
    public Optional<Boolean> isSet(ConfigRegister register, BitField field) {
        OptionalLong value = read(register);
        return value.isPresent() ? Optional.of(field.isSet(value.getAsLong())) : Optional.empty();
    }
}
