package dev.dmarshal.cli.tables;

import dev.dmarshal.core.acpi.AcpiTable;
import dev.dmarshal.core.acpi.DeviceScope;
import dev.dmarshal.core.acpi.DmarChecks;
import dev.dmarshal.core.acpi.DmarStructure;
import dev.dmarshal.core.acpi.DmarTable;
import dev.dmarshal.core.acpi.IvhdEntry;
import dev.dmarshal.core.acpi.IvrsBlock;
import dev.dmarshal.core.acpi.IvrsChecks;
import dev.dmarshal.core.acpi.IvrsTable;
import dev.dmarshal.core.acpi.MachineView;
import dev.dmarshal.core.acpi.Placed;
import dev.dmarshal.core.acpi.TableFinding;
import dev.dmarshal.core.acpi.TablePart;
import dev.dmarshal.doctor.finding.Severity;
import dev.dmarshal.doctor.firmware.TableAdvice;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A table with its layout, a word on each part of it, and what is wrong with it.
 *
 * @param source  file that it came from
 * @param table   header and bytes
 * @param layout  all fields; the header alone for tables that are neither DMAR nor IVRS
 * @param says    what a part is, in words, by its offset
 * @param advice  findings in words
 * @param decoded whether this is a DMAR or IVRS table
 */
public record JudgedTable(String source, AcpiTable table, TablePart layout, Map<Integer, String> says, List<TableAdvice> advice, boolean decoded) {

    /** Reads and judges a table on its own: nothing is known of the machine. */
    static JudgedTable of(String source, AcpiTable table) {
        return switch (table.header().signature()) {
            case DmarTable.SIGNATURE -> {
                DmarTable dmar = DmarTable.of(table);
                yield new JudgedTable(source, table, dmar.layout(), says(dmar), advice(DmarChecks.all(dmar, MachineView.UNKNOWN)), true);
            }
            case IvrsTable.SIGNATURE -> {
                IvrsTable ivrs = IvrsTable.of(table);
                yield new JudgedTable(source, table, ivrs.layout(), says(ivrs), advice(IvrsChecks.all(ivrs, MachineView.UNKNOWN)), true);
            }
            default -> new JudgedTable(source, table, new TablePart("table", 0, table.bytes().length(), List.of(), List.of(table.headerLayout())), Map.of(),
                    advice(table.findings()), false);
        };
    }

    /** Whether anything is wrong; notes do not count. */
    boolean trouble() {
        return advice.stream().anyMatch(each -> each.severity() != Severity.NOTE);
    }

    private static List<TableAdvice> advice(List<TableFinding> findings) {
        return findings.stream().map(TableAdvice::of).sorted(java.util.Comparator.comparing(TableAdvice::severity)).toList();
    }

    private static Map<Integer, String> says(DmarTable table) {
        Map<Integer, String> says = new HashMap<>();
        List<TablePart> parts = table.layout().parts().stream().filter(part -> part.offset() >= 48).toList();
        for (int i = 0; i < table.structures().size(); i++) {
            Placed<DmarStructure> placed = table.structures().get(i);
            says.put(placed.offset(), says(placed.value()));
            if (placed.value() instanceof DmarStructure.Scoped scoped) {
                for (int j = 0; j < scoped.scopes().size(); j++) {
                    says.put(parts.get(i).parts().get(j).offset(), says(scoped.scopes().get(j), table));
                }
            }
        }
        return says;
    }

    private static String says(DmarStructure structure) {
        return switch (structure) {
            case DmarStructure.Drhd unit -> "remapping unit at " + hex(unit.base()) + ", segment " + segment(unit.segment()) + (unit.includePciAll()
                    ? ", all other devices"
                    : "");
            case DmarStructure.Rmrr rmrr -> "reserved memory " + hex(rmrr.base()) + " to " + hex(rmrr.limit()) + ", segment " + segment(rmrr.segment());
            case DmarStructure.Atsr atsr -> "root ports with ATS, segment " + segment(atsr.segment()) + (atsr.allPorts() ? ", all ports" : "");
            case DmarStructure.Rhsa rhsa -> "unit at " + hex(rhsa.base()) + " is near proximity domain " + rhsa.proximityDomain();
            case DmarStructure.Andd andd -> "ACPI device " + andd.deviceNumber() + " is " + andd.objectName();
            case DmarStructure.Satc satc -> "integrated devices with a translation cache, segment " + segment(satc.segment()) + (DmarStructure.Satc.ATC_REQUIRED
                    .isSet(satc.flags()) ? ", required" : "");
            case DmarStructure.Sidp sidp -> "properties of integrated devices, segment " + segment(sidp.segment());
            case DmarStructure.Unknown unknown -> "type " + unknown.type() + ", not decoded";
        };
    }

    private static String says(DeviceScope scope, DmarTable table) {
        String what = scope.kind() == DeviceScope.Kind.UNKNOWN ? "type " + scope.type() : scope.kind().words();
        String which = switch (scope.kind()) {
            case IOAPIC -> " id " + scope.enumerationId();
            case HPET -> " " + scope.enumerationId();
            case NAMESPACE -> " " + scope.enumerationId() + table.namespaceDevice(scope.enumerationId()).map(andd -> " " + andd.objectName()).orElse("");
            default -> "";
        };
        String flags = scope.flags() == 0 ? "" : ", flags " + hex(scope.flags()) + " " + TableMeanings.names(scope.flags(), DeviceScope.FLAGS);
        return scope.pathText() + "  " + what + which + flags;
    }

    private static Map<Integer, String> says(IvrsTable table) {
        Map<Integer, String> says = new HashMap<>();
        List<TablePart> parts = table.layout().parts().stream().filter(part -> part.offset() >= 48).toList();
        for (int i = 0; i < table.blocks().size(); i++) {
            Placed<IvrsBlock> placed = table.blocks().get(i);
            says.put(placed.offset(), says(placed.value()));
            if (placed.value() instanceof IvrsBlock.Ivhd ivhd) {
                for (int j = 0; j < ivhd.entries().size(); j++) {
                    says.put(parts.get(i).parts().get(j).offset(), says(ivhd.entries().get(j)));
                }
            }
        }
        return says;
    }

    private static String says(IvrsBlock block) {
        return switch (block) {
            case IvrsBlock.Ivhd unit -> "IOMMU " + IvhdEntry.id(unit.deviceId()) + " at " + hex(unit.base())
                    + ", segment " + segment(unit.segment()) + ", form "
                    + hex(unit.type());
            case IvrsBlock.Ivmd region -> "memory " + hex(region.start()) + " to " + hex(region.limit()) + " for " + switch (region.type()) {
                case IvrsBlock.Ivmd.TYPE_ALL -> "all devices";
                case IvrsBlock.Ivmd.TYPE_ONE -> IvhdEntry.id(region.deviceId());
                default -> IvhdEntry.id(region.deviceId()) + " to " + IvhdEntry.id(region.lastId());
            };
            case IvrsBlock.Unknown unknown -> "type " + hex(unknown.type()) + ", not decoded";
        };
    }

    private static String says(IvhdEntry entry) {
        String device = IvhdEntry.id(entry.deviceId());
        String name = IvhdEntry.name(entry.type());
        return switch (entry) {
            case IvhdEntry.Device each -> each.type() < 2 ? name : device + "  " + name;
            case IvhdEntry.Alias alias -> device + "  " + name + ", requests as " + IvhdEntry.id(alias.usedId());
            case IvhdEntry.Extended extended -> device + "  " + name + " " + hex(extended.extended());
            case IvhdEntry.Special special -> IvhdEntry.id(special.usedId()) + "  " + (special.variety() == IvhdEntry.Special.IOAPIC ? "I/O APIC id "
                    : special.variety() == IvhdEntry.Special.HPET ? "HPET " : "special device ") + special.handle();
            case IvhdEntry.Named named -> device + "  ACPI device " + printable(named.hid().text(0, named.hid().length())) + (named.uidFormat()
                    == IvhdEntry.Named.UID_TEXT ? " " + printable(named.uid().text(0, named.uid().length())) : "");
            case IvhdEntry.Unknown unknown -> "type " + hex(unknown.type()) + ", not decoded";
        };
    }

    /** Text from a table for a terminal: no control characters, nothing behind the first zero byte. */
    static String printable(String text) {
        int zero = text.indexOf('\0');
        return (zero < 0 ? text : text.substring(0, zero)).replaceAll("[^ -~]", "?").strip();
    }

    static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }

    private static String segment(int segment) {
        String digits = Integer.toHexString(segment);
        return "0".repeat(4 - digits.length()) + digits;
    }
}
