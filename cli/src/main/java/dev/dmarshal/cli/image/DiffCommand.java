package dev.dmarshal.cli.image;

import dev.dmarshal.cli.page.Command;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.core.memory.MemoryImage;
import dev.dmarshal.core.tables.Attachment;
import dev.dmarshal.core.tables.DeviceScan;
import dev.dmarshal.core.tables.PageTree;
import dev.dmarshal.core.tables.RunDifference;
import dev.dmarshal.core.tables.RunList;
import dev.dmarshal.core.tables.TreeLister;
import dev.dmarshal.core.tables.UnitTables;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code dmarshal diff}: what changed in the remapping tables between two images of one machine. */
public final class DiffCommand implements Command {

    /** A device's attachment on one side, with the unit that it was found on. */
    private record Side(UnitTables unit, Attachment attachment) {
        private String says() {
            String fault = attachment.fault().map(f -> " (fault %02Xh)".formatted(f.code())).orElse("");
            return attachment.kind().name().toLowerCase(java.util.Locale.ROOT).replace('_', '-') + fault + ", domain " + attachment.domain();
        }
    }

    @Override
    public String name() {
        return "diff";
    }

    @Override
    public void declare(CommandSpec spec) {
        spec.usageMessage().description("Compares the remapping tables in two images of one machine, or of one machine at two times: devices attached and"
                + " detached, and"
                + " per device what was mapped, unmapped and mapped otherwise.");
        spec.addOption(OptionSpec.builder("--json").type(boolean.class).description("Print JSON (docs/schema/diff-1.json).").build());
        ImageArguments.declare(spec);
        OpenTables.declareImage(spec, 0, "BEFORE");
        OpenTables.declareImage(spec, 1, "AFTER");
    }

    @Override
    public int run(ParseResult parsed, PrintWriter out, PrintWriter err) throws IOException {
        ImageArguments arguments = new ImageArguments(parsed);
        try (OpenTables before = OpenTables.open(arguments, parsed.matchedPositionalValue(0, ""), err);
                OpenTables after = OpenTables.open(arguments, parsed.matchedPositionalValue(1, ""), err)) {
            boolean json = parsed.matchedOptionValue("--json", false);
            boolean nothing = before.complainOfNone(err) | after.complainOfNone(err);
            if (nothing && !json) {
                return Exit.UNMEASURED;
            }
            DiffPrinter printer = json ? DiffPrinter.json(out) : DiffPrinter.text(out);
            printer.start(before.path(), after.path());
            boolean partly = nothing || compare(before, after, printer);
            printer.end(!partly);
            if (partly && !nothing) {
                err.println("dmarshal: not all tables could be read; mappings says which");
            }
            return printer.differences() > 0 ? Exit.FINDINGS : partly ? Exit.UNMEASURED : Exit.FINE;
        }
    }

    /** Compares; says whether a part could not be. */
    private static boolean compare(OpenTables before, OpenTables after, DiffPrinter printer) throws IOException {
        Map<String, Side> old = sides(before);
        Map<String, Side> now = sides(after);
        Runs oldRuns = new Runs(before.machine().memory());
        Runs newRuns = new Runs(after.machine().memory());
        Set<String> all = new TreeSet<>(old.keySet());
        all.addAll(now.keySet());
        boolean partly = lacking(before) || lacking(after);
        for (String who : all) {
            Optional<Side> one = Optional.ofNullable(old.get(who));
            Optional<Side> other = Optional.ofNullable(now.get(who));
            String was = one.map(Side::says).orElse("not attached");
            String is = other.map(Side::says).orElse("not attached");
            RunList runsBefore = oldRuns.of(one);
            RunList runsAfter = newRuns.of(other);
            partly |= runsBefore.gapCount() + runsAfter.gapCount() + runsBefore.dropped() + runsAfter.dropped() > 0;
            if (!was.equals(is) || !runsBefore.sameAs(runsAfter)) {
                printer.device(who, was, is);
                RunDifference.compare(runsBefore, runsAfter, printer);
                printer.endDevice();
            }
        }
        return partly;
    }

    /** Whether tables above the page tables could not be read. */
    private static boolean lacking(OpenTables tables) {
        return tables.units().stream().anyMatch(unit -> !DeviceScan.scan(tables.machine().memory(), unit).findings().isEmpty());
    }

    /** Who is attached, by a name that stays the same; of several units that serve a device the surest counts. */
    private static Map<String, Side> sides(OpenTables tables) {
        Map<String, Side> sides = new TreeMap<>();
        for (UnitTables unit : tables.units()) {
            for (Attachment attachment : DeviceScan.scan(tables.machine().memory(), unit).attachments()) {
                sides.putIfAbsent(MappingsCommand.who(attachment), new Side(unit, attachment));
            }
        }
        return sides;
    }

    /**
     * Lists one image's trees: one lister a unit, so that its bound holds for all trees together, and the last list is kept, as devices that follow each other
     * often share tables.
     */
    private static final class Runs {
        private final MemoryImage memory;
        private final Map<UnitTables, TreeLister> listers = new HashMap<>();
        private Optional<PageTree> last = Optional.empty();
        private RunList list = new RunList();

        private Runs(MemoryImage memory) {
            this.memory = memory;
        }

        private RunList of(Optional<Side> side) {
            Optional<PageTree> tree = side.flatMap(one -> one.attachment().tree());
            if (tree.isEmpty() || !tree.equals(last)) {
                list = new RunList();
                tree.ifPresent(pages -> listers.computeIfAbsent(side.get().unit(), unit -> new TreeLister(memory, unit.capabilities())).list(pages,
                        side.get().unit().scalable(), list));
                last = tree;
            }
            return list;
        }
    }
}
