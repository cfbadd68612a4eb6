package dev.dmarshal.cli.passthrough;

import dev.dmarshal.core.pci.DeviceNotation;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.passthrough.Passthrough;
import dev.dmarshal.passthrough.apply.LiveMachine;
import dev.dmarshal.passthrough.guest.Guests;
import dev.dmarshal.passthrough.plan.Guest;
import dev.dmarshal.passthrough.plan.Plan;
import dev.dmarshal.passthrough.wish.Answer;
import dev.dmarshal.passthrough.wish.GuestMoves;
import dev.dmarshal.passthrough.wish.Plug;
import dev.dmarshal.passthrough.xen.PcibackBinding;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** What the commands about guests have in common: how guests and devices are named, and what becomes of a plan. */
public final class GuestArguments {

    private GuestArguments() {
    }

    static OptionSpec via(String description) {
        return OptionSpec.builder("--via").paramLabel("WAY").type(String.class).description(description).build();
    }

    static OptionSpec timeout() {
        return OptionSpec.builder("--timeout").paramLabel("SECONDS").type(Integer.class).defaultValue(Integer.toString(Plug.USUAL_SECONDS))
                .description("How long the guest may take to let one device go (default: " + Plug.USUAL_SECONDS + ").").build();
    }

    static int timeout(ParseResult arguments) {
        int seconds = arguments.matchedOptionValue("--timeout", Plug.USUAL_SECONDS);
        if (seconds < 1 || seconds > 3600) {
            throw usage(arguments, "--timeout is 1 to 3600 seconds");
        }
        return seconds;
    }

    static OptionSpec output() {
        return OptionSpec.builder("-o", "--output").paramLabel("FILE").type(Path.class).converters((String text) -> Path.of(text))
                .description("Write the plan to this file, for apply.").build();
    }

    static OptionSpec json() {
        return OptionSpec.builder("--json").type(boolean.class).description("Print the plan as JSON (docs/schema/plan-1.json).").build();
    }

    /** Options of commands that make a plan about running guests, and that may carry it out. */
    static void addMoving(CommandSpec spec) {
        spec.addOption(via("What runs the guests: libvirt (default), xl (default on a dom0), or qemu (default where guests are named by the paths of their"
                + " QMP sockets)."));
        spec.addOption(timeout());
        spec.addOption(OptionSpec.builder("--yes").type(boolean.class).description("Carry the plan out at once, with a journal; undo takes it back.").build());
        spec.addOption(dryRun());
        spec.addOption(ApplyCommand.journal());
        spec.addOption(output());
        spec.addOption(json());
    }

    /** What these commands do anyway; for whoever types it to be sure. */
    static OptionSpec dryRun() {
        return OptionSpec.builder("--dry-run").type(boolean.class).description("Only say what would be done: so it is anyway, unless told otherwise.").build();
    }

    /** The way to a guest that {@code --via} says, else the one that its name and the host tell. */
    static String way(ParseResult arguments, String guest, HostRoot host) {
        String usual = guest.isEmpty() ? "vfio" : guest.contains("/") ? "qemu" : PcibackBinding.dom0(host) ? "xl" : "libvirt";
        return arguments.hasMatchedOption("--via") ? arguments.matchedOptionValue("--via", usual) : usual;
    }

    static Guest guest(ParseResult arguments, String name) {
        String via = way(arguments, name, HostRoot.ofThisMachine());
        if (!Set.of("libvirt", "qemu", "xl").contains(via)) {
            throw usage(arguments, "--via is libvirt, qemu or xl, not " + via);
        }
        requireDom0(arguments, via, HostRoot.ofThisMachine());
        return new Guest(via, name);
    }

    /** Xen's tool is there on a dom0 only. */
    static void requireDom0(ParseResult arguments, String via, HostRoot host) {
        if (via.equals("xl") && !PcibackBinding.dom0(host)) {
            throw usage(arguments, "--via xl is for a dom0 of Xen, and " + host.name() + " is none (/proc/xen/capabilities)");
        }
    }

    static GuestMoves moves(ParseResult arguments) {
        return new GuestMoves(new LiveMachine().root(), new Guests(), timeout(arguments));
    }

    /** Prints a plan, or carries it out if {@code --yes} says so. */
    static int answer(ParseResult arguments, Answer answer, PrintWriter out, PrintWriter err) throws IOException {
        boolean json = arguments.matchedOptionValue("--json", false);
        Optional<Path> file = Optional.ofNullable(arguments.matchedOptionValue("--output", (Path) null));
        if (arguments.matchedOptionValue("--dry-run", false) && arguments.matchedOptionValue("--yes", false)) {
            throw usage(arguments, "--dry-run and --yes contradict each other");
        }
        if (!arguments.matchedOptionValue("--yes", false) || answer instanceof Answer.Refused) {
            return new AnswerPrinter(json, file).print(answer, out);
        }
        if (json) {
            throw usage(arguments, "--json is for the plan, not for --yes");
        }
        Answer.Ready ready = (Answer.Ready) answer;
        ready.remarks().forEach(remark -> err.println("dmarshal: note: " + remark));
        return carryOut(ApplyCommand.passthrough(arguments), ready.plan(), out, err);
    }

    private static int carryOut(Passthrough passthrough, Plan plan, PrintWriter out, PrintWriter err) throws IOException {
        try (Interruption _ = Interruption.of(plan.id(), err)) {
            return PlanText.outcome(passthrough.apply(plan, moment -> PlanText.moment(moment, plan, out)), out, err);
        }
    }

    static Sbdf function(ParseResult arguments, String text) {
        DeviceNotation notation = DeviceNotation.parse(text);
        return notation.function().orElseThrow(() -> usage(arguments, notation instanceof DeviceNotation.Refused refused ? text + ": " + refused.reason()
                : text + " does not name exactly one function"));
    }

    static ParameterException usage(ParseResult arguments, String message) {
        return new ParameterException(arguments.commandSpec().commandLine(), message);
    }
}
