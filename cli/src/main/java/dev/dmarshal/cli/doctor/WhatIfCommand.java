package dev.dmarshal.cli.doctor;

import dev.dmarshal.cli.host.Survey;
import dev.dmarshal.cli.page.Command;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.cli.page.Page;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.doctor.Examination;
import dev.dmarshal.doctor.policy.DomainType;
import dev.dmarshal.doctor.policy.KernelFacts;
import dev.dmarshal.doctor.policy.Situation;
import dev.dmarshal.doctor.policy.WhatIf;
import dev.dmarshal.doctor.symptom.Symptoms;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.groups.SlotMove;
import dev.dmarshal.host.survey.HostSurvey;
import dev.dmarshal.host.version.Platform;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine;

/** {@code dmarshal what-if}: what another command line, another domain type or another slot would change, before anybody reboots. */
public final class WhatIfCommand implements Command {

    private static final Pattern TYPE = Pattern.compile("([0-9]{1,9})=([A-Za-z-]+)");
    private static final Pattern MOVE = Pattern.compile("([0-9a-fA-F:.]+)=([0-9a-fA-F:.]+)");
    private static final Pattern ADDRESS = Pattern.compile("(?:([0-9a-fA-F]{4,7}):)?([0-9a-fA-F]{1,2}):([0-9a-fA-F]{1,2})(?:\\.([0-7]))?");
    /** What may be written to a group's type file (Documentation/ABI/testing/sysfs-kernel-iommu_groups); auto takes back what was written. */
    private static final List<DomainType> WRITABLE = List.of(DomainType.DMA, DomainType.DMA_FQ, DomainType.IDENTITY);

    @Override
    public String name() {
        return "what-if";
    }

    @Override
    public void declare(CommandSpec spec) {
        spec.usageMessage().description("Says what another kernel command line, another domain type of a group, or another slot of a card would change: for"
                + " each"
                + " device how its DMA is treated and what it reaches, before and after, and which of the faults in the logs would be gone.");
        spec.addOption(OptionSpec.builder("--cmdline").paramLabel("TEXT").type(String.class)
                .description("The whole kernel command line to start with (default: the host's).").build());
        spec.addOption(OptionSpec.builder("--group-type").paramLabel("N=TYPE").type(List.class).auxiliaryTypes(String.class).arity("1")
                .description("Write TYPE (identity, DMA, DMA-FQ, auto) to group N's type file; may be given again.").build());
        spec.addOption(OptionSpec.builder("--xen-cmdline").paramLabel("TEXT").type(String.class)
                .description("On Xen's dom0: Xen's whole command line to start with (default: the host's).").build());
        spec.addOption(OptionSpec.builder("--owner").paramLabel("DEVICE=OWNER").type(List.class).auxiliaryTypes(String.class).arity("1")
                .description("On Xen's dom0: give a device to OWNER: dom0, quarantine (nobody), hvm, hvm:MiB or pv (a guest), with ,relaxed for"
                + " rdm_policy=relaxed;"
                        + " may be given again.").build());
        spec.addOption(OptionSpec.builder("--slot").paramLabel("MOVE").type(String.class)
                .description("DEVICE=PORT: plug this card in below that port, such as 03:00=00:1d.0.").build());
        spec.addOption(OptionSpec.builder("--json").type(boolean.class).description("Print JSON (docs/schema/what-if-1.json; on Xen what-if-xen-1.json).")
                .build());
        spec.addPositional(PositionalParamSpec.builder().paramLabel("SOURCE").arity("0..1").type(Path.class).converters((String text) -> Path.of(text))
                .description("A capture, archive or directory with a host's files. Without one: this host.").build());
    }

    @Override
    public int run(ParseResult arguments, PrintWriter out, PrintWriter err) throws IOException {
        CommandLine line = arguments.commandSpec().commandLine();
        Optional<String> parameters = Optional.ofNullable((String) arguments.matchedOptionValue("--cmdline", null));
        Map<Integer, Optional<DomainType>> types = types(line, arguments.matchedOptionValue("--group-type", List.of()));
        Optional<Matcher> move = Optional.ofNullable((String) arguments.matchedOptionValue("--slot", null)).map(text -> move(line, text));
        XenQuestion xen = XenQuestion.of(arguments);
        if (parameters.isEmpty() && types.isEmpty() && move.isEmpty() && xen.empty()) {
            throw new CommandLine.ParameterException(line, "what if what? Give --cmdline, --group-type or --slot; on Xen's dom0 --xen-cmdline or --owner");
        }
        Optional<Path> source = Optional.ofNullable(arguments.matchedPositionalValue(0, null));
        Optional<HostRoot> host = Survey.open(source, err);
        if (host.isEmpty()) {
            return Exit.UNMEASURED;
        }
        HostSurvey survey = Survey.of(host.get());
        Optional<String> refusal = refusal(survey, xen);
        if (refusal.isPresent()) {
            err.println("dmarshal: " + survey.source() + ": " + refusal.get());
            return Exit.UNMEASURED;
        }
        if (survey.remapping().xen()) {
            return xen.answer(survey, symptoms(source), arguments.matchedOptionValue("--json", false), out, err);
        }
        Situation now = Situation.of(survey, KernelFacts.of(host.get()));
        try {
            Situation then = changed(now, parameters, types, move.map(form -> move(line, now, form)));
            WhatIfReport report = new WhatIfReport(survey, then, WhatIf.of(now, then, symptoms(source)));
            if (arguments.matchedOptionValue("--json", false)) {
                WhatIfJson.write(report, out);
            } else {
                new WhatIfText(Page.forTerminal(), report).page().print(out);
            }
            return report.exitCode();
        } catch (IllegalArgumentException e) {
            err.println("dmarshal: " + e.getMessage());
            return Exit.USAGE;
        }
    }

    private static Symptoms symptoms(Optional<Path> source) {
        return source.map(path -> new Examination().source(path)).orElseGet(() -> new Examination().thisMachine()).symptoms();
    }

    /** What this command knows nothing about is refused rather than guessed. */
    private static Optional<String> refusal(HostSurvey survey, XenQuestion xen) {
        if (survey.functions().isEmpty()) {
            return Optional.of("no PCI functions can be seen. " + String.join(" ", survey.notes()));
        }
        if (survey.remapping().xen() && xen.empty()) {
            return Optional.of("this is Xen's dom0, where Xen decides how devices are treated and not dom0's kernel: ask with --xen-cmdline or --owner");
        }
        if (!survey.remapping().xen() && !xen.empty()) {
            return Optional.of("this is not Xen's dom0: --xen-cmdline and --owner have no meaning here");
        }
        return survey.remapping().amd() ? Optional.of("AMD-Vi does the remapping here, and what-if knows VT-d's rules only") : Optional.empty();
    }

    private static Situation changed(Situation now, Optional<String> parameters, Map<Integer, Optional<DomainType>> types, Optional<SlotMove> move) {
        Situation then = parameters.map(text -> now.with(now.kernel().with(dev.dmarshal.host.params.CommandLine.parse(Platform.LINUX, text)))).orElse(now);
        Map<Integer, DomainType> written = new TreeMap<>();
        types.forEach((number, type) -> {
            if (now.groups().stream().noneMatch(group -> group.number().isPresent() && group.number().getAsInt() == number)) {
                throw new IllegalArgumentException("no group " + number + " here");
            }
            type.ifPresent(known -> written.put(number, known));
        });
        then = then.with(written);
        return move.isPresent() ? then.with(move.get()) : then;
    }

    private static Map<Integer, Optional<DomainType>> types(CommandLine line, List<String> texts) {
        Map<Integer, Optional<DomainType>> types = new TreeMap<>();
        for (String text : texts) {
            Matcher form = TYPE.matcher(text);
            if (!form.matches()) {
                throw new CommandLine.ParameterException(line, "a group's type is N=TYPE, such as 12=identity, not " + text);
            }
            Optional<DomainType> type = DomainType.of(form.group(2)).filter(WRITABLE::contains);
            if (type.isEmpty() && !form.group(2).equals("auto")) {
                throw new CommandLine.ParameterException(line, "the kernel takes identity, DMA, DMA-FQ and auto, not " + form.group(2));
            }
            types.put(Integer.parseInt(form.group(1)), type);
        }
        return types;
    }

    private static Matcher move(CommandLine line, String text) {
        Matcher form = MOVE.matcher(text);
        if (!form.matches()) {
            throw new CommandLine.ParameterException(line, "a move is DEVICE=PORT, not " + text);
        }
        return form;
    }

    private static SlotMove move(CommandLine line, Situation now, Matcher form) {
        return SlotMove.of(now.tree(), address(line, form.group(1)), address(line, form.group(2)));
    }

    /** The function may be left out: a card moves as a whole. */
    static Sbdf address(CommandLine line, String text) {
        Matcher form = ADDRESS.matcher(text);
        if (!form.matches() || Integer.parseInt(form.group(3), 16) > 31) {
            throw new CommandLine.ParameterException(line, "no PCI address: " + text);
        }
        return new Sbdf(form.group(1) == null ? 0 : Integer.parseInt(form.group(1), 16), Integer.parseInt(form.group(2), 16),
                Integer.parseInt(form.group(3), 16), form.group(4) == null ? 0 : Integer.parseInt(form.group(4)));
    }
}
