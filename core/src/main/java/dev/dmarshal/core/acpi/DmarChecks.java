package dev.dmarshal.core.acpi;

import static dev.dmarshal.core.acpi.Findings.hex;

import dev.dmarshal.core.acpi.DmarStructure.Andd;
import dev.dmarshal.core.acpi.DmarStructure.Atsr;
import dev.dmarshal.core.acpi.DmarStructure.Drhd;
import dev.dmarshal.core.acpi.DmarStructure.Rhsa;
import dev.dmarshal.core.acpi.DmarStructure.Scoped;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What is well formed in a DMAR table but wrong, or worth knowing. Finds the faults that firmware is known to make; each label has a text with what Linux
 * and Xen do about it.
 */
public final class DmarChecks {

    /** Below this Linux refuses the table: parse_dmar_table in drivers/iommu/intel/dmar.c compares with the page size. */
    private static final int LEAST_WIDTH = 12;
    /** No x86 processor has fewer or more physical address bits than these (Intel SDM, CPUID 80000008h). */
    private static final int USUAL_LEAST = 32;
    private static final int USUAL_MOST = 52;
    private static final long PAGE_MASK = 0xfff;

    private final DmarTable table;
    private final MachineView machine;
    private final Findings findings = new Findings();

    private DmarChecks(DmarTable table, MachineView machine) {
        this.table = table;
        this.machine = machine;
    }

    /** Judges a table; findings of its reading are not repeated. */
    public static List<TableFinding> judge(DmarTable table, MachineView machine) {
        if (!table.hasFields()) {
            return List.of();
        }
        DmarChecks checks = new DmarChecks(table, machine);
        checks.fields();
        checks.units();
        checks.includeAll();
        checks.affinity();
        checks.others();
        new RmrrChecks(table, machine, checks.findings).run();
        new ScopeChecks(table, machine, checks.findings).run();
        return checks.findings.list();
    }

    /** All findings of a table: those of its reading, then those of its judging. */
    public static List<TableFinding> all(DmarTable table, MachineView machine) {
        return Stream.concat(table.findings().stream(), judge(table, machine).stream()).toList();
    }

    private void fields() {
        int bits = table.hostAddressBits();
        if (bits < LEAST_WIDTH) {
            findings.add("dmar-width-too-small", DmarFormat.WIDTH.offset(), "bits", bits);
        } else if (bits < USUAL_LEAST || bits > USUAL_MOST) {
            findings.add("dmar-width-odd", DmarFormat.WIDTH.offset(), "bits", bits);
        }
        boolean optOut = DmarTable.X2APIC_OPT_OUT.isSet(table.flags());
        int flags = DmarFormat.FLAGS.offset();
        if (!table.interruptRemapping()) {
            findings.add(optOut ? "dmar-x2apic-opt-out-alone" : "dmar-no-interrupt-remapping", flags);
        } else {
            if (optOut) {
                findings.add("dmar-x2apic-opt-out", flags);
            }
            if (!table.drhds().isEmpty() && table.drhds().stream().flatMap(unit -> unit.scopes().stream()).noneMatch(scope -> scope.kind()
                    == DeviceScope.Kind.IOAPIC)) {
                findings.add("dmar-ioapic-none", flags);
            }
        }
        if (DmarTable.DMA_CTRL_PLATFORM_OPT_IN.isSet(table.flags())) {
            findings.add("dmar-dma-opt-in", flags);
        }
        if (table.drhds().isEmpty()) {
            findings.add("dmar-no-drhd", DmarFormat.TABLE_FIXED);
        }
    }

    private void units() {
        Map<Long, Integer> bases = new HashMap<>();
        for (Placed<DmarStructure> placed : table.structures()) {
            if (placed.value() instanceof Drhd unit) {
                base(placed.offset(), unit);
                Integer before = bases.putIfAbsent(unit.base(), placed.offset());
                if (before != null) {
                    findings.add("dmar-base-twice", placed.offset(), "base", hex(unit.base()), "other", hex(before));
                }
                if (!unit.includePciAll() && unit.scopes().isEmpty()) {
                    findings.add("dmar-unit-without-devices", placed.offset(), "base", hex(unit.base()));
                }
            }
        }
    }

    private void base(int offset, Drhd unit) {
        if (unit.base() == 0) {
            findings.add("dmar-base-zero", offset);
        } else if (unit.base() == -1L) {
            findings.add("dmar-base-all-ones", offset);
        } else if ((unit.base() & PAGE_MASK) != 0) {
            findings.add("dmar-base-unaligned", offset, "base", hex(unit.base()));
        } else if ((unit.base() & unit.registerBytes() - 1) != 0) {
            findings.add("dmar-base-unaligned-for-size", offset, "base", hex(unit.base()), "size", unit.registerBytes() / 1024 + " KiB");
        } else if (table.hostAddressBits() < 64 && unit.base() >>> table.hostAddressBits() != 0) {
            findings.add("dmar-base-beyond-width", offset, "base", hex(unit.base()), "bits", table.hostAddressBits());
        }
    }

    private void includeAll() {
        Map<Integer, Long> first = new HashMap<>();
        Set<Integer> withUnits = new HashSet<>();
        for (Placed<DmarStructure> placed : table.structures()) {
            if (placed.value() instanceof Drhd unit) {
                withUnits.add(unit.segment());
                Long before = first.get(unit.segment());
                if (before != null) {
                    findings.add(unit.includePciAll() ? "dmar-include-all-twice" : "dmar-include-all-not-last", placed.offset(), "segment",
                            segment(unit.segment()),
                            "base", hex(unit.base()), "other", hex(before));
                } else if (unit.includePciAll()) {
                    first.put(unit.segment(), unit.base());
                }
            }
        }
        withUnits.stream().filter(segment -> !first.containsKey(segment)).sorted().forEach(segment -> findings.add("dmar-include-all-missing",
                DmarFormat.TABLE_FIXED, "segment", segment(segment)));
        for (Placed<DmarStructure> placed : table.structures()) {
            if (placed.value() instanceof Scoped scoped && !withUnits.contains(scoped.segment())) {
                findings.add("dmar-segment-without-unit", placed.offset(), "structure", placed.value().name(), "segment", segment(scoped.segment()));
            }
        }
    }

    private void affinity() {
        Set<Long> bases = new HashSet<>();
        table.drhds().forEach(unit -> bases.add(unit.base()));
        Set<Long> near = new HashSet<>();
        for (Placed<DmarStructure> placed : table.structures()) {
            if (placed.value() instanceof Rhsa rhsa) {
                near.add(rhsa.base());
                if (!bases.contains(rhsa.base())) {
                    findings.add("dmar-rhsa-without-unit", placed.offset(), "base", hex(rhsa.base()));
                }
            }
        }
        for (Placed<DmarStructure> placed : table.structures()) {
            if (placed.value() instanceof Drhd unit && !near.isEmpty() && !near.contains(unit.base())) {
                findings.add("dmar-unit-without-rhsa", placed.offset(), "base", hex(unit.base()));
            }
        }
    }

    private void others() {
        Set<Integer> allPorts = new HashSet<>();
        List<Integer> declared = new ArrayList<>();
        for (Placed<DmarStructure> placed : table.structures()) {
            if (placed.value() instanceof Atsr atsr && atsr.allPorts() && !allPorts.add(atsr.segment())) {
                findings.add("dmar-atsr-all-ports-twice", placed.offset(), "segment", segment(atsr.segment()));
            } else if (placed.value() instanceof Atsr atsr && !atsr.allPorts() && atsr.scopes().isEmpty()) {
                findings.add("dmar-atsr-without-ports", placed.offset(), "segment", segment(atsr.segment()));
            } else if (placed.value() instanceof Andd andd) {
                if (declared.contains(andd.deviceNumber())) {
                    findings.add("dmar-andd-number-twice", placed.offset(), "number", andd.deviceNumber(), "name", andd.objectName());
                }
                declared.add(andd.deviceNumber());
            }
        }
    }

    static String segment(int segment) {
        String digits = Integer.toHexString(segment);
        return "0".repeat(4 - digits.length()) + digits;
    }
}
