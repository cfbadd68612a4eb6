package dev.dmarshal.core.acpi;

import static dev.dmarshal.core.acpi.Findings.hex;

import dev.dmarshal.core.acpi.IvrsBlock.Ivhd;
import dev.dmarshal.core.acpi.IvrsBlock.Ivmd;
import dev.dmarshal.core.acpi.MemoryRange.Use;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What is well formed in an IVRS table but wrong, or worth knowing. */
public final class IvrsChecks {

    private static final long PAGE_MASK = 0xfff;
    /** The register set has 16 KiB at least (AMD specification, MMIO registers). */
    private static final long REGISTERS_MASK = 0x3fff;

    private final IvrsTable table;
    private final MachineView machine;
    private final Findings findings = new Findings();

    private IvrsChecks(IvrsTable table, MachineView machine) {
        this.table = table;
        this.machine = machine;
    }

    /** Judges a table; findings of its reading are not repeated. */
    public static List<TableFinding> judge(IvrsTable table, MachineView machine) {
        if (table.info().isEmpty()) {
            return List.of();
        }
        IvrsChecks checks = new IvrsChecks(table, machine);
        checks.units();
        checks.regions();
        return checks.findings.list();
    }

    /** All findings of a table: those of its reading, then those of its judging. */
    public static List<TableFinding> all(IvrsTable table, MachineView machine) {
        return Stream.concat(table.findings().stream(), judge(table, machine).stream()).toList();
    }

    private void units() {
        boolean ioApic = false;
        for (Placed<IvrsBlock> placed : table.blocks()) {
            if (placed.value() instanceof Ivhd unit) {
                if (unit.base() == 0 || unit.base() == -1L) {
                    findings.add(unit.base() == 0 ? "ivrs-base-zero" : "ivrs-base-all-ones", placed.offset());
                } else if ((unit.base() & REGISTERS_MASK) != 0) {
                    findings.add("ivrs-base-unaligned", placed.offset(), "base", hex(unit.base()));
                }
                ranges(placed.offset(), unit);
                ioApic |= unit.entries().stream().anyMatch(entry ->
                        entry instanceof IvhdEntry.Special special && special.variety() == IvhdEntry.Special.IOAPIC);
            }
        }
        if (table.ivhds().isEmpty()) {
            findings.add("ivrs-no-ivhd", IvrsFormat.TABLE_FIXED);
        } else if (!ioApic) {
            findings.add("ivrs-ioapic-none", IvrsFormat.TABLE_FIXED);
        }
    }

    private void ranges(int offset, Ivhd unit) {
        int open = -1;
        for (IvhdEntry entry : unit.entries()) {
            boolean start = entry.type() == IvhdEntry.Device.START || entry.type() == IvhdEntry.Alias.START || entry.type() == IvhdEntry.Extended.START;
            if (start && open >= 0 || entry.type() == IvhdEntry.Device.END && open < 0) {
                findings.add("ivrs-range-unpaired", offset, "device", IvhdEntry.id(entry.deviceId()));
            } else if (entry.type() == IvhdEntry.Device.END && entry.deviceId() < open) {
                findings.add("ivrs-range-inverted", offset, "first", IvhdEntry.id(open), "last", IvhdEntry.id(entry.deviceId()));
            }
            if (entry instanceof IvhdEntry.Named && unit.type() != Ivhd.TYPE_40) {
                findings.add("ivrs-named-in-old-block", offset, "type", hex(unit.type()));
            }
            open = start ? entry.deviceId() : entry.type() == IvhdEntry.Device.END ? -1 : open;
        }
        if (open >= 0) {
            findings.add("ivrs-range-unpaired", offset, "device", IvhdEntry.id(open));
        }
    }

    private void regions() {
        List<Ivmd> before = new ArrayList<>();
        for (Placed<IvrsBlock> placed : table.blocks()) {
            if (placed.value() instanceof Ivmd region) {
                region(placed.offset(), region, before);
                before.add(region);
            }
        }
    }

    private void region(int offset, Ivmd region, List<Ivmd> before) {
        if (!Ivmd.UNITY.isSet(region.flags()) && !Ivmd.EXCLUSION.isSet(region.flags())) {
            findings.add("ivrs-region-flags", offset, "range", range(region), "flags", hex(region.flags()));
        }
        if (wrong(region)) {
            findings.add("ivrs-region-length", offset, "start", hex(region.start()), "length", hex(region.lengthBytes()));
            return;
        }
        if ((region.start() & PAGE_MASK) != 0 || (region.lengthBytes() & PAGE_MASK) != 0) {
            findings.add("ivrs-region-unaligned", offset, "range", range(region));
        }
        if (region.type() == Ivmd.TYPE_RANGE && region.lastId() < region.deviceId()) {
            findings.add("ivrs-region-devices-inverted", offset, "first", IvhdEntry.id(region.deviceId()), "last", IvhdEntry.id(region.lastId()));
        }
        for (Ivmd other : before) {
            boolean same = other.start() == region.start() && other.lengthBytes() == region.lengthBytes();
            if (!same && !wrong(other) && new MemoryRange(other.start(), other.limit(), Use.OTHER).touches(region.start(), region.limit())) {
                findings.add("ivrs-region-overlap", offset, "range", range(region), "other", range(other));
            }
        }
        machine.memoryMap().ifPresent(map -> {
            if (map.stream().noneMatch(range -> range.use() == Use.RESERVED && range.covers(region.start(), region.limit()))) {
                findings.add("ivrs-region-not-reserved", offset, "range", range(region));
            }
        });
    }

    private static boolean wrong(Ivmd region) {
        return Long.compareUnsigned(region.limit(), region.start()) < 0;
    }

    private static String range(Ivmd region) {
        return hex(region.start()) + " to " + hex(region.limit());
    }
}
