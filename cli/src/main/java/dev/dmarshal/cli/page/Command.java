package dev.dmarshal.cli.page;

import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * One command of the program. Options are declared through picocli's model rather than its annotations: reading annotations makes proxies at every start, which
 * cost a third of the whole run when measured.
 */
public interface Command {

    /** The word that the user types. */
    String name();

    /** Declares options, parameters and help. */
    void declare(CommandSpec spec);

    /** Runs; gives an exit code of {@link Exit}. */
    int run(ParseResult arguments, PrintWriter out, PrintWriter err) throws IOException;

    /** The specification of this command, with {@code --help}. */
    default CommandSpec spec() {
        CommandSpec spec = CommandSpec.create().name(name());
        spec.addOption(OptionSpec.builder("-h", "--help").usageHelp(true).description("Show this help.").build());
        spec.usageMessage().exitCodeListHeading("%nExit codes:%n").exitCodeList(Exit.LIST);
        declare(spec);
        return spec;
    }
}
