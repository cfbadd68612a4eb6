package dev.dmarshal.cli.kdump;

import dev.dmarshal.cli.image.ImageArguments;
import dev.dmarshal.cli.page.Command;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.cli.page.Page;
import dev.dmarshal.doctor.kdump.CaptureScene;
import dev.dmarshal.doctor.kdump.CrashScene;
import dev.dmarshal.doctor.kdump.HandoverReport;
import dev.dmarshal.doctor.kdump.HandoverSimulation;
import dev.dmarshal.doctor.kdump.Readiness;
import dev.dmarshal.doctor.kdump.SyntheticScene;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.host.iommu.Answer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code dmarshal kdump}: a crash with VT-d on, before it happens, on a model, and afterwards. */
public final class KdumpCommand implements Command {

    @Override
    public String name() {
        return "kdump";
    }

    @Override
    public void declare(CommandSpec spec) {
        spec.usageMessage().description("A crash with VT-d on: whether a host is ready for it, what a hand-over to a crash kernel does to devices at work,"
                + " and what a crash kernel's log says.");
        CommandSpec check = action("check", "Says whether a host can write a dump with VT-d on: reservation, configuration, crash kernel's command line,"
                + " kernel version, devices.", "kdump-check-1");
        source(check);
        CommandSpec simulate = action("simulate", "Plays panic and hand-over on a model of the hardware with devices at work, for five kinds of crash"
                + " kernel: faults, aborts, bytes in the wrong place, interrupts, device by device.", "kdump-simulate-1");
        source(simulate);
        simulate.addOption(OptionSpec.builder("--synthetic").type(boolean.class).description("A made-up server instead of a host.").build());
        simulate.addOption(OptionSpec.builder("--scalable").type(boolean.class).description("The made-up server in scalable mode; implies --synthetic.")
                .build());
        CommandSpec analyze = action("analyze", "Reads a crash kernel's log: how it took the units over, what faulted afterwards, and whether that is as it"
                + " has to be; and a vmcore for the tables in it.", "kdump-analyze-1");
        analyze.addPositional(PositionalParamSpec.builder().index("0").paramLabel("LOG").arity("1").required(true).type(Path.class)
                .converters((String text) -> Path.of(text))
                .description("Log of the crash kernel (plain, gzip, zstd, xz; - for standard input). Of several boots in it the last counts.").build());
        analyze.addPositional(PositionalParamSpec.builder().index("1").paramLabel("VMCORE").arity("0..1").type(Path.class)
                .converters((String text) -> Path.of(text)).description("The crashed kernel's memory: vmcore, kdump-compressed, raw.").build());
        ImageArguments.text(analyze, "--layout", "LAYOUT", "Where the bytes of a raw image lie, as for \"dmarshal walk\".");
        for (CommandSpec one : List.of(check, simulate, analyze)) {
            spec.addSubcommand(one.name(), one);
        }
    }

    private static CommandSpec action(String name, String description, String schema) {
        CommandSpec spec = CommandSpec.create().name(name);
        spec.addOption(OptionSpec.builder("-h", "--help").usageHelp(true).description("Show this help.").build());
        spec.addOption(OptionSpec.builder("--json").type(boolean.class).description("Print JSON (docs/schema/" + schema + ".json).").build());
        spec.usageMessage().description(description);
        spec.usageMessage().exitCodeListHeading("%nExit codes:%n").exitCodeList(Exit.LIST);
        return spec;
    }

    private static void source(CommandSpec spec) {
        spec.addPositional(PositionalParamSpec.builder().index("0").paramLabel("SOURCE").arity("0..1").type(Path.class)
                // Picocli's own converter calls Path.of by reflection, which spins method handles at every start.
                .converters((String text) -> Path.of(text))
                .description("A capture, a sos report, a directory or archive with a host's files. Without one: this host.").build());
    }

    @Override
    public int run(ParseResult arguments, PrintWriter out, PrintWriter err) throws IOException {
        ParseResult action = arguments.subcommand();
        return switch (action.commandSpec().name()) {
            case "check" -> check(action, out, err);
            case "simulate" -> simulate(action, out, err);
            default -> new KdumpAnalysis(action).run(out, err);
        };
    }

    private static Optional<HostRoot> host(ParseResult action, PrintWriter err) {
        Path source = action.matchedPositionalValue(0, null);
        Reading<HostRoot> host = source == null ? new Reading.Present<>("/", HostRoot.ofThisMachine()) : HostRoot.open(source);
        if (host.present().isEmpty()) {
            err.println("dmarshal: " + host.trouble().orElse(source + ": no such file or directory"));
        }
        return host.present();
    }

    private static int check(ParseResult action, PrintWriter out, PrintWriter err) throws IOException {
        Optional<HostRoot> host = host(action, err);
        if (host.isEmpty()) {
            return Exit.UNMEASURED;
        }
        Readiness readiness = Readiness.of(host.get());
        if (action.matchedOptionValue("--json", false)) {
            KdumpJson.write(readiness, host.get().name(), out);
        } else {
            new KdumpText(Page.forTerminal()).write(readiness, host.get().name()).print(out);
        }
        return readiness.any(Answer.FAIL) ? Exit.FINDINGS : readiness.any(Answer.UNMEASURED) ? Exit.UNMEASURED : Exit.FINE;
    }

    private static int simulate(ParseResult action, PrintWriter out, PrintWriter err) throws IOException {
        boolean scalable = action.matchedOptionValue("--scalable", false);
        boolean synthetic = scalable || action.matchedOptionValue("--synthetic", false);
        if (synthetic && action.matchedPositionalValue(0, (Path) null) != null) {
            throw new ParameterException(action.commandSpec().commandLine(), "a made-up server or a SOURCE, not both");
        }
        CrashScene scene;
        if (synthetic) {
            scene = SyntheticScene.of(scalable);
        } else {
            Optional<HostRoot> host = host(action, err);
            if (host.isEmpty()) {
                return Exit.UNMEASURED;
            }
            Optional<CrashScene> found = CaptureScene.of(host.get());
            if (found.isEmpty()) {
                err.println("dmarshal: " + host.get().name() + ": no PCI function with a driver is seen, so there is nothing at work. --synthetic plays a"
                        + " made-up server.");
                return Exit.UNMEASURED;
            }
            scene = found.get();
        }
        List<HandoverReport> reports = HandoverSimulation.playAll(scene);
        if (action.matchedOptionValue("--json", false)) {
            KdumpJson.write(scene, reports, out);
        } else {
            new KdumpText(Page.forTerminal()).write(scene, reports).print(out);
        }
        return Exit.FINE;
    }
}
