package dev.dmarshal.cli.host;

import dev.dmarshal.cli.page.Command;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.cli.page.Screen;
import dev.dmarshal.cli.passthrough.DeviceChoice;
import dev.dmarshal.doctor.assign.Assignability;
import dev.dmarshal.doctor.assign.Assigner;
import dev.dmarshal.doctor.assign.Overall;
import dev.dmarshal.doctor.assign.XenFacts;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.names.PciNames;
import dev.dmarshal.host.survey.FunctionFacts;
import dev.dmarshal.host.survey.HostSurvey;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code dmarshal assignable}: whether devices can be given to a guest, with every reason. */
public final class AssignableCommand implements Command {

    @Override
    public String name() {
        return "assignable";
    }

    @Override
    public void declare(CommandSpec spec) {
        spec.usageMessage().description("Says of each device whether it can be given to a guest: every reason against it, what it costs, and what could not be"
                + " measured. With DEVICE, the exit code is that device's answer: 0 yes (perhaps at a cost), 1 no, 2 not measured.");
        spec.addOption(OptionSpec.builder("--json").type(boolean.class).description("Print JSON (docs/schema/assignable-1.json).").build());
        spec.addOption(OptionSpec.builder("--platform").paramLabel("kvm|xen").type(String.class).defaultValue("kvm")
                .description("By whose rules. Default: kvm.").build());
        spec.addOption(OptionSpec.builder("-a", "--all").type(boolean.class).description("Show passed checks and the evidence for each answer too.").build());
        spec.addPositional(PositionalParamSpec.builder().paramLabel("DEVICE|SOURCE").arity("0..*").type(List.class).auxiliaryTypes(String.class)
                .description("Devices as 01:00.0, 0000:01:00.0, 01:00 (all functions), 8086:1533, pci_0000_01_00_0 or a path of bridges; and at most one"
                + " source: a"
                        + " capture, a directory with a host's files, or what lspci -xxxx prints. Without devices: all but bridges. Without a source: this"
                        + " host.")
                .build());
    }

    @Override
    public int run(ParseResult arguments, PrintWriter out, PrintWriter err) throws IOException {
        List<String> words = arguments.matchedPositionalValue(0, List.of());
        List<String> devices = new ArrayList<>(words.stream().filter(AssignableCommand::device).toList());
        List<String> sources = words.stream().filter(word -> !device(word)).toList();
        String platform = arguments.matchedOptionValue("--platform", "kvm");
        Optional<String> nothing = sources.stream().filter(word -> !Files.exists(Path.of(word))).findFirst();
        if (sources.size() > 1 && nothing.isPresent()) {
            err.println("dmarshal: " + nothing.get() + ": neither a device, such as 0000:01:00.0 or 01:00.0, nor a file");
            return Exit.USAGE;
        }
        if (sources.size() > 1 || !platform.equals("kvm") && !platform.equals("xen")) {
            err.println("dmarshal: " + (sources.size() > 1 ? "one source only, not " + String.join(" and ", sources) : "--platform is kvm or xen, not "
                    + platform));
            return Exit.USAGE;
        }
        Optional<HostRoot> host = Survey.open(sources.stream().findFirst().map(Path::of), err);
        if (host.isEmpty()) {
            return Exit.UNMEASURED;
        }
        HostSurvey survey = Survey.of(host.get());
        if (survey.functions().isEmpty()) {
            err.println("dmarshal: " + survey.source() + ": no PCI functions can be seen. " + String.join(" ", survey.notes()));
            return Exit.UNMEASURED;
        }
        Assigner assigner = platform.equals("xen") ? Assigner.forXen(survey, XenFacts.of(host.get())) : Assigner.forKvm(survey);
        int code = judge(survey, assigner, devices, new Printing(arguments, platform, out, err));
        return code == Exit.FINE && Survey.partial(host.get()) ? Exit.UNMEASURED : code;
    }

    /** A name that is a file too is taken for the file only if it is none of a device. */
    private static boolean device(String word) {
        return DeviceChoice.namesDevice(word) && !Files.exists(Path.of(word));
    }

    private record Printing(ParseResult arguments, String platform, PrintWriter out, PrintWriter err) {
    }

    private static int judge(HostSurvey survey, Assigner assigner, List<String> devices, Printing printing) throws IOException {
        DeviceChoice choice = new DeviceChoice(survey);
        devices.forEach(choice::add);
        choice.remarks().forEach(remark -> printing.err().println("dmarshal: " + remark));
        choice.refusals().forEach(refusal -> printing.err().println("dmarshal: " + refusal));
        if (!devices.isEmpty() && choice.chosen().isEmpty()) {
            return Exit.UNMEASURED;
        }
        List<FunctionFacts> asked = devices.isEmpty() ? survey.functions().stream().filter(facts -> !facts.carriesOthers()).toList() : choice.chosen();
        List<Assignability> verdicts = asked.stream().map(assigner::judge).toList();
        if (printing.arguments().matchedOptionValue("--json", false)) {
            SurveyJson.verdicts(survey, printing.platform(), verdicts, printing.out());
        } else {
            new AssignableText(survey, Screen.ofTerminal(), PciNames.of(HostRoot.ofThisMachine()), printing.arguments().matchedOptionValue("--all", false))
                    .write(verdicts).print(printing.out());
        }
        if (devices.isEmpty()) {
            return Exit.FINE;
        }
        boolean refused = verdicts.stream().anyMatch(verdict -> verdict.overall() == Overall.REFUSED || verdict.overall() == Overall.NEVER);
        boolean open = verdicts.stream().anyMatch(verdict -> verdict.overall() == Overall.UNMEASURED) || !choice.refusals().isEmpty();
        return refused ? Exit.FINDINGS : open ? Exit.UNMEASURED : Exit.FINE;
    }
}
