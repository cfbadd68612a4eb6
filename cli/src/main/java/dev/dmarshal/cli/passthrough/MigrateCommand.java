package dev.dmarshal.cli.passthrough;

import dev.dmarshal.cli.page.Command;
import dev.dmarshal.passthrough.journal.JournalFolder;
import dev.dmarshal.passthrough.plan.Guest;
import dev.dmarshal.passthrough.wish.Answer;
import dev.dmarshal.passthrough.wish.GuestMoves;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code dmarshal migrate}: takes all devices of the host out of a guest before its migration, and gives them back after it. */
public final class MigrateCommand implements Command {

    @Override
    public String name() {
        return "migrate";
    }

    @Override
    public void declare(CommandSpec spec) {
        spec.usageMessage().description("Plans what a guest with host devices needs around its migration. prepare takes all of them out and remembers them in"
                + " the folder of the journals; finish gives them back at the same slots, on the host that remembers them. Changes nothing unless --yes.");
        GuestArguments.addMoving(spec);
        spec.addPositional(PositionalParamSpec.builder().paramLabel("prepare|finish").index("0").arity("1").type(String.class)
                .description("Before or after the migration.").build());
        spec.addPositional(PositionalParamSpec.builder().paramLabel("GUEST").index("1").arity("1").type(String.class).description("The guest.").build());
    }

    @Override
    public int run(ParseResult arguments, PrintWriter out, PrintWriter err) throws IOException {
        String what = arguments.matchedPositionalValue(0, "");
        if (!List.of("prepare", "finish").contains(what)) {
            throw GuestArguments.usage(arguments, what.isEmpty() ? "migrate needs prepare or finish, and a GUEST" : "migrate is prepare or finish, not " + what);
        }
        String name = arguments.matchedPositionalValue(1, "");
        if (name.isEmpty()) {
            throw GuestArguments.usage(arguments, "migrate " + what + " needs a GUEST");
        }
        Guest guest = GuestArguments.guest(arguments, name);
        Path folder = arguments.matchedOptionValue("--journal", JournalFolder.ofThisMachine().directory());
        Path memory = new JournalFolder(folder).memory(guest.via() + "-" + guest.name());
        GuestMoves moves = GuestArguments.moves(arguments);
        Answer answer = what.equals("prepare") ? moves.prepare(guest, memory) : moves.finish(guest, memory);
        return GuestArguments.answer(arguments, answer, out, err);
    }
}
