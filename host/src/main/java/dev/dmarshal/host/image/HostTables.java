package dev.dmarshal.host.image;

import dev.dmarshal.core.acpi.DmarTable;
import dev.dmarshal.core.tables.ReservedRange;
import dev.dmarshal.core.tables.UnitTables;
import dev.dmarshal.core.tables.Zone;
import dev.dmarshal.host.HostCommand;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.host.survey.DmarCoverage;
import dev.dmarshal.host.survey.HostSurvey;
import dev.dmarshal.host.survey.Surveyor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a host, live or captured, says that helps to read its memory: registers of its units, what firmware reserves for devices, where the crash kernel's memory
 * is.
 *
 * @param units       its units; those whose registers nothing tells have no tables, but perhaps capabilities
 * @param seen        entries of their tables that its log shows
 * @param reserved    reserved regions of firmware's table, for each device that one names and that is there
 * @param crashKernel memory that is kept for a crash kernel
 */
public record HostTables(List<UnitTables> units, List<SeenEntries> seen, List<ReservedRange> reserved, Optional<Zone> crashKernel) {
    private static final List<String> DEBUGFS = List.of("iommu_regset", "dmar_translation_struct", "ir_translation_struct");
    private static final Pattern CRASH_KERNEL = Pattern.compile("(?m)^\\s*([0-9a-f]{1,16})-([0-9a-f]{1,16}) : Crash kernel$");
    private static final int MOST_RANGES = 1 << 16;

    /** Copies the lists. */
    public HostTables {
        units = List.copyOf(units);
        seen = List.copyOf(seen);
        reserved = List.copyOf(reserved);
    }

    /** Reads a host. */
    public static HostTables of(HostRoot host) {
        HostSurvey survey = Surveyor.survey(host, Optional.empty());
        StringBuilder text = new StringBuilder();
        survey.remapping().units().stream().filter(unit -> unit.cap().isPresent() && unit.ecap().isPresent()).forEach(unit -> text.append(
                "%s: reg_base_addr %x ver 0:0 cap %x ecap %x%n".formatted(unit.name(), unit.address().orElse(0), unit.cap().getAsLong(),
                        unit.ecap().getAsLong())));
        DEBUGFS.forEach(name -> text.append(host.text("/sys/kernel/debug/iommu/intel/" + name).present().orElse("")).append('\n'));
        for (HostCommand log : List.of(HostCommand.DMESG, HostCommand.XL_DMESG)) {
            text.append(host.output(log).present().map(bytes -> new String(bytes, StandardCharsets.ISO_8859_1)).orElse("")).append('\n');
        }
        List<ReservedRange> reserved = survey.remapping().dmar().present().map(table -> reserved(table, survey)).orElse(List.of());
        return new HostTables(RegisterText.units(text.toString()), EntryText.read(text.toString()), reserved, crashKernel(host.text("/proc/iomem")));
    }

    private static List<ReservedRange> reserved(DmarTable table, HostSurvey survey) {
        DmarCoverage coverage = new DmarCoverage(table, survey.tree());
        List<ReservedRange> ranges = new ArrayList<>();
        table.rmrrs().stream().filter(region -> Long.compareUnsigned(region.base(), region.limit()) <= 0).forEach(region -> coverage.namedBy(region).stream()
                .limit(MOST_RANGES - ranges.size()).forEach(device -> ranges.add(new ReservedRange(device.sourceId(), region.base(), region.limit()))));
        return ranges;
    }

    /** The file shows zeros to all but root. */
    private static Optional<Zone> crashKernel(Reading<String> iomem) {
        Matcher line = CRASH_KERNEL.matcher(iomem.present().orElse(""));
        if (!line.find()) {
            return Optional.empty();
        }
        long first = Long.parseUnsignedLong(line.group(1), 16);
        long last = Long.parseUnsignedLong(line.group(2), 16);
        return Long.compareUnsigned(first, last) >= 0 ? Optional.empty() : Optional.of(new Zone("the memory of the crash kernel", first, last, "stale-tables"));
    }
}
