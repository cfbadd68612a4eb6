package dev.dmarshal.cli.tables;

import dev.dmarshal.core.acpi.DeviceScope;
import dev.dmarshal.core.acpi.DmarStructure.Atsr;
import dev.dmarshal.core.acpi.DmarStructure.Drhd;
import dev.dmarshal.core.acpi.DmarStructure.Satc;
import dev.dmarshal.core.acpi.DmarTable;
import dev.dmarshal.core.acpi.FieldValue;
import dev.dmarshal.core.acpi.IvrsBlock.Ivmd;
import dev.dmarshal.core.acpi.IvrsTable;
import dev.dmarshal.core.acpi.TableField;
import dev.dmarshal.core.acpi.TablePart;
import dev.dmarshal.core.memory.BitField;
import java.util.List;
import java.util.stream.Collectors;

/** What the value of a field means, where the digits do not say it. */
public final class TableMeanings {

    private TableMeanings() {
    }

    /** The meaning in a few words, or an empty text. */
    static String of(TablePart part, FieldValue field) {
        if (field.form() != TableField.Form.NUMBER) {
            return "";
        }
        long value = Long.parseUnsignedLong(field.text(), 16);
        return switch (part.name() + ' ' + field.name()) {
            case "DMAR Host Address Width" -> value + 1 + " bits";
            case "DMAR Flags" -> names(value, DmarTable.INTR_REMAP, DmarTable.X2APIC_OPT_OUT, DmarTable.DMA_CTRL_PLATFORM_OPT_IN);
            case "DRHD Flags" -> names(value, Drhd.INCLUDE_PCI_ALL);
            case "DRHD Size" -> (4L << Drhd.SIZE.get(value)) + " KiB";
            case "scope Flags" -> names(value, DeviceScope.FLAGS);
            case "ATSR Flags" -> names(value, Atsr.ALL_PORTS);
            case "SATC Flags" -> names(value, Satc.ATC_REQUIRED);
            case "IVMD Flags" -> names(value, Ivmd.UNITY, Ivmd.READ, Ivmd.WRITE, Ivmd.EXCLUSION);
            case "IVRS Virtualization Info" -> IvrsTable.PA_SIZE.get(value) + " bits physical, " + IvrsTable.VA_SIZE.get(value) + " bits virtual";
            default -> "";
        };
    }

    private static String names(long value, BitField... fields) {
        return names(value, List.of(fields));
    }

    /** Names of the flags that are set. */
    static String names(long value, List<BitField> fields) {
        return fields.stream().filter(field -> field.isSet(value)).map(BitField::name).collect(Collectors.joining(", "));
    }
}
