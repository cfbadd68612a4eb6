package dev.dmarshal.cli;

import dev.dmarshal.cli.page.Page;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine;

/** Help as wide as {@code COLUMNS} says. picocli lays it out, but knows no screen narrower than 55 columns: there everything is put one below the other. */
public final class Help {

    /** UsageMessageSpec refuses less. */
    private static final int NARROWEST_OF_PICOCLI = 55;
    private static final int WIDEST = 100;

    private Help() {
    }

    /** Prints the help of a command, or of the program. */
    static void print(CommandLine line, OptionalInt columns, PrintWriter out) {
        int width = columns.orElse(line.getUsageHelpWidth());
        if (width < NARROWEST_OF_PICOCLI) {
            narrow(line.getCommandSpec(), new Page(width, false)).print(out);
        } else {
            line.setUsageHelpWidth(Math.min(width, WIDEST));
            line.usage(out);
        }
    }

    private static Page narrow(CommandSpec spec, Page page) {
        page.paragraph(0, "Usage: " + synopsis(spec));
        for (String words : spec.usageMessage().description()) {
            page.paragraph(0, words);
        }
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            argument(parameter.paramLabel(), parameter, page);
        }
        for (OptionSpec option : spec.options()) {
            String label = option.arity().max() == 0 ? "" : "=" + option.paramLabel();
            argument(String.join(", ", option.names()) + label, option, page);
        }
        if (!spec.subcommands().isEmpty()) {
            page.paragraph(0, "Commands:");
            spec.subcommands().forEach((name, command) -> argument(name, command.getCommandSpec().usageMessage().description(), page));
        }
        page.paragraph(0, "Exit codes:");
        spec.usageMessage().exitCodeList().forEach((code, meaning) -> page.row(8, "  %3s   ".formatted(code.strip()) + meaning, ""));
        return page;
    }

    private static String synopsis(CommandSpec spec) {
        List<String> words = new ArrayList<>(List.of(spec.qualifiedName(), "[OPTIONS]"));
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            words.add((parameter.required() ? "%s" : "[%s]").formatted(parameter.paramLabel()) + (parameter.arity().max() > 1 ? "..." : ""));
        }
        if (!spec.subcommands().isEmpty()) {
            words.add("COMMAND");
        }
        return String.join(" ", words);
    }

    private static void argument(String name, ArgSpec argument, Page page) {
        if (!argument.hidden()) {
            argument(name, argument.description(), page);
        }
    }

    private static void argument(String name, String[] description, Page page) {
        page.paragraph(2, name);
        for (String words : description) {
            page.paragraph(6, words);
        }
    }
}
