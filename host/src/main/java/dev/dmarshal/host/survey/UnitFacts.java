package dev.dmarshal.host.survey;

import dev.dmarshal.core.vtd.Capability;
import dev.dmarshal.core.vtd.ExtendedCapability;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A remapping unit that the running kernel drives ({@code /sys/class/iommu/dmarN/intel-iommu}, Documentation/ABI/testing/sysfs-class-iommu-intel-iommu).
 *
 * @param name    such as {@code dmar0}
 * @param address of its registers
 * @param cap     its capability register
 * @param ecap    its extended capability register
 */
public record UnitFacts(String name, OptionalLong address, OptionalLong cap, OptionalLong ecap) {

    /** Bits of the widest address that the unit translates: MGAW, held to the widest table of SAGAW. */
    public OptionalInt widthBits() {
        return cap.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Math.min(mostBits().getAsInt(), tableBits().getAsInt()));
    }

    /** Bits of an address that the unit takes at all (MGAW). */
    public OptionalInt mostBits() {
        return cap.isEmpty() ? OptionalInt.empty() : OptionalInt.of((int) Capability.MAXIMUM_WIDTH.get(cap.getAsLong()) + 1);
    }

    /** Bits that the unit's widest second-stage table takes (SAGAW: 39, 48 or 57); as many as MGAW says for a unit that names no table. */
    public OptionalInt tableBits() {
        int widths = cap.isEmpty() ? 0 : (int) Capability.ADDRESS_WIDTHS.get(cap.getAsLong());
        // Bit n of SAGAW is a table that reaches 30 + 9n bits.
        return widths == 0 ? mostBits() : OptionalInt.of(30 + 9 * (Integer.SIZE - 1 - Integer.numberOfLeadingZeros(widths)));
    }

    /** Whether the unit can remap interrupts. */
    public java.util.Optional<Boolean> remapsInterrupts() {
        return ecap.isPresent() ? java.util.Optional.of(ExtendedCapability.INTERRUPT_REMAPPING.isSet(ecap.getAsLong())) : java.util.Optional.empty();
    }
}
