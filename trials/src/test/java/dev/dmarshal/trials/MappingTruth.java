package dev.dmarshal.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.machine.Machine;
import dev.dmarshal.lab.machine.Stand;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the kernel's trace events {@code iommu:map} and {@code iommu:unmap} (include/trace/events/iommu.h) say is mapped, beside what dmarshal finds in the
 * tables in the guest's memory. In pages of 4 KiB, as {@code IOVA > physical}, over all domains.
 */
final class MappingTruth {

    /** For the kernel's command line: traced from the first mapping on. */
    static final String PARAMETERS = "trace_event=iommu:map,iommu:unmap trace_buf_size=16M";

    private static final long PAGE = 4096;
    /** The first 16 MiB, which the kernel maps one to one for the ISA bridge. */
    private static final int ISA_PAGES = 4096;
    private static final long REGISTERS = 0xfed90000L;
    private static final Pattern MAP = Pattern.compile(": map: IOMMU: iova=0x([0-9a-f]+)(?: - 0x[0-9a-f]+)? paddr=0x([0-9a-f]+) size=(\\d+)");
    private static final Pattern UNMAP = Pattern.compile(": unmap: IOMMU: iova=0x([0-9a-f]+)(?: - 0x[0-9a-f]+)? size=(\\d+)");
    private static final Pattern WORD = Pattern.compile(": 0x([0-9a-f]+)");

    private MappingTruth() {
    }

    /** Compares; the machine's memory must be in that file, and it must have booted with {@link #PARAMETERS}. */
    static void hold(Machine machine, Path memory) throws Exception {
        // A network card that is up has its rings and buffers mapped.
        machine.must("ifconfig eth0 up", Stand.MOMENT);
        SortedSet<String> said = said(machine);
        machine.qmp().execute("stop", Map.of());
        String csv;
        try {
            csv = Outside.dmarshal(0, "mappings", "--csv", "--layout=q35", "--cap=" + register(machine, 0x08, 8), "--ecap=" + register(machine, 0x10, 8),
                    "--rtaddr=" + register(machine, 0x20, 8), memory.toString());
        } finally {
            machine.qmp().execute("cont", Map.of());
        }
        SortedSet<String> read = read(csv);
        System.out.printf("%d pages mapped%n", said.size());
        assertThat(said).as("pages that the kernel says it mapped").hasSizeGreaterThan(ISA_PAGES + 100);
        assertThat(read).as("pages that dmarshal reads from the tables; the kernel's trace has more or less").isEqualTo(said);
    }

    /** What the kernel's trace leaves mapped; ends the trace. */
    static SortedSet<String> said(Machine machine) throws LabFailure {
        return said(machine.must("echo 0 >/sys/kernel/tracing/tracing_on; grep -E ': (un)?map: ' /sys/kernel/tracing/trace", Stand.MOMENT));
    }

    /** A register of the unit as QEMU has it, as {@code 0x} and hexadecimal digits. */
    static String register(Machine machine, int offset, int bytes) throws LabFailure {
        String answer = machine.qmp().execute("human-monitor-command",
                Map.of("command-line", "xp /1" + (bytes == 8 ? "g" : "w") + "x 0x" + Long.toHexString(REGISTERS + offset)));
        Matcher matcher = WORD.matcher(answer);
        assertThat(matcher.find()).as(answer).isTrue();
        return "0x" + matcher.group(1);
    }

    private static SortedSet<String> said(String trace) {
        List<String> strange = new ArrayList<>();
        SortedSet<String> pages = new TreeSet<>();
        for (String line : trace.lines().toList()) {
            Matcher map = MAP.matcher(line);
            Matcher unmap = UNMAP.matcher(line);
            if (map.find()) {
                add(pages, Long.parseUnsignedLong(map.group(1), 16), Long.parseUnsignedLong(map.group(2), 16), Long.parseLong(map.group(3)));
            } else if (unmap.find()) {
                long iova = Long.parseUnsignedLong(unmap.group(1), 16);
                for (long at = iova; at < iova + Long.parseLong(unmap.group(2)); at += PAGE) {
                    String begin = word(at) + " > ";
                    pages.subSet(begin, begin + "~").clear();
                }
            } else {
                strange.add(line);
            }
        }
        assertThat(strange).as("lines of the trace that were not understood").isEmpty();
        return pages;
    }

    /** The pages of a CSV listing; columns by their names in the first line. */
    static SortedSet<String> read(String csv) {
        List<String> lines = csv.lines().toList();
        List<String> columns = List.of(lines.getFirst().split(","));
        SortedSet<String> pages = new TreeSet<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] fields = line.split(",", -1);
            if (fields[columns.indexOf("kind")].equals("page")) {
                add(pages, number(fields, columns, "iova"), number(fields, columns, "physical"), number(fields, columns, "bytes"));
            }
        }
        return pages;
    }

    private static long number(String[] fields, List<String> columns, String name) {
        assertThat(columns).contains(name);
        return Long.parseUnsignedLong(fields[columns.indexOf(name)]);
    }

    private static void add(SortedSet<String> pages, long iova, long physical, long size) {
        for (long at = 0; at < size; at += PAGE) {
            pages.add(word(iova + at) + " > " + word(physical + at));
        }
    }

    private static String word(long address) {
        return String.format("%012x", address);
    }
}
