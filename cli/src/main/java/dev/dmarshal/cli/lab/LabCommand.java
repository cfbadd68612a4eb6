package dev.dmarshal.cli.lab;

import dev.dmarshal.cli.host.Survey;
import dev.dmarshal.cli.page.Command;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.cli.page.Page;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.guest.Outcome;
import dev.dmarshal.lab.machine.Machine;
import dev.dmarshal.lab.play.Act;
import dev.dmarshal.lab.play.Means;
import dev.dmarshal.lab.play.Play;
import dev.dmarshal.lab.play.PlayReader;
import dev.dmarshal.lab.play.Staging;
import dev.dmarshal.lab.qtest.QemuProgram;
import dev.dmarshal.lab.qtest.QtestException;
import dev.dmarshal.lab.rehearsal.Rehearsal;
import dev.dmarshal.lab.setup.LinuxKernel;
import dev.dmarshal.lab.setup.SetupScript;
import dev.dmarshal.lab.setup.Stock;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code dmarshal lab}: real kernels and hypervisors with VT-d under QEMU. */
public final class LabCommand implements Command {

    private static final int USUAL_SECONDS = 60;

    @Override
    public String name() {
        return "lab";
    }

    @Override
    public void declare(CommandSpec spec) {
        spec.usageMessage().description("Boots real kernels and hypervisors with VT-d under QEMU; needs no hardware for it.");
        CommandSpec setup = action("setup", "Brings kernels, Xen and root disks as Debian packages into a cache folder (\"setup all\" with the root disks).");
        setup.addOption(OptionSpec.builder("--refresh").type(boolean.class).description("Take what apt offers now.").build());
        setup.addPositional(PositionalParamSpec.builder().paramLabel("PIECE").arity("0..*").type(List.class).auxiliaryTypes(String.class)
                .description("linux-6.1, linux-6.12, busybox, kexec, xen, disk-libvirt, disk-xen, disk-xen-hvm, disk-boot, packages (all but the disks; the"
                        + " default), all.").build());
        CommandSpec list = action("list", "Lists the plays that come with the lab.");
        CommandSpec run = action("run", "Stages a play: boots its machine, runs its scripts, prints what they print.");
        run.addPositional(PositionalParamSpec.builder().paramLabel("PLAY").arity("1").required(true).type(String.class)
                .description("The name of one that comes with the lab, or a file (form: lab/README.md).").build());
        CommandSpec boot = action("boot", "Boots a play's machine without its scripts and runs one command inside.");
        boot.addOption(OptionSpec.builder("--play").paramLabel("PLAY").type(String.class).defaultValue("linux").description("Whose machine; default: linux.")
                .build());
        boot.addPositional(PositionalParamSpec.builder().paramLabel("COMMAND").arity("1..*").required(true).type(List.class).auxiliaryTypes(String.class)
                .description("For the guest's shell.").build());
        CommandSpec rehearse = rehearse();
        for (CommandSpec booting : List.of(run, boot, rehearse)) {
            booting.addOption(path("--qemu", "PROGRAM", "QEMU; default: " + QemuProgram.NAME + " on PATH."));
            booting.addOption(path("--kernel", "VMLINUZ", "A kernel of your own, .../boot/vmlinuz-RELEASE with .../lib/modules/RELEASE."));
        }
        for (CommandSpec staging : List.of(run, boot)) {
            staging.addOption(path("--xen", "ELF", "A Xen of your own."));
            staging.addOption(path("--initrd", "FILE", "An initramfs of your own; the lab's files come on top of it."));
            staging.addOption(path("--image", "FOLDER", "dmarshal with its Java, for plays that run it inside; ./mvnw -Pdist package makes one in"
                    + " cli/target."));
            staging.addOption(OptionSpec.builder("--on").paramLabel("KERNEL").type(String.class)
                    .description("Another kernel of the setup: linux-6.1, linux-6.12.").build());
            staging.addOption(OptionSpec.builder("--cmdline").paramLabel("PARAMETERS").type(String.class).description("More parameters for the kernel.")
                    .build());
            staging.addOption(OptionSpec.builder("--seconds").paramLabel("N").type(Integer.class)
                    .description("How long a command may take; default: 60, or what the play says.").build());
            staging.addOption(path("--console", "FILE", "Keep what the console showed."));
        }
        for (CommandSpec one : List.of(setup, list, run, boot, rehearse)) {
            spec.addSubcommand(one.name(), one);
        }
    }

    private static CommandSpec rehearse() {
        CommandSpec spec = action("rehearse", "Mirrors a recorded host's PCI topology in QEMU as far as that goes, boots a real kernel there with a planned"
                + " command"
                + " line, and reports what the IOMMU did: groups, faults, drivers.");
        spec.addOption(OptionSpec.builder("--cmdline").paramLabel("TEXT").type(String.class)
                .description("The planned kernel command line; default: the host's own.").build());
        spec.addOption(OptionSpec.builder("--on").paramLabel("KERNEL").type(String.class)
                .description("A kernel of the setup: linux-6.1, linux-6.12; default: the newest that is not newer than the host's.").build());
        spec.addOption(OptionSpec.builder("--json").type(boolean.class).description("Print JSON (docs/schema/rehearsal-1.json).").build());
        spec.addPositional(PositionalParamSpec.builder().paramLabel("CAPTURE").arity("1").required(true).type(Path.class)
                .converters((String text) -> Path.of(text))
                .description("A capture, an archive or directory with a host's files, or text of lspci -xxxx.").build());
        return spec;
    }

    private static int rehearse(ParseResult action, PrintWriter out, PrintWriter err) throws LabFailure, IOException {
        Optional<HostRoot> host = Survey.open(Optional.of(action.matchedPositionalValue(0, Path.of(""))), err);
        if (host.isEmpty()) {
            return Exit.UNMEASURED;
        }
        Rehearsal rehearsal = Rehearsal.of(host.get(), means(action), Optional.ofNullable(action.matchedOptionValue("--on", null)),
                Optional.ofNullable(action.matchedOptionValue("--cmdline", null)));
        if (action.matchedOptionValue("--json", false)) {
            RehearsalJson.write(host.get().name(), rehearsal, out);
        } else {
            new RehearsalText(Page.forTerminal(), rehearsal).page(host.get().name()).print(out);
        }
        return rehearsal.asComputed() ? Exit.FINE : Exit.FINDINGS;
    }

    private static CommandSpec action(String name, String description) {
        CommandSpec spec = CommandSpec.create().name(name);
        spec.addOption(OptionSpec.builder("-h", "--help").usageHelp(true).description("Show this help.").build());
        spec.addOption(path("--cache", "FOLDER", "Where the setup keeps things; default: DMARSHAL_LAB_CACHE, else dmarshal/lab in your cache folder."));
        spec.usageMessage().description(description);
        spec.usageMessage().exitCodeListHeading("%nExit codes:%n").exitCodeList(Exit.LIST);
        return spec;
    }

    private static OptionSpec path(String option, String label, String description) {
        return OptionSpec.builder(option).paramLabel(label).type(Path.class).converters((String text) -> Path.of(text)).description(description).build();
    }

    @Override
    public int run(ParseResult arguments, PrintWriter out, PrintWriter err) throws IOException {
        ParseResult action = arguments.subcommand();
        try {
            return switch (action.commandSpec().name()) {
                case "setup" -> setup(action);
                case "list" -> list(out);
                case "run" -> stage(action, out, err);
                case "rehearse" -> rehearse(action, out, err);
                default -> boot(action, out, err);
            };
        } catch (LabFailure e) {
            err.println("dmarshal: " + e.getMessage());
            keepAfter(action, e, err);
            return e.kind() == LabFailure.Kind.DESCRIPTION ? Exit.USAGE : Exit.UNMEASURED;
        }
    }

    private static Stock stock(ParseResult action) {
        Path own = action.matchedOptionValue("--cache", null);
        return own != null ? new Stock(own.toAbsolutePath()) : Stock.ofEnvironment(System.getenv());
    }

    private static int setup(ParseResult action) throws LabFailure {
        List<String> words = new ArrayList<>();
        if (action.hasMatchedOption("--refresh")) {
            words.add("--refresh");
        }
        words.addAll(action.matchedPositionalValue(0, List.of()));
        return SetupScript.run(stock(action), words) == 0 ? Exit.FINE : Exit.UNMEASURED;
    }

    private static int list(PrintWriter out) throws LabFailure {
        for (String name : PlayReader.builtIn()) {
            out.printf("%-16s%s%n", name, PlayReader.builtIn(name).summary());
        }
        return Exit.FINE;
    }

    private static QemuProgram qemu(ParseResult action) throws LabFailure {
        Path qemu = action.matchedOptionValue("--qemu", null);
        try {
            return qemu != null ? QemuProgram.of(qemu) : QemuProgram.find(Optional.ofNullable(System.getenv("PATH")).orElse(""))
                    .orElseThrow(() -> new LabFailure(LabFailure.Kind.MISSING, "no " + QemuProgram.NAME
                    + " on PATH (Debian: apt-get install qemu-system-x86)"));
        } catch (QtestException e) {
            throw new LabFailure(LabFailure.Kind.MISSING, "no QEMU that runs", e);
        }
    }

    private static Means means(ParseResult action) throws LabFailure {
        QemuProgram program = qemu(action);
        Path kernel = action.matchedOptionValue("--kernel", null);
        Optional<LinuxKernel> own = kernel == null ? Optional.empty() : Optional.of(LinuxKernel.of(kernel, kernel.toAbsolutePath().resolve("../../lib/modules")
                .normalize()));
        Path image = action.matchedOptionValue("--image", Path.of(System.getProperty("java.home")));
        Means means = new Means(program, stock(action), own, Optional.ofNullable(action.matchedOptionValue("--xen", null)),
                Optional.ofNullable(action.matchedOptionValue("--initrd", null)), Optional.empty());
        return action.hasMatchedOption("--image") || Files.isExecutable(image.resolve("bin/dmarshal")) ? means.withImage(image) : means;
    }

    private static Play play(ParseResult action, String name) throws LabFailure {
        Path file = Path.of(name);
        Play play = PlayReader.builtIn().contains(name) || !Files.exists(file) ? PlayReader.builtIn(name) : PlayReader.file(file);
        String kernel = action.matchedOptionValue("--on", null);
        String parameters = action.matchedOptionValue("--cmdline", "");
        play = parameters.isEmpty() ? play : play.withParameters(parameters);
        return kernel == null ? play : play.onKernel(kernel);
    }

    private static int stage(ParseResult action, PrintWriter out, PrintWriter err) throws LabFailure {
        Play play = play(action, action.matchedPositionalValue(0, ""));
        limit(action, Duration.ZERO);
        int worst = Exit.FINE;
        try (Machine machine = started(action, play, err)) {
            for (Act act : play.acts()) {
                Duration limit = limit(action, act.limit());
                if (act.ends()) {
                    machine.reboot(act.script(), limit);
                    err.println("dmarshal: " + machine.kernelRelease() + " came up after it");
                } else if (!told(machine.run(act.script(), limit), out, err)) {
                    worst = Exit.FINDINGS;
                }
            }
            keep(action, machine.console().text());
        }
        return worst;
    }

    private static int boot(ParseResult action, PrintWriter out, PrintWriter err) throws LabFailure {
        Play play = play(action, action.matchedOptionValue("--play", "linux"));
        limit(action, Duration.ZERO);
        try (Machine machine = started(action, play, err)) {
            boolean fine = told(machine.run(String.join(" ", action.<List<String>>matchedPositionalValue(0, List.of())),
                    limit(action, Duration.ofSeconds(USUAL_SECONDS))), out, err);
            keep(action, machine.console().text());
            return fine ? Exit.FINE : Exit.FINDINGS;
        }
    }

    private static Machine started(ParseResult action, Play play, PrintWriter err) throws LabFailure {
        Machine machine = new Staging(means(action)).start(play);
        err.printf("dmarshal: %s%s with QEMU %s came up in %.1f s%n", machine.kernelRelease(), play.xen().isPresent() ? " under Xen" : "", machine.program()
                .version(),
                machine.bootTook().toMillis() / 1000.0);
        if (play.xen().isEmpty() && play.machine().iommu().isPresent()) {
            try {
                machine.requireRemapping();
            } catch (LabFailure e) {
                if (e.kind() != LabFailure.Kind.NO_REMAPPING) {
                    machine.close();
                    throw e;
                }
                // Whoever asked for intel_iommu=off wants it so; everybody else should know.
                err.println("dmarshal: " + e.getMessage());
            }
        }
        return machine;
    }

    private static Duration limit(ParseResult action, Duration usual) {
        Integer seconds = action.matchedOptionValue("--seconds", null);
        if (seconds != null && seconds < 1) {
            throw new ParameterException(action.commandSpec().commandLine(), "--seconds is at least 1, not " + seconds);
        }
        return seconds == null ? usual : Duration.ofSeconds(seconds);
    }

    private static boolean told(Outcome outcome, PrintWriter out, PrintWriter err) {
        out.print(outcome.out());
        out.flush();
        err.print(outcome.err());
        err.flush();
        if (outcome.late()) {
            err.println("dmarshal: the command in the guest did not end in time and was killed");
        } else if (!outcome.fine()) {
            err.println("dmarshal: the command in the guest ended with exit code " + outcome.exitCode().getAsInt());
        }
        return outcome.fine();
    }

    /** A console is worth most after a failure. */
    private static void keepAfter(ParseResult action, LabFailure failure, PrintWriter err) {
        boolean asked = action.commandSpec().findOption("--console") != null && action.hasMatchedOption("--console");
        if (asked && !failure.console().isEmpty()) {
            try {
                keep(action, failure.console());
            } catch (LabFailure e) {
                err.println("dmarshal: " + e.getMessage());
            }
        }
    }

    private static void keep(ParseResult action, String console) throws LabFailure {
        Path file = action.matchedOptionValue("--console", null);
        if (file != null) {
            try {
                Files.writeString(file, console);
            } catch (IOException e) {
                throw new LabFailure(LabFailure.Kind.MISSING, "cannot keep the console in " + file, e);
            }
        }
    }
}
