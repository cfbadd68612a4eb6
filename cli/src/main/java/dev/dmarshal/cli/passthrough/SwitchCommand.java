package dev.dmarshal.cli.passthrough;

import dev.dmarshal.cli.page.Command;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.passthrough.plan.Guest;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code dmarshal switch}: takes devices from one running guest and gives them to another. */
public final class SwitchCommand implements Command {

    @Override
    public String name() {
        return "switch";
    }

    @Override
    public void declare(CommandSpec spec) {
        spec.usageMessage().description("Plans to take devices from one running guest and to give them to another; they go back to the first one, to the same"
                + " slots, if the second does not get them all. Changes nothing unless --yes.");
        spec.addOption(OptionSpec.builder("--from").paramLabel("GUEST").type(String.class).required(true).description("The guest that has them.").build());
        spec.addOption(OptionSpec.builder("--to").paramLabel("GUEST").type(String.class).required(true).description("The guest that is to have them.").build());
        GuestArguments.addMoving(spec);
        spec.addPositional(PositionalParamSpec.builder().paramLabel("DEVICE").arity("1..*").type(List.class).auxiliaryTypes(String.class)
                .description("The host's addresses, such as 01:00.0.").build());
    }

    @Override
    public int run(ParseResult arguments, PrintWriter out, PrintWriter err) throws IOException {
        List<String> named = arguments.matchedPositionalValue(0, List.of());
        List<Sbdf> devices = named.stream().map(text -> GuestArguments.function(arguments, text)).distinct().toList();
        Guest from = GuestArguments.guest(arguments, arguments.matchedOptionValue("--from", ""));
        Guest to = GuestArguments.guest(arguments, arguments.matchedOptionValue("--to", ""));
        return GuestArguments.answer(arguments, GuestArguments.moves(arguments).move(devices, from, to), out, err);
    }
}
