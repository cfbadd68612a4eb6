package dev.dmarshal.cli;

import dev.dmarshal.core.pci.DeviceNotation;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.passthrough.plan.Guest;
import dev.dmarshal.passthrough.plan.PlanJson;
import dev.dmarshal.passthrough.wish.Answer;
import dev.dmarshal.passthrough.wish.Planner;
import dev.dmarshal.passthrough.wish.Refusal;
import dev.dmarshal.passthrough.wish.Wish;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code dmarshal plan}: what would be done to give devices away, as text and as a file for {@code apply}. Changes nothing. */
final class PlanCommand implements Command {

    @Override
    public String name() {
        return "plan";
    }

    @Override
    public void declare(CommandSpec spec) {
        spec.usageMessage().description("Plans to give host devices to VFIO or to a running guest: every step with what is read first, what is written, what"
                + " must hold afterwards, and its undo. Changes nothing.");
        spec.addOption(OptionSpec.builder("--via").paramLabel("WAY").type(String.class).defaultValue("vfio")
                .description("vfio: bind to vfio-pci only (default). qemu: and plug into the guest behind a QMP socket.").build());
        spec.addOption(OptionSpec.builder("--guest").paramLabel("GUEST").type(String.class).description("The guest: for qemu the path of its QMP socket.")
                .build());
        spec.addOption(OptionSpec.builder("--with").paramLabel("DEVICE").type(List.class).auxiliaryTypes(String.class)
                .description("A member of the group that may go along. Nothing else of a group is touched.").build());
        spec.addOption(OptionSpec.builder("--force").paramLabel("LABEL").type(List.class).auxiliaryTypes(String.class)
                .description("Lift one refusal, by its label.").build());
        spec.addOption(OptionSpec.builder("--option").paramLabel("NAME=VALUE").type(List.class).auxiliaryTypes(String.class)
                .description("A property of the guest's side of the plug, such as bus=rp1.").build());
        spec.addOption(OptionSpec.builder("--root").paramLabel("DIR").type(Path.class).converters((String text) -> Path.of(text))
                .description("Plan for the host whose files are in this directory, not for this one.").build());
        spec.addOption(OptionSpec.builder("-o", "--output").paramLabel("FILE").type(Path.class).converters((String text) -> Path.of(text))
                .description("Write the plan to this file, for apply.").build());
        spec.addOption(OptionSpec.builder("--json").type(boolean.class).description("Print the plan as JSON (docs/schema/plan-1.json).").build());
        spec.addPositional(PositionalParamSpec.builder().paramLabel("DEVICE").arity("1..*").type(List.class).auxiliaryTypes(String.class)
                .description("What is to be given away, such as 01:00.0.").build());
    }

    @Override
    public int run(ParseResult arguments, PrintWriter out, PrintWriter err) throws IOException {
        Path root = arguments.matchedOptionValue("--root", (Path) null);
        HostRoot host = root == null ? HostRoot.ofThisMachine() : HostRoot.of(root);
        Optional<String> session = root == null ? Optional.ofNullable(System.getenv("SSH_CONNECTION")) : Optional.empty();
        Answer answer = new Planner(host, session).answer(wish(arguments));
        boolean json = arguments.matchedOptionValue("--json", false);
        switch (answer) {
            case Answer.Refused refused -> {
                if (json) {
                    PlanText.refusalsJson(refused.refusals(), out);
                } else {
                    refusals(refused.refusals(), out);
                }
                return Exit.FINDINGS;
            }
            case Answer.Ready ready -> {
                Path file = arguments.matchedOptionValue("--output", (Path) null);
                if (file != null) {
                    Files.writeString(file, PlanJson.write(ready.plan()));
                }
                if (json) {
                    out.print(PlanJson.write(ready.plan()));
                    out.flush();
                } else {
                    Page page = Page.forTerminal();
                    PlanText.plan(page, ready.plan(), ready.remarks());
                    page.blank().paragraph(0, file == null ? "Nothing was changed. With -o FILE the plan is kept, for: dmarshal apply FILE"
                            : "Nothing was changed. To do it: dmarshal apply " + file);
                    page.print(out);
                }
                return Exit.FINE;
            }
        }
    }

    private static void refusals(List<Refusal> refusals, PrintWriter out) {
        Page page = Page.forTerminal();
        page.heading("Refused, for " + (refusals.size() == 1 ? "this reason" : "these " + refusals.size() + " reasons"));
        for (Refusal refusal : refusals) {
            page.blank().paragraph(2, refusal.reason());
            page.labelled(4, "instead", refusal.way());
            if (refusal.forcible()) {
                page.labelled(4, "or", "--force " + refusal.label() + ", if you know that it is so and may be");
            }
        }
        page.print(out);
    }

    private Wish wish(ParseResult arguments) {
        Set<Sbdf> devices = new LinkedHashSet<>();
        List<String> named = arguments.matchedPositionalValue(0, List.of());
        named.forEach(text -> devices.add(function(arguments, text)));
        Set<Sbdf> with = new LinkedHashSet<>();
        List<String> along = arguments.matchedOptionValue("--with", List.of());
        along.forEach(text -> with.add(function(arguments, text)));
        with.removeAll(devices);
        String via = arguments.matchedOptionValue("--via", "vfio");
        String guest = arguments.matchedOptionValue("--guest", (String) null);
        if (!Set.of("vfio", "qemu").contains(via)) {
            throw usage(arguments, "--via is vfio or qemu, not " + via);
        }
        if (via.equals("vfio") != (guest == null)) {
            throw usage(arguments, guest == null ? "--via " + via + " needs --guest" : "--guest needs --via qemu");
        }
        List<String> forced = arguments.matchedOptionValue("--force", List.of());
        return new Wish(List.copyOf(devices), with, Optional.ofNullable(guest).map(name -> new Guest(via, name)), options(arguments), Set.copyOf(forced));
    }

    private static Map<String, String> options(ParseResult arguments) {
        Map<String, String> options = new LinkedHashMap<>();
        List<String> pairs = arguments.matchedOptionValue("--option", List.of());
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw usage(arguments, "--option is NAME=VALUE, not " + pair);
            }
            options.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return options;
    }

    private static Sbdf function(ParseResult arguments, String text) {
        DeviceNotation notation = DeviceNotation.parse(text);
        return notation.function().orElseThrow(() -> usage(arguments, notation instanceof DeviceNotation.Refused refused ? text + ": " + refused.reason()
                : text + " does not name exactly one function"));
    }

    private static ParameterException usage(ParseResult arguments, String message) {
        return new ParameterException(arguments.commandSpec().commandLine(), message);
    }
}
