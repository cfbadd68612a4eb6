package dev.dmarshal.core.acpi;

import static dev.dmarshal.core.acpi.Findings.hex;

import dev.dmarshal.core.acpi.DmarStructure.Rmrr;
import dev.dmarshal.core.acpi.MemoryRange.Use;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Judges reserved memory regions: their addresses, the memory map under them, and the devices that use them. */
final class RmrrChecks {

    private static final long PAGE_MASK = 0xfff;

    private final DmarTable table;
    private final MachineView machine;
    private final Findings findings;

    RmrrChecks(DmarTable table, MachineView machine, Findings findings) {
        this.table = table;
        this.machine = machine;
        this.findings = findings;
    }

    void run() {
        List<Placed<Rmrr>> before = new ArrayList<>();
        for (Placed<DmarStructure> placed : table.structures()) {
            if (placed.value() instanceof Rmrr rmrr) {
                region(placed.offset(), rmrr, before);
                before.add(new Placed<>(placed.offset(), placed.lengthBytes(), rmrr));
                if (rmrr.scopes().isEmpty()) {
                    findings.add("dmar-rmrr-without-devices", placed.offset(), "range", range(rmrr));
                }
                rmrr.scopes().forEach(scope -> device(placed.offset(), rmrr, scope));
            }
        }
    }

    private void region(int offset, Rmrr rmrr, List<Placed<Rmrr>> before) {
        if (rmrr.inverted()) {
            findings.add("dmar-rmrr-inverted", offset, "range", range(rmrr));
            return;
        }
        if ((rmrr.base() & PAGE_MASK) != 0 || (rmrr.limit() & PAGE_MASK) != PAGE_MASK) {
            findings.add("dmar-rmrr-unaligned", offset, "range", range(rmrr));
        }
        if (table.hostAddressBits() < 64 && rmrr.limit() >>> table.hostAddressBits() != 0) {
            findings.add("dmar-rmrr-beyond-width", offset, "range", range(rmrr), "bits", table.hostAddressBits());
        }
        for (Placed<Rmrr> other : before) {
            Rmrr region = other.value();
            if (!region.inverted() && new MemoryRange(region.base(), region.limit(), Use.OTHER).touches(rmrr.base(), rmrr.limit())) {
                findings.add("dmar-rmrr-overlap", offset, "range", range(rmrr), "other", range(region), "at", hex(other.offset()));
            }
        }
        machine.memoryMap().ifPresent(map -> reserved(offset, rmrr, map));
    }

    /**
     * Linux wants one E820 entry that is reserved or NVS over the whole region (arch_rmrr_sanity_check); Xen takes any memory that is no RAM, page by
     * page, and makes holes reserved (iommu_unity_region_ok).
     */
    private void reserved(int offset, Rmrr rmrr, List<MemoryRange> map) {
        boolean linux = map.stream().anyMatch(range -> (range.use() == Use.RESERVED || range.use() == Use.NVS) && range.covers(rmrr.base(), rmrr.limit()));
        if (!linux) {
            Optional<MemoryRange> ram = map.stream().filter(range -> range.use() == Use.RAM && range.touches(rmrr.base(), rmrr.limit())).findFirst();
            findings.add(ram.isPresent() ? "dmar-rmrr-in-ram" : "dmar-rmrr-not-reserved", offset, "range", range(rmrr), "ram", ram.map(range ->
                    hex(range.first())
                    + " to " + hex(range.last())).orElse("none"));
        }
    }

    /** Says of each device with a region what the region means for giving the device away. */
    private void device(int offset, Rmrr rmrr, DeviceScope scope) {
        if (machine.functions().isEmpty()) {
            return;
        }
        if (machine.resolver().resolve(rmrr.segment(), scope) instanceof ScopeResolver.Resolved resolved) {
            machine.function(resolved.function()).ifPresent(function -> {
                String label = function.usb() ? "dmar-rmrr-usb" : function.graphics() ? "dmar-rmrr-graphics" : function.hpManagement() ? "dmar-rmrr-management"
                        : "dmar-rmrr-strict";
                findings.add(label, offset, "device", function.address(), "range", range(rmrr));
            });
        }
    }

    private static String range(Rmrr rmrr) {
        return hex(rmrr.base()) + " to " + hex(rmrr.limit());
    }
}
