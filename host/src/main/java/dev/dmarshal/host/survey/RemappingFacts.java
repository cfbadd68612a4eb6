package dev.dmarshal.host.survey;

import dev.dmarshal.core.acpi.DmarTable;
import dev.dmarshal.host.Reading;
import java.util.List;
import java.util.OptionalInt;

/**
 * What is known of a host's DMA and interrupt remapping.
 *
 * @param translating        whether the kernel groups devices by an IOMMU, which it does as soon as one is on
 * @param interrupts         whether interrupts are remapped
 * @param unsafeInterrupts   whether VFIO was told to do without ({@code allow_unsafe_interrupts})
 * @param dmar               firmware's table
 * @param units              units that the kernel drives
 * @param amd                whether AMD's units are there instead
 * @param physicalBits       width of the processor's physical addresses
 * @param xen                whether this is Xen's dom0, to which Xen does not show its units
 */
public record RemappingFacts(Evidenced<Boolean> translating, Evidenced<Boolean> interrupts, Evidenced<Boolean> unsafeInterrupts, Reading<DmarTable> dmar,
        List<UnitFacts> units, boolean amd, OptionalInt physicalBits, boolean xen) {

    /** Keeps its own copy. */
    public RemappingFacts {
        units = List.copyOf(units);
    }

    /** The narrowest unit's reach in bits; empty if no unit's capabilities are known. */
    public OptionalInt widthBits() {
        return units.stream().map(UnitFacts::widthBits).filter(OptionalInt::isPresent).mapToInt(OptionalInt::getAsInt).min();
    }
}
