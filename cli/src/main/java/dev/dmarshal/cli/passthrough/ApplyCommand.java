package dev.dmarshal.cli.passthrough;

import dev.dmarshal.cli.page.Command;
import dev.dmarshal.cli.page.Exit;
import dev.dmarshal.cli.page.Page;
import dev.dmarshal.passthrough.Passthrough;
import dev.dmarshal.passthrough.apply.LiveMachine;
import dev.dmarshal.passthrough.journal.JournalFolder;
import dev.dmarshal.passthrough.plan.Plan;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code dmarshal apply}: carries out a plan on this host, with a journal; takes it back at the first failure. */
public final class ApplyCommand implements Command {

    @Override
    public String name() {
        return "apply";
    }

    @Override
    public void declare(CommandSpec spec) {
        spec.usageMessage().description("Carries out a plan on this host: checks that it is still the host of the plan, writes down each step before doing it,"
                + " verifies each, and takes everything back at the first failure.");
        spec.addOption(OptionSpec.builder("--dry-run").type(boolean.class).description("Only say what would be done and what speaks against it.").build());
        spec.addOption(journal());
        spec.addPositional(PositionalParamSpec.builder().paramLabel("PLAN").required(true).arity("1").type(Path.class)
                .converters((String text) -> Path.of(text))
                .description("A file that plan -o wrote.").build());
    }

    /** The option that says where the journals are. */
    static OptionSpec journal() {
        return OptionSpec.builder("--journal").paramLabel("DIR").type(Path.class).converters((String text) -> Path.of(text))
                .description("Where the journals are (default: " + JournalFolder.ofThisMachine().directory() + ").").build();
    }

    /** Passthrough on this machine. */
    static Passthrough passthrough(ParseResult arguments) {
        Path folder = arguments.matchedOptionValue("--journal", JournalFolder.ofThisMachine().directory());
        return new Passthrough(new LiveMachine(), new JournalFolder(folder), Optional.ofNullable(System.getenv("SSH_CONNECTION")));
    }

    @Override
    public int run(ParseResult arguments, PrintWriter out, PrintWriter err) throws IOException {
        Plan plan = PlanFile.read(arguments.matchedPositionalValue(0, Path.of("")));
        if (plan.edited()) {
            err.println("dmarshal: note: this is not the plan that dmarshal wrote under the id " + plan.id() + ": it was edited since");
        }
        Passthrough passthrough = passthrough(arguments);
        if (arguments.matchedOptionValue("--dry-run", false)) {
            List<String> objections = passthrough.objections(plan);
            Page page = Page.forTerminal();
            PlanText.dryRun(page, plan, objections);
            page.print(out);
            return objections.isEmpty() ? Exit.FINE : Exit.FINDINGS;
        }
        try (Interruption _ = Interruption.of(plan.id(), err)) {
            return PlanText.outcome(passthrough.apply(plan, moment -> PlanText.moment(moment, plan, out)), out, err);
        }
    }
}
