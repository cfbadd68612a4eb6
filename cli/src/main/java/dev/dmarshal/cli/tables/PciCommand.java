package dev.dmarshal.cli.tables;

import dev.dmarshal.cli.page.Command;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.cli.page.Page;
import dev.dmarshal.core.pci.config.ConfigChecks;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.names.PciNames;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code dmarshal pci}: dumps of configuration spaces in, what they say about passthrough out. */
public final class PciCommand implements Command {

    @Override
    public String name() {
        return "pci";
    }

    @Override
    public void declare(CommandSpec spec) {
        spec.usageMessage().description("Reads dumps of PCI configuration space and says what each function is, its BARs, the capabilities that bear on"
                + " passthrough, the resets that it proves by itself, and what is wrong with it.");
        spec.addOption(OptionSpec.builder("--json").type(boolean.class).description("Print JSON with every register (docs/schema/pci-1.json).").build());
        spec.addOption(OptionSpec.builder("--serial").type(boolean.class).description("Show serial numbers, which are masked otherwise.").build());
        spec.addPositional(PositionalParamSpec.builder().paramLabel("DUMP").arity("1..*").required(true).type(List.class).auxiliaryTypes(Path.class)
                .converters((String text) -> Path.of(text))
                .description("Output of lspci -x, -xxx or -xxxx (best: sudo lspci -vvnnxxxx, which tells sizes too), a raw file \"config\" of sysfs or its"
                + " folder;"
                        + " - for standard input.").build());
    }

    @Override
    public int run(ParseResult arguments, PrintWriter out, PrintWriter err) throws IOException {
        List<Path> paths = arguments.matchedPositionalValue(0, List.of());
        List<PciDump.Source> sources = new ArrayList<>();
        for (Path path : paths) {
            PciDump.Source source = path.toString().equals("-") ? PciDump.read(System.in) : PciDump.read(path);
            source.missing().forEach(missing -> err.println("dmarshal: " + missing));
            sources.add(source);
        }
        if (sources.stream().allMatch(source -> source.dumps().isEmpty())) {
            return Exit.UNMEASURED;
        }
        PciNames names = PciNames.of(HostRoot.ofThisMachine());
        boolean serial = arguments.matchedOptionValue("--serial", false);
        if (arguments.matchedOptionValue("--json", false)) {
            PciJson.write(sources, names, serial, out);
        } else {
            PciText text = new PciText(Page.forTerminal(), names, serial);
            sources.forEach(text::write);
            text.print(out);
        }
        boolean findings = sources.stream().flatMap(source -> source.dumps().stream()).anyMatch(dump -> !ConfigChecks.of(dump.space()).isEmpty());
        boolean partly = sources.stream().anyMatch(source -> !source.missing().isEmpty());
        return findings ? Exit.FINDINGS : partly ? Exit.UNMEASURED : Exit.FINE;
    }
}
