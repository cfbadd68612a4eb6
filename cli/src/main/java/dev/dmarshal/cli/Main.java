package dev.dmarshal.cli;

import dev.dmarshal.cli.doctor.DoctorCommand;
import dev.dmarshal.cli.doctor.ExplainCommand;
import dev.dmarshal.cli.doctor.WhatIfCommand;
import dev.dmarshal.cli.host.AssignableCommand;
import dev.dmarshal.cli.host.CaptureCommand;
import dev.dmarshal.cli.host.CheckCommand;
import dev.dmarshal.cli.host.GroupsCommand;
import dev.dmarshal.cli.host.SurveyCommand;
import dev.dmarshal.cli.image.AuditCommand;
import dev.dmarshal.cli.image.DiffCommand;
import dev.dmarshal.cli.image.MappingsCommand;
import dev.dmarshal.cli.image.WalkCommand;
import dev.dmarshal.cli.kdump.KdumpCommand;
import dev.dmarshal.cli.lab.LabCommand;
import dev.dmarshal.cli.page.Command;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.cli.page.Screen;
import dev.dmarshal.cli.passthrough.ApplyCommand;
import dev.dmarshal.cli.passthrough.GoOnCommand;
import dev.dmarshal.cli.passthrough.MigrateCommand;
import dev.dmarshal.cli.passthrough.PlanCommand;
import dev.dmarshal.cli.passthrough.SlotsCommand;
import dev.dmarshal.cli.passthrough.StatusCommand;
import dev.dmarshal.cli.passthrough.SwitchCommand;
import dev.dmarshal.cli.tables.AcpiCommand;
import dev.dmarshal.cli.tables.PciCommand;
import dev.dmarshal.cli.watch.WatchCommand;
import dev.dmarshal.host.params.EditDistance;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine;

/** {@code dmarshal}: picks the command, runs it, ends the process with its exit code. */
public final class Main {

    /** The commands in the order of the help. */
    private static final List<String> COMMANDS = List.of("check", "survey", "groups", "assignable", "capture", "doctor", "explain", "what-if", "watch",
            "kdump", "acpi", "pci", "plan", "apply", "status", "undo", "resume", "switch", "migrate", "slots", "walk", "mappings", "audit", "diff", "lab");

    /** Edits between what was typed and a command that may have been meant. */
    private static final int FARTHEST = 2;

    private Main() {
    }

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        StandardOutput output = new StandardOutput(new java.io.FileOutputStream(java.io.FileDescriptor.out));
        PrintWriter out = new PrintWriter(new java.io.OutputStreamWriter(output, StandardCharsets.UTF_8));
        PrintWriter err = new PrintWriter(System.err, true);
        int code = run(arguments, out, err);
        out.flush();
        if (output.lost().isPresent()) {
            err.println("dmarshal: cannot write: " + output.lost().get());
            code = Exit.UNMEASURED;
        }
        // The JVM's own shutdown does nothing that we need; halt saves its few milliseconds.
        Runtime.getRuntime().halt(code);
    }

    /** Runs one command; its exit code. */
    public static int run(String[] arguments, PrintWriter out, PrintWriter err) {
        if (arguments.length > 0 && !arguments[0].startsWith("-") && !COMMANDS.contains(arguments[0])) {
            return noSuch(arguments[0], err);
        }
        CommandLine line = commandLine(arguments.length > 0 ? arguments[0] : "");
        try {
            return run(line, line.parseArgs(arguments), out, err);
        } catch (ParameterException e) {
            err.println("dmarshal: " + e.getMessage());
            err.println("See: " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
            return Exit.USAGE;
        } catch (java.io.IOException e) {
            err.println("dmarshal: " + e.getMessage());
            return Exit.UNMEASURED;
        }
    }

    /** As git says it. */
    private static int noSuch(String word, PrintWriter err) {
        err.println("dmarshal: no such command: " + word);
        List<String> near = COMMANDS.stream().filter(name -> word.length() > 1 && name.startsWith(word)
                || EditDistance.between(word, name, FARTHEST) <= FARTHEST)
                .toList();
        err.println(near.isEmpty() ? "See: dmarshal --help" : "Did you mean: " + String.join(", ", near) + "?");
        return Exit.USAGE;
    }

    private static int run(CommandLine line, ParseResult result, PrintWriter out, PrintWriter err) throws java.io.IOException {
        if (result.isVersionHelpRequested()) {
            out.println(String.join(" ", line.getCommandSpec().version()));
            return Exit.FINE;
        }
        ParseResult chosen = result;
        while (chosen.hasSubcommand() && !chosen.isUsageHelpRequested()) {
            chosen = chosen.subcommand();
        }
        boolean asked = chosen.isUsageHelpRequested();
        if (asked || !chosen.commandSpec().subcommands().isEmpty()) {
            Help.print(chosen.commandSpec().commandLine(), Screen.columns(), asked ? out : err);
            return asked ? Exit.FINE : Exit.USAGE;
        }
        ParseResult sub = result.subcommand();
        return command(sub.commandSpec().name()).run(sub, out, err);
    }

    private static Command command(String name) {
        return switch (name) {
            case "survey" -> new SurveyCommand();
            case "assignable" -> new AssignableCommand();
            case "doctor" -> new DoctorCommand();
            case "explain" -> new ExplainCommand();
            case "acpi" -> new AcpiCommand();
            case "pci" -> new PciCommand();
            case "check" -> new CheckCommand();
            case "capture" -> new CaptureCommand();
            case "groups" -> new GroupsCommand();
            case "what-if" -> new WhatIfCommand();
            case "walk" -> new WalkCommand();
            case "mappings" -> new MappingsCommand();
            case "audit" -> new AuditCommand();
            case "diff" -> new DiffCommand();
            case "lab" -> new LabCommand();
            case "plan" -> new PlanCommand();
            case "apply" -> new ApplyCommand();
            case "status" -> new StatusCommand();
            case "undo" -> GoOnCommand.undo();
            case "resume" -> GoOnCommand.resume();
            case "switch" -> new SwitchCommand();
            case "migrate" -> new MigrateCommand();
            case "slots" -> new SlotsCommand();
            case "watch" -> new WatchCommand();
            case "kdump" -> new KdumpCommand();
            default -> throw new IllegalArgumentException("no command " + name);
        };
    }

    /** Declares only the command that is asked for, if one is: each declaration costs every start. */
    static CommandLine commandLine(String asked) {
        CommandSpec root = CommandSpec.create().name("dmarshal").version("dmarshal", Main.class.getModule().getDescriptor().rawVersion()
                .orElse("of this checkout"));
        root.usageMessage().description("PCI passthrough on Intel VT-d: says what happened, why, and what to do.");
        root.usageMessage().exitCodeListHeading("%nExit codes:%n").exitCodeList(Exit.LIST);
        root.addOption(OptionSpec.builder("-h", "--help").usageHelp(true).description("Show this help.").build());
        root.addOption(OptionSpec.builder("-V", "--version").versionHelp(true).description("Show the version.").build());
        for (String name : COMMANDS.contains(asked) ? List.of(asked) : COMMANDS) {
            root.addSubcommand(name, command(name).spec());
        }
        return new CommandLine(root);
    }
}
