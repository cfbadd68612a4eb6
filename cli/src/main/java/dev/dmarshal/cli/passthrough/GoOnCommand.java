package dev.dmarshal.cli.passthrough;

import dev.dmarshal.cli.page.Command;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.cli.page.Page;
import dev.dmarshal.passthrough.Passthrough;
import dev.dmarshal.passthrough.Standing;
import dev.dmarshal.passthrough.apply.Moment;
import dev.dmarshal.passthrough.plan.Plan;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code dmarshal undo} and {@code dmarshal resume}: settle a plan that was applied or interrupted. */
public final class GoOnCommand implements Command {

    private final boolean forward;

    private GoOnCommand(boolean forward) {
        this.forward = forward;
    }

    /** {@code undo}. */
    public static GoOnCommand undo() {
        return new GoOnCommand(false);
    }

    /** {@code resume}. */
    public static GoOnCommand resume() {
        return new GoOnCommand(true);
    }

    @Override
    public String name() {
        return forward ? "resume" : "undo";
    }

    @Override
    public void declare(CommandSpec spec) {
        spec.usageMessage().description(forward ? "Goes on with a plan that was interrupted, or that waited for a restart of the host."
                : "Takes a plan back, also after a crash or a restart: the host is as it was before.");
        spec.addOption(OptionSpec.builder("--dry-run").type(boolean.class).description("Only say what would be done.").build());
        spec.addOption(ApplyCommand.journal());
        spec.addPositional(PositionalParamSpec.builder().paramLabel("PLAN").arity("0..1").type(String.class)
                .description("The plan's id; not needed if only one is open. Or the plan's file, which also does where the journal's first line is damaged.")
                .build());
    }

    @Override
    public int run(ParseResult arguments, PrintWriter out, PrintWriter err) throws IOException {
        Passthrough passthrough = ApplyCommand.passthrough(arguments);
        List<Standing> standings = passthrough.standings();
        String word = arguments.matchedPositionalValue(0, "");
        Optional<Plan> fromFile = !word.isEmpty() && Files.exists(Path.of(word)) ? Optional.of(PlanFile.read(Path.of(word))) : Optional.empty();
        String named = fromFile.map(Plan::id).orElse(word);
        List<Standing> meant = new ArrayList<>();
        for (Standing standing : standings) {
            // Of plans that follow each other, such as a gift and a switch, the last one is meant.
            if (named.isEmpty() ? standing.open() && passthrough.overtakenBy(standing).isEmpty() : standing.id().startsWith(named)) {
                meant.add(standing);
            }
        }
        if (meant.size() != 1) {
            err.println("dmarshal: " + (meant.isEmpty() ? named.isEmpty() ? "no plan is open on this host" : "no plan " + named + " was applied here"
                    : "which one? " + String.join(", ", meant.stream().map(Standing::id).toList())));
            return meant.isEmpty() && named.isEmpty() ? Exit.FINE : Exit.USAGE;
        }
        Standing standing = meant.getFirst();
        Optional<Plan> plan = standing.plan().or(() -> fromFile);
        if (arguments.matchedOptionValue("--dry-run", false)) {
            Page page = Page.forTerminal();
            page.heading("Plan " + standing.id() + " is " + standing.word() + "; where a step is as it was, it is left alone:");
            plan.ifPresent(known -> {
                if (forward) {
                    PlanText.plan(page, known, List.of());
                } else {
                    PlanText.undoSteps(page, known);
                }
            });
            page.print(out);
            return Exit.FINE;
        }
        Consumer<Moment> watcher = moment -> plan.ifPresent(known -> PlanText.moment(moment, known, out));
        try (Interruption _ = Interruption.of(standing.id(), err)) {
            if (fromFile.isPresent()) {
                return PlanText.outcome(forward ? passthrough.resume(fromFile.get(), watcher) : passthrough.undo(fromFile.get(), watcher), out, err);
            }
            return PlanText.outcome(forward ? passthrough.resume(standing.id(), watcher) : passthrough.undo(standing.id(), watcher), out, err);
        }
    }
}
