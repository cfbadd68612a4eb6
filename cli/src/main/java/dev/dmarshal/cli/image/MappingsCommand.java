package dev.dmarshal.cli.image;

import dev.dmarshal.cli.page.Command;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.core.pci.SourceId;
import dev.dmarshal.core.tables.Attachment;
import dev.dmarshal.core.tables.DeviceScan;
import dev.dmarshal.core.tables.UnitTables;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code dmarshal mappings}: all that the remapping tables in an image let devices reach. */
public final class MappingsCommand implements Command {
    private static final List<String> FORMS = List.of("--summary", "--json", "--csv");

    /**
     * What is to be shown.
     *
     * @param device   only this requester
     * @param inputs   only runs that touch this range of device addresses
     * @param physical only runs that touch this range of memory
     */
    record Filter(Optional<SourceId> device, Optional<AddressRange> inputs, Optional<AddressRange> physical) {

        boolean shows(long input, long output, long sizeBytes) {
            return inputs.map(range -> range.touches(input, sizeBytes)).orElse(true) && physical.map(range -> range.touches(output, sizeBytes)).orElse(true);
        }
    }

    /** Addresses {@code first} to {@code last}, unsigned. */
    record AddressRange(long first, long last) {
        boolean touches(long base, long sizeBytes) {
            return Long.compareUnsigned(base, last) <= 0 && Long.compareUnsigned(base + sizeBytes - 1, first) >= 0;
        }

        /** {@code ADDRESS}, {@code FIRST-LAST} or {@code FIRST+SIZE}. */
        static AddressRange parse(ImageArguments arguments, String option, String text) {
            int split = Math.max(text.indexOf('-'), text.indexOf('+'));
            long first = arguments.number(option, split < 0 ? text : text.substring(0, split));
            long second = split < 0 ? first : arguments.number(option, text.substring(split + 1));
            long last = split >= 0 && text.charAt(split) == '+' ? first + second - 1 : second;
            if (Long.compareUnsigned(last, first) < 0) {
                throw arguments.refused(option + ": the range ends before it starts: " + text);
            }
            return new AddressRange(first, last);
        }
    }

    /** What one unit's tables serve. */
    record Listed(UnitTables unit, DeviceScan.Contents contents) {
    }

    @Override
    public String name() {
        return "mappings";
    }

    @Override
    public void declare(CommandSpec spec) {
        spec.usageMessage().description("Lists what the remapping tables in a memory image map, per domain and device: merged runs, sizes, rights.");
        ImageArguments.text(spec, "--device", "BDF", "Only this device.");
        ImageArguments.text(spec, "--iova", "RANGE", "Only runs that touch these device addresses: ADDRESS, FIRST-LAST or FIRST+SIZE, hexadecimal.");
        ImageArguments.text(spec, "--physical", "RANGE", "Only runs that touch this memory: who can reach it?");
        spec.addOption(OptionSpec.builder("--summary").type(boolean.class).description("Only totals, not each run.").build());
        spec.addOption(OptionSpec.builder("--json").type(boolean.class).description("Print JSON (docs/schema/mappings-1.json).").build());
        spec.addOption(OptionSpec.builder("--csv").type(boolean.class).description("Print CSV, one row a run and device; numbers are decimal.").build());
        ImageArguments.declare(spec);
        OpenTables.declareImage(spec, 0, "IMAGE");
    }

    @Override
    public int run(ParseResult parsed, PrintWriter out, PrintWriter err) throws IOException {
        ImageArguments arguments = new ImageArguments(parsed);
        Filter filter = filter(arguments, parsed);
        if (FORMS.stream().filter(form -> parsed.matchedOptionValue(form, false)).count() > 1) {
            throw arguments.refused("one of " + String.join(", ", FORMS));
        }
        try (OpenTables tables = OpenTables.open(arguments, parsed.matchedPositionalValue(0, ""), err)) {
            boolean nothing = tables.complainOfNone(err);
            if (nothing && !parsed.matchedOptionValue("--json", false) && !parsed.matchedOptionValue("--csv", false)) {
                return Exit.UNMEASURED;
            }
            List<Listed> units = scan(tables);
            MappingsPrinter printer = parsed.matchedOptionValue("--json", false) ? new MappingsJson(out)
                    : parsed.matchedOptionValue("--csv", false) ? new MappingsCsv(out) : new MappingsText(out, parsed.matchedOptionValue("--summary", false));
            MappingsReport report = new MappingsReport(tables, filter, printer, out::checkError);
            report.write(units);
            out.flush();
            filter.device().filter(device -> !nothing && unserved(units, device)).ifPresent(device -> err.println("dmarshal: no unit looked at has an entry for "
                    + device + ": all its requests are refused"));
            return nothing || report.gaps() > 0 ? Exit.UNMEASURED : Exit.FINE;
        }
    }

    /** Whether all tables could be read, and none has an entry for a device. */
    private static boolean unserved(List<Listed> units, SourceId device) {
        return units.stream().allMatch(unit -> unit.unit().rootTable().isPresent() && unit.contents().findings().isEmpty() && unit.contents().attachments().stream()
                .noneMatch(attachment -> attachment.device().equals(device)));
    }

    static List<Listed> scan(OpenTables tables) {
        List<Listed> units = new ArrayList<>();
        for (UnitTables unit : tables.units()) {
            units.add(new Listed(unit, DeviceScan.scan(tables.machine().memory(), unit)));
        }
        return units;
    }

    private static Filter filter(ImageArguments arguments, ParseResult parsed) {
        String device = parsed.matchedOptionValue("--device", "");
        String inputs = parsed.matchedOptionValue("--iova", "");
        String physical = parsed.matchedOptionValue("--physical", "");
        return new Filter(device.isEmpty() ? Optional.empty() : Optional.of(OpenTables.device(arguments, device)),
                inputs.isEmpty() ? Optional.empty() : Optional.of(AddressRange.parse(arguments, "--iova", inputs)),
                physical.isEmpty() ? Optional.empty() : Optional.of(AddressRange.parse(arguments, "--physical", physical)));
    }

    /** How people write who is attached. */
    static String who(Attachment attachment) {
        String pasid = attachment.pasid().isPresent() && !attachment.ownPasid() ? " PASID 0x" + Integer.toHexString(attachment.pasid().getAsInt()) : "";
        return attachment.device() + pasid;
    }
}
