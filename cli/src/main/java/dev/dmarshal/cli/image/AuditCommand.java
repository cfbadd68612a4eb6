package dev.dmarshal.cli.image;

import dev.dmarshal.cli.page.Command;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.core.memory.MemoryImage;
import dev.dmarshal.core.tables.Audit;
import dev.dmarshal.core.tables.AuditScope;
import dev.dmarshal.core.tables.Candidate.InterruptTable;
import dev.dmarshal.core.tables.FindingTexts;
import dev.dmarshal.core.tables.Kinship;
import dev.dmarshal.core.tables.ReservedRange;
import dev.dmarshal.core.tables.TableFinding;
import dev.dmarshal.core.tables.TableSearch;
import dev.dmarshal.core.tables.UnitTables.Confidence;
import dev.dmarshal.core.tables.UnitTables;
import dev.dmarshal.core.tables.Zone;
import dev.dmarshal.core.tables.ZoneCollector;
import dev.dmarshal.core.vtd.QueueFields.Irta;
import dev.dmarshal.host.image.HostTables;
import dev.dmarshal.host.image.KernelNote;
import dev.dmarshal.host.image.KernelUnits;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code dmarshal audit}: what the remapping tables in an image let devices do that they should not. */
public final class AuditCommand implements Command {
    @Override
    public String name() {
        return "audit";
    }

    @Override
    public void declare(CommandSpec spec) {
        spec.usageMessage().description("Judges the remapping tables in a memory image: who can reach kernel code, page tables, remapping tables or another"
                + " domain's"
                + " memory, what passes through, what is left of a previous kernel, which interrupt entries check nothing.");
        spec.addOption(OptionSpec.builder("--rmrr").paramLabel("BDF=RANGE").type(List.class).auxiliaryTypes(String.class)
                .description("Memory that firmware reserves for a device (RMRR), FIRST-LAST in hexadecimal; may be given several times.").build());
        ImageArguments.text(spec, "--crash-kernel", "RANGE", "Memory that was reserved for the crash kernel, as /proc/iomem of the crashed kernel has it.");
        spec.addOption(OptionSpec.builder("--json").type(boolean.class).description("Print JSON (docs/schema/audit-1.json).").build());
        ImageArguments.declare(spec);
        OpenTables.declareImage(spec, 0, "IMAGE");
    }

    @Override
    public int run(ParseResult parsed, PrintWriter out, PrintWriter err) throws IOException {
        ImageArguments arguments = new ImageArguments(parsed);
        List<ReservedRange> reserved = new ArrayList<>();
        for (String text : parsed.matchedOptionValue("--rmrr", List.<String>of())) {
            reserved.add(reserved(arguments, text));
        }
        try (OpenTables tables = OpenTables.open(arguments, parsed.matchedPositionalValue(0, ""), err)) {
            boolean json = parsed.matchedOptionValue("--json", false);
            boolean nothing = tables.complainOfNone(err) && tables.located().search().map(found -> found.interrupts().isEmpty()).orElse(true);
            if (nothing && !json) {
                return Exit.UNMEASURED;
            }
            MemoryImage memory = tables.machine().memory();
            tables.host().ifPresent(host -> reserved.addAll(host.reserved()));
            List<KernelUnits> kernels = tables.kernels();
            Optional<TableSearch.Result> search = tables.search();
            List<InterruptTable> interrupts = interruptTables(tables, search);
            AuditScope scope = new AuditScope(tables.units(), interrupts, zones(tables, kernels, interrupts), reserved);
            List<TableFinding> findings = new ArrayList<>(Audit.of(memory, scope));
            List<Kinship> kin = search.map(found -> Kinship.among(memory, found.roots().stream()
                    .filter(root -> root.confidence() != Confidence.LOW).toList(), newer(arguments, parsed, tables, kernels))).orElse(List.of());
            kin.forEach(pair -> findings.add(pair.finding()));
            AuditPrinter printer = new AuditPrinter(tables, scope, kernels);
            if (json) {
                printer.json(findings, out);
            } else {
                printer.text(findings).print(out);
            }
            return nothing ? Exit.UNMEASURED : exit(findings);
        }
    }

    private static int exit(List<TableFinding> findings) {
        Set<FindingTexts.Weight> weights = new LinkedHashSet<>();
        findings.forEach(finding -> FindingTexts.of(finding.label()).ifPresent(text -> weights.add(text.weight())));
        if (weights.contains(FindingTexts.Weight.DANGER) || weights.contains(FindingTexts.Weight.WARNING)) {
            return Exit.FINDINGS;
        }
        return weights.contains(FindingTexts.Weight.UNMEASURED) ? Exit.UNMEASURED : Exit.FINE;
    }

    private static ReservedRange reserved(ImageArguments arguments, String text) {
        int equals = text.indexOf('=');
        if (equals < 0) {
            throw arguments.refused("--rmrr is BDF=FIRST-LAST, not " + text);
        }
        MappingsCommand.AddressRange range = MappingsCommand.AddressRange.parse(arguments, "--rmrr", text.substring(equals + 1));
        return new ReservedRange(OpenTables.device(arguments, text.substring(0, equals)), range.first(), range.last());
    }

    /** Where the tables of the newer of two kernels lie: the user says so, the host does, or the kernel's own variable that it found translation on. */
    private static Optional<Zone> newer(ImageArguments arguments, ParseResult parsed, OpenTables tables, List<KernelUnits> kernels) {
        return crashKernel(arguments, parsed).or(() -> tables.host().flatMap(HostTables::crashKernel)).or(() -> kernels.stream()
                .filter(KernelUnits::takenOver).flatMap(kernel -> kernel.units().stream()).filter(unit -> unit.rootTable().isPresent()).findFirst()
                .map(unit -> new Zone("what a kernel calls its own that found translation on when it started", unit.rootTable().getAsLong(),
                        unit.rootTable().getAsLong() + MemoryImage.PAGE_BYTES - 1, "stale-tables")));
    }

    private static Optional<Zone> crashKernel(ImageArguments arguments, ParseResult parsed) {
        String text = parsed.matchedOptionValue("--crash-kernel", "");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        MappingsCommand.AddressRange range = MappingsCommand.AddressRange.parse(arguments, "--crash-kernel", text);
        return Optional.of(new Zone("the memory of the crash kernel", range.first(), range.last(), "stale-tables"));
    }

    /** The tables that registers tell of, and those found by searching that are sure enough. */
    private static List<InterruptTable> interruptTables(OpenTables tables, Optional<TableSearch.Result> search) {
        List<InterruptTable> all = new ArrayList<>();
        for (UnitTables unit : tables.units()) {
            unit.interruptRegister().ifPresent(value -> all.add(new InterruptTable(value & Irta.IRTA.mask(), 2 << Irta.S.get(value), 0, 0, Confidence.TOLD,
                    unit.origin())));
        }
        search.ifPresent(found -> found.interrupts().stream().filter(table -> table.confidence() != Confidence.LOW)
                .filter(table -> all.stream().noneMatch(told -> told.address() == table.address())).forEach(all::add));
        return all;
    }

    private static List<Zone> zones(OpenTables tables, List<KernelUnits> kernels, List<InterruptTable> interrupts) {
        MemoryImage memory = tables.machine().memory();
        ZoneCollector collector = new ZoneCollector(memory);
        List<Zone> zones = new ArrayList<>();
        tables.units().forEach(unit -> zones.addAll(collector.ofUnit(unit)));
        for (KernelUnits known : kernels) {
            KernelNote kernel = known.kernel();
            zones.addAll(known.text().map(List::of).orElse(kernel.text()));
            for (String name : List.of("swapper_pg_dir", "init_top_pgt")) {
                kernel.symbol(name).ifPresent(top -> zones.addAll(collector.ofProcessor(top, kernel.pagingLevels())));
            }
        }
        int levels = kernels.stream().mapToInt(known -> known.kernel().pagingLevels()).findFirst().orElse(4);
        tables.machine().registers().stream().distinct().limit(64).forEach(cr3 -> zones.addAll(collector.ofProcessor(cr3, levels)));
        interrupts.forEach(table -> zones.add(new Zone("interrupt-remapping table", table.address(), table.address() + table.entries() * 16L - 1,
                "reaches-remapping-tables")));
        return zones;
    }
}
