package dev.dmarshal.host.survey;

import dev.dmarshal.core.acpi.DmarTable;
import dev.dmarshal.host.Reading;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
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

    /** The same with another answer to whether an IOMMU is on. */
    RemappingFacts with(Evidenced<Boolean> on) {
        return new RemappingFacts(on, interrupts, unsafeInterrupts, dmar, units, amd, physicalBits, xen);
    }

    /** The narrowest unit's reach in bits; empty if no unit's capabilities are known. */
    public OptionalInt widthBits() {
        return narrowest().map(UnitFacts::widthBits).orElse(OptionalInt.empty());
    }

    /** Bits of a host address to which a unit's tables can point, as firmware's table states them; empty if it was not read. */
    public OptionalInt hostAddressBits() {
        Optional<DmarTable> table = dmar.present().filter(DmarTable::hasFields);
        return table.isEmpty() ? OptionalInt.empty() : OptionalInt.of(table.get().hostAddressBits());
    }

    /** The narrowest of the units whose reach is known. */
    public Optional<UnitFacts> narrowest() {
        return units.stream().filter(unit -> unit.widthBits().isPresent()).min(Comparator.comparingInt(unit -> unit.widthBits().getAsInt()));
    }

    /** The unit with these registers, if the kernel drives it. */
    public Optional<UnitFacts> unitAt(long registers) {
        return units.stream().filter(unit -> unit.address().isPresent() && unit.address().getAsLong() == registers).findFirst();
    }
}
