package dev.dmarshal.cli.image;

import dev.dmarshal.cli.page.Command;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.core.memory.ScratchMemory;
import dev.dmarshal.core.pci.SourceId;
import dev.dmarshal.core.tables.UnitTables;
import dev.dmarshal.core.unit.Request;
import dev.dmarshal.core.unit.WalkTrace;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code dmarshal walk}: one request of one device, entry by entry, through the tables of an image. */
public final class WalkCommand implements Command {

    /** How one unit took the request. */
    record Walk(UnitTables unit, WalkTrace trace, OptionalLong missed) {

        /** Whether the walk ended because the image lacks something, not because of what the tables say. */
        boolean stoppedByImage() {
            return !trace.outcome().translated() && missed.isPresent();
        }
    }

    @Override
    public String name() {
        return "walk";
    }

    @Override
    public void declare(CommandSpec spec) {
        spec.usageMessage().description("Follows one DMA request through the remapping tables in a memory image: every entry that the hardware would read,"
                + " decoded,"
                + " down to the page or to the fault that it would report.");
        spec.addOption(OptionSpec.builder("--write").type(boolean.class).description("A write; otherwise a read.").build());
        ImageArguments.text(spec, "--pasid", "NUMBER", "The request carries this PASID (hexadecimal).");
        spec.addOption(OptionSpec.builder("--json").type(boolean.class).description("Print JSON (docs/schema/walk-1.json).").build());
        ImageArguments.declare(spec);
        OpenTables.declareImage(spec, 0, "IMAGE");
        OpenTables.parameter(spec, 1, "BDF", "The device, as 03:00.0.");
        OpenTables.parameter(spec, 2, "IOVA", "The address that the device uses (hexadecimal).");
    }

    @Override
    public int run(ParseResult parsed, PrintWriter out, PrintWriter err) throws IOException {
        ImageArguments arguments = new ImageArguments(parsed);
        SourceId device = OpenTables.device(arguments, parsed.matchedPositionalValue(1, ""));
        long address = arguments.number("IOVA", parsed.matchedPositionalValue(2, ""));
        OptionalLong pasid = arguments.number("--pasid");
        if (pasid.isPresent() && pasid.getAsLong() >>> 20 != 0) {
            throw arguments.refused("--pasid has 20 bits");
        }
        int request = (parsed.matchedOptionValue("--write", false) ? Request.WRITE : Request.READ) | (pasid.isPresent() ? Request.PASID : 0);
        try (OpenTables tables = OpenTables.open(arguments, parsed.matchedPositionalValue(0, ""), err)) {
            boolean json = parsed.matchedOptionValue("--json", false);
            boolean nothing = tables.complainOfNone(err);
            if (nothing && !json) {
                return Exit.UNMEASURED;
            }
            List<Walk> walks = new ArrayList<>();
            for (UnitTables unit : tables.units()) {
                ScratchMemory memory = new ScratchMemory(tables.machine().memory());
                WalkTrace trace = unit.unit(memory).trace(device.value(), address, request, (int) pasid.orElse(0));
                walks.add(new Walk(unit, trace, memory.missed()));
            }
            WalkPrinter printer = new WalkPrinter(tables, device, address, (request & Request.WRITE) != 0);
            if (json) {
                printer.json(walks, out);
            } else {
                printer.text(walks).print(out);
            }
            return nothing ? Exit.UNMEASURED : exit(walks);
        }
    }

    private static int exit(List<Walk> walks) {
        if (walks.stream().anyMatch(walk -> walk.trace.outcome().translated())) {
            return Exit.FINE;
        }
        return walks.stream().anyMatch(Walk::stoppedByImage) ? Exit.UNMEASURED : Exit.FINDINGS;
    }
}
