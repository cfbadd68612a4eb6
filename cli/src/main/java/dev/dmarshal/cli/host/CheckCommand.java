package dev.dmarshal.cli.host;

import dev.dmarshal.cli.page.Command;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.cli.page.Page;
import dev.dmarshal.doctor.Doctor;
import dev.dmarshal.doctor.Examination;
import dev.dmarshal.doctor.PrerequisiteLines;
import dev.dmarshal.host.HostCommand;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code dmarshal check}: whether a machine can give devices to guests at all, and what its boot loader will do about it. */
public final class CheckCommand implements Command {

    @Override
    public String name() {
        return "check";
    }

    @Override
    public void declare(CommandSpec spec) {
        spec.usageMessage().description("Says whether the IOMMU is in force and if not why, what else guests need, and what the boot loader has"
                + " configured, hands over now and will hand over after a reboot.");
        spec.addOption(OptionSpec.builder("--json").type(boolean.class).description("Print JSON (docs/schema/check-1.json).").build());
        spec.addPositional(PositionalParamSpec.builder().paramLabel("SOURCE").arity("0..1").type(Path.class)
                // Picocli's own converter calls Path.of by reflection, which spins method handles at every start.
                .converters((String text) -> Path.of(text))
                .description("A capture, a sos report, a directory or archive with a host's files, or a log. Without one: this host.").build());
    }

    @Override
    public int run(ParseResult arguments, PrintWriter out, PrintWriter err) throws IOException {
        Path source = arguments.matchedPositionalValue(0, null);
        Reading<HostRoot> host = source == null ? new Reading.Present<>("/", HostRoot.ofThisMachine()) : HostRoot.open(source);
        if (host.present().isEmpty()) {
            err.println("dmarshal: " + host.trouble().orElse(source + ": no such file or directory"));
            return Exit.UNMEASURED;
        }
        CheckReport report = CheckReport.of(host.present().get(), lines(source, host.present().get()));
        if (arguments.matchedOptionValue("--json", false)) {
            CheckJson.write(report, out);
        } else {
            new CheckText(Page.forTerminal()).write(report).print(out);
        }
        return report.code();
    }

    /** What the logs say, as the doctor reads them. */
    private static List<PrerequisiteLines> lines(Path source, HostRoot host) {
        Examination examination = new Examination();
        if (source != null) {
            examination.source(source);
        } else {
            host.output(HostCommand.DMESG).present().ifPresent(bytes -> examination.log("kernel log", new ByteArrayInputStream(bytes)));
        }
        return PrerequisiteLines.of(Doctor.examine(examination.symptoms()));
    }
}
