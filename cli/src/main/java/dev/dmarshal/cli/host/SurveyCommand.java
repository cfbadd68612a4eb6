package dev.dmarshal.cli.host;

import dev.dmarshal.cli.page.Command;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.cli.page.Page;
import dev.dmarshal.cli.page.Screen;
import dev.dmarshal.doctor.assign.Assigner;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.names.PciNames;
import dev.dmarshal.host.survey.Change;
import dev.dmarshal.host.survey.Drift;
import dev.dmarshal.host.survey.HostSurvey;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code dmarshal survey}: the device tree with groups, drivers, resets and verdicts in one picture; with {@code --diff}, what changed since an older look. */
public final class SurveyCommand implements Command {

    @Override
    public String name() {
        return "survey";
    }

    @Override
    public void declare(CommandSpec spec) {
        spec.usageMessage().description("Shows the PCI devices of this host or of a capture as a tree: IOMMU group, driver, reset, and whether each can be"
                + " given to a guest.");
        spec.addOption(OptionSpec.builder("--json").type(boolean.class).description("Print JSON (docs/schema/survey-1.json; drift-1.json with --diff).")
                .build());
        spec.addOption(OptionSpec.builder("-a", "--all").type(boolean.class)
                .description("Give each function its own line, also where one line would do for several.").build());
        spec.addOption(OptionSpec.builder("--diff").paramLabel("OLD").type(Path.class).converters((String text) -> Path.of(text))
                .description("Show what changed since this older capture: devices that moved, were replaced, came or went; groups; drivers.").build());
        spec.addPositional(PositionalParamSpec.builder().paramLabel("SOURCE").arity("0..1").type(Path.class).converters((String text) -> Path.of(text))
                .description("A capture, a directory with a host's files, or what lspci -xxxx prints. Without any: this host.").build());
    }

    @Override
    public int run(ParseResult arguments, PrintWriter out, PrintWriter err) throws IOException {
        Path source = arguments.matchedPositionalValue(0, null);
        Path old = arguments.matchedOptionValue("--diff", null);
        boolean json = arguments.matchedOptionValue("--json", false);
        Optional<HostRoot> host = Survey.open(Optional.ofNullable(source), err);
        if (host.isEmpty()) {
            return Exit.UNMEASURED;
        }
        HostSurvey survey = Survey.of(host.get());
        if (old != null) {
            return diff(old, survey, json, out, err);
        }
        if (survey.functions().isEmpty()) {
            err.println("dmarshal: " + survey.source() + ": no PCI functions can be seen. " + String.join(" ", survey.notes()));
            return Exit.UNMEASURED;
        }
        if (json) {
            SurveyJson.survey(survey, Assigner.forKvm(survey), out);
        } else {
            new SurveyText(survey, Screen.ofTerminal(), PciNames.of(HostRoot.ofThisMachine()),
                    arguments.matchedOptionValue("--all", false)).print(out);
        }
        return Survey.partial(host.get()) ? Exit.UNMEASURED : Exit.FINE;
    }

    private static int diff(Path old, HostSurvey now, boolean json, PrintWriter out, PrintWriter err) throws IOException {
        Optional<HostRoot> host = Survey.open(Optional.of(old), err);
        if (host.isEmpty()) {
            return Exit.UNMEASURED;
        }
        HostSurvey before = Survey.of(host.get());
        if (before.functions().isEmpty() || now.functions().isEmpty()) {
            err.println("dmarshal: " + (before.functions().isEmpty() ? before : now).source() + ": no PCI functions can be seen.");
            return Exit.UNMEASURED;
        }
        List<Change> changes = Drift.between(before, now);
        if (json) {
            SurveyJson.drift(before.source(), now.source(), changes, out);
        } else {
            Screen screen = Screen.ofTerminal();
            Page page = new Page(screen.width(), screen.colour()).heading(changes.isEmpty() ? "Nothing changed from " + before.source() + " to "
                    + now.source() + "."
                    : changes.size() + " changes from " + before.source() + " to " + now.source());
            changes.forEach(change -> page.paragraph(2, change.kind().word() + ": " + change.words()));
            page.print(out);
        }
        return changes.isEmpty() ? Exit.FINE : Exit.FINDINGS;
    }
}
