package dev.dmarshal.core.acpi;

import dev.dmarshal.core.acpi.IvrsBlock.Ivhd;
import dev.dmarshal.core.acpi.IvrsBlock.Ivmd;
import dev.dmarshal.core.memory.BitField;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An IVRS table (AMD I/O Virtualization Technology specification): as much of it as can be read, and what is malformed in it.
 *
 * @param table    header and bytes
 * @param info     IVinfo, 32 bits; empty if the table ends before it
 * @param blocks   in the table's order
 * @param findings malformations
 */
public record IvrsTable(AcpiTable table, OptionalLong info, List<Placed<IvrsBlock>> blocks, List<TableFinding> findings) {

    /** Signature of the table. */
    public static final String SIGNATURE = "IVRS";
    /** Extended features are in the IVHD blocks. */
    public static final BitField EFR_SUP = BitField.of("EFRSup", 0, 1);
    /** Firmware holds DMA back until the system has set remapping up. */
    public static final BitField DMA_REMAP_SUP = BitField.of("DMA remap support", 1, 1);
    /** Guest virtual address size. */
    public static final BitField GVA_SIZE = BitField.of("GVASize", 5, 3);
    /** Physical address size, bits. */
    public static final BitField PA_SIZE = BitField.of("PASize", 8, 7);
    /** Virtual address size, bits. */
    public static final BitField VA_SIZE = BitField.of("VASize", 15, 7);
    /** The ATS range of HyperTransport is reserved. */
    public static final BitField HT_ATS_RESV = BitField.of("HtAtsResv", 22, 1);

    /** Copies the lists. */
    public IvrsTable {
        blocks = List.copyOf(blocks);
        findings = List.copyOf(findings);
    }

    /** Reads a table; never fails on its content. The signature must be {@code IVRS}. */
    public static IvrsTable of(AcpiTable table) {
        if (!table.header().signature().equals(SIGNATURE)) {
            throw new IllegalArgumentException("no IVRS table: " + table.header().signature());
        }
        return IvrsReader.read(table);
    }

    /** Reads a table from bytes that begin with its header; empty if they are no IVRS table. */
    public static Optional<IvrsTable> of(byte[] bytes) {
        return AcpiTable.of(bytes).filter(table -> table.header().signature().equals(SIGNATURE)).map(IvrsTable::of);
    }

    /** Blocks of one kind, in the table's order. */
    public <T extends IvrsBlock> List<T> all(Class<T> kind) {
        return blocks.stream().map(Placed::value).filter(kind::isInstance).map(kind::cast).toList();
    }

    /** The IOMMUs, each as often as the table has it in different forms. */
    public List<Ivhd> ivhds() {
        return all(Ivhd.class);
    }

    /** The reserved memory regions, in the table's order. */
    public List<Ivmd> ivmds() {
        return all(Ivmd.class);
    }

    /** The whole table as it lies in memory. */
    public TablePart layout() {
        return IvrsLayout.of(this);
    }
}
