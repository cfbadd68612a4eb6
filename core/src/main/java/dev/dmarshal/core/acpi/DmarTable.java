package dev.dmarshal.core.acpi;

import dev.dmarshal.core.acpi.DmarStructure.Andd;
import dev.dmarshal.core.acpi.DmarStructure.Drhd;
import dev.dmarshal.core.acpi.DmarStructure.Rmrr;
import dev.dmarshal.core.memory.BitField;
import java.util.List;
import java.util.Optional;

/**
 * A DMAR table (VT-d specification, section 8.1): as much of it as can be read, and what is malformed in it. What is well formed but wrong is for the checks.
 *
 * @param table           header and bytes
 * @param hostAddressBits width of physical addresses for DMA (field value plus one); 0 if the table ends before it, see {@link #hasFields()}
 * @param flags           8 bits; 0 if the table ends before it
 * @param structures      in the table's order
 * @param findings        malformations
 */
public record DmarTable(AcpiTable table, int hostAddressBits, int flags, List<Placed<DmarStructure>> structures, List<TableFinding> findings) {

    /** Signature of the table. */
    public static final String SIGNATURE = "DMAR";
    /** The platform supports interrupt remapping. */
    public static final BitField INTR_REMAP = BitField.of("INTR_REMAP", 0, 1);
    /** Firmware asks the system not to use x2APIC mode. */
    public static final BitField X2APIC_OPT_OUT = BitField.of("X2APIC_OPT_OUT", 1, 1);
    /** Firmware holds DMA back until the system has set remapping up (kernel DMA protection). */
    public static final BitField DMA_CTRL_PLATFORM_OPT_IN = BitField.of("DMA_CTRL_PLATFORM_OPT_IN_FLAG", 2, 1);

    /** Copies the lists. */
    public DmarTable {
        structures = List.copyOf(structures);
        findings = List.copyOf(findings);
    }

    /** Reads a table; never fails on its content. The signature must be {@code DMAR}. */
    public static DmarTable of(AcpiTable table) {
        if (!table.header().signature().equals(SIGNATURE)) {
            throw new IllegalArgumentException("no DMAR table: " + table.header().signature());
        }
        return DmarReader.read(table);
    }

    /** Reads a table from bytes that begin with its header; empty if they are no DMAR table. */
    public static Optional<DmarTable> of(byte[] bytes) {
        return AcpiTable.of(bytes).filter(table -> table.header().signature().equals(SIGNATURE)).map(DmarTable::of);
    }

    /** Whether the table is long enough to have width and flags. */
    public boolean hasFields() {
        return hostAddressBits != 0;
    }

    /** Whether the platform supports interrupt remapping. */
    public boolean interruptRemapping() {
        return INTR_REMAP.isSet(flags);
    }

    /** Structures of one kind, in the table's order. */
    public <T extends DmarStructure> List<T> all(Class<T> kind) {
        return structures.stream().map(Placed::value).filter(kind::isInstance).map(kind::cast).toList();
    }

    /** The remapping units, in the table's order. */
    public List<Drhd> drhds() {
        return all(Drhd.class);
    }

    /** The reserved memory regions, in the table's order. */
    public List<Rmrr> rmrrs() {
        return all(Rmrr.class);
    }

    /** The namespace device with this number. */
    public Optional<Andd> namespaceDevice(int deviceNumber) {
        return all(Andd.class).stream().filter(andd -> andd.deviceNumber() == deviceNumber).findFirst();
    }

    /** The whole table as it lies in memory. */
    public TablePart layout() {
        return DmarLayout.of(this);
    }
}
