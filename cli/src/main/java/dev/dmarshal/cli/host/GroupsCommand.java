package dev.dmarshal.cli.host;

import dev.dmarshal.cli.page.Command;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.cli.page.Page;
import dev.dmarshal.core.pci.DeviceNotation;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.host.groups.HostGroups;
import dev.dmarshal.host.groups.KernelPlan;
import dev.dmarshal.host.groups.SlotMove;
import dev.dmarshal.host.pci.PciHost;
import dev.dmarshal.host.version.KernelVersion;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine;

/** {@code dmarshal groups}: the device tree and the IOMMU groups in one picture, and why devices go together. */
public final class GroupsCommand implements Command {

    private static final Pattern MOVE = Pattern.compile("([0-9a-fA-F:.]+)=([0-9a-fA-F:.]+)");

    /** A move by its two addresses: a card, and the port below which it is to go. */
    private record Move(Sbdf device, Sbdf port) {
    }

    @Override
    public String name() {
        return "groups";
    }

    @Override
    public void declare(CommandSpec spec) {
        spec.usageMessage().description("Shows the PCI devices as a tree with their IOMMU groups, computed from the topology as Linux computes"
                + " them and set against the running kernel's own, which devices must go to a guest together, why, and what would get them apart.");
        spec.addOption(OptionSpec.builder("--kernel").paramLabel("V").type(String.class)
                .description("Compute for this kernel, as uname -r prints it (default: the"
                + " host's, else " + KernelPlan.NEWEST + ").").build());
        spec.addOption(OptionSpec.builder("--cmdline").paramLabel("TEXT").type(String.class)
                .description("Compute for this kernel command line: pci=config_acs=,"
                + " pci=disable_acs_redir= and pcie_acs_override= count (default: the host's).").build());
        spec.addOption(OptionSpec.builder("--slot").paramLabel("MOVE").type(String.class)
                .description("DEVICE=PORT: what if this card were plugged in below that"
                + " port, such as 03:00=00:1d.0.").build());
        spec.addOption(OptionSpec.builder("--json").type(boolean.class).description("Print JSON (docs/schema/groups-1.json).").build());
        spec.addPositional(PositionalParamSpec.builder().paramLabel("SOURCE").arity("0..1").type(Path.class).converters((String text) -> Path.of(text))
                .description("A capture, archive, directory with a host's files, or text of lspci -xxxx. Without one: this host.").build());
    }

    @Override
    public int run(ParseResult arguments, PrintWriter out, PrintWriter err) throws IOException {
        CommandLine line = arguments.commandSpec().commandLine();
        Optional<KernelVersion> kernel = Optional.ofNullable((String) arguments.matchedOptionValue("--kernel", null)).map(text -> KernelVersion.parse(text)
                .orElseThrow(() -> new CommandLine.ParameterException(line, "no kernel version: " + text)));
        Optional<String> parameters = Optional.ofNullable((String) arguments.matchedOptionValue("--cmdline", null));
        Optional<Move> move = Optional.ofNullable((String) arguments.matchedOptionValue("--slot", null)).map(text -> move(line, text));
        Path source = arguments.matchedPositionalValue(0, null);
        Reading<HostRoot> opened = source == null ? new Reading.Present<>("/", HostRoot.ofThisMachine()) : HostRoot.open(source);
        if (opened.present().isEmpty()) {
            err.println("dmarshal: " + opened.trouble().orElse(source + ": no such file or directory"));
            return Exit.UNMEASURED;
        }
        HostRoot host = opened.present().get();
        Reading<PciHost> pci = PciHost.of(host);
        if (pci.present().isEmpty() || pci.present().get().listed().isEmpty()) {
            err.println("dmarshal: " + host.name() + ": no PCI devices in it" + pci.trouble().map(trouble -> " (" + trouble + ")").orElse(""));
            return Exit.UNMEASURED;
        }
        KernelPlan plan = HostGroups.plan(host);
        plan = kernel.isPresent() ? plan.with(kernel.get()) : plan;
        plan = parameters.isPresent() ? plan.withCommandLine(parameters.get()) : plan;
        HostGroups groups = HostGroups.of(host, pci.present().get(), plan);
        Optional<SlotMove> moved = Optional.empty();
        if (move.isPresent()) {
            try {
                moved = Optional.of(SlotMove.of(groups.groups().tree(), move.get().device(), move.get().port()));
            } catch (IllegalArgumentException e) {
                err.println("dmarshal: " + e.getMessage());
                return Exit.USAGE;
            }
            groups = groups.with(moved.get().tree());
        }
        GroupsReport report = new GroupsReport(host.name(), groups, moved, kernel.isPresent() || parameters.isPresent() || moved.isPresent());
        if (arguments.matchedOptionValue("--json", false)) {
            GroupsJson.write(report, out);
        } else {
            new GroupsText(Page.forTerminal(), report).page().print(out);
        }
        return report.exitCode();
    }

    private static Move move(CommandLine line, String text) {
        Matcher form = MOVE.matcher(text);
        if (!form.matches()) {
            throw new CommandLine.ParameterException(line, "a move is DEVICE=PORT, not " + text);
        }
        return new Move(address(line, form.group(1)), address(line, form.group(2)));
    }

    /** The function may be left out: a card moves as a whole. */
    private static Sbdf address(CommandLine line, String text) {
        return switch (DeviceNotation.parse(text)) {
            case DeviceNotation.Function function -> function.address();
            case DeviceNotation.Slot slot -> new Sbdf(slot.segment(), slot.bus(), slot.device(), 0);
            default -> throw new CommandLine.ParameterException(line, "no PCI address: " + text);
        };
    }
}
